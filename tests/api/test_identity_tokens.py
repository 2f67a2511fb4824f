from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from glance_emulator.app import create_app
from glance_emulator.db.identity import Endpoint, Service
from glance_emulator.settings import Settings
from tests.worlds import new_world

Serve = Callable[..., FlaskClient]

SCOPE = {"project": {"name": "producer", "domain": {"id": "default"}}}


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """Return a client of the emulator with these settings."""
    return lambda **settings: create_app(Settings(**settings), new_world(tmp_path)).test_client()


def ask(client: FlaskClient, identity: Any = None, scope: Any = SCOPE, **options: Any) -> TestResponse:
    return client.post(
        "/identity/v3/auth/tokens",
        json={"auth": {"identity": identity or identity_of("producer"), "scope": scope}},
        **options,
    )


def login(client: FlaskClient, **options: Any) -> Any:
    """Return the token of the answer."""
    return ask(client, **options).get_json()["token"]


def identity_of(name: str, password: str = "secret") -> dict[str, Any]:
    user = {"name": name, "domain": {"id": "default"}, "password": password}
    return {"methods": ["password"], "password": {"user": user}}


@pytest.mark.parametrize(
    ("settings", "options", "base"),
    [
        pytest.param({}, {"base_url": "http://cloud.example:8080"}, "http://cloud.example:8080", id="host"),
        pytest.param({}, {"base_url": "https://cloud.example"}, "https://cloud.example", id="scheme"),
        pytest.param({}, {"base_url": "http://localhost/w/one"}, "http://localhost/w/one", id="prefix"),
        pytest.param({"public_url": "https://images.example/"}, {}, "https://images.example", id="public url"),
    ],
)
def test_addresses_are_those_by_which_the_client_came(serve: Serve, settings: Any, options: Any, base: str) -> None:
    client = serve(**settings)
    catalog = login(client, **options)["catalog"]
    assert {entry["type"]: entry["endpoints"][0]["url"] for entry in catalog} == {
        "compute": f"{base}/compute/v2.1",
        "identity": f"{base}/identity/v3",
        "image": base,
    }
    discovered = client.get("/identity/v3", **options)
    assert discovered.get_json()["version"]["links"] == [{"rel": "self", "href": f"{base}/identity/v3/"}]
    refused = client.get("/identity/v3/auth/projects", **options)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Keystone uri=")
    assert base in refused.headers["WWW-Authenticate"]


def test_endpoint_may_name_the_project(serve: Serve) -> None:
    client = serve()
    world = client.application.extensions["glance_emulator"].default
    with world.writing() as session:
        session.add(Service(id="s", type="volume", name=None, description=None, enabled=True, extra={}))
        session.flush()
        url = "http://volumes.example/%(project_id)s/$(user_id)s"
        for interface, enabled in (("internal", True), ("public", False)):
            session.add(
                Endpoint(
                    id=interface,
                    service_id="s",
                    interface=interface,
                    region_id=None,
                    url=url,
                    enabled=enabled,
                    extra={},
                )
            )
    token = login(client)
    (entry,) = (entry for entry in token["catalog"] if entry["type"] == "volume")
    assert entry["name"] == ""
    address = f"http://volumes.example/{token['project']['id']}/{token['user']['id']}"
    assert [endpoint["url"] for endpoint in entry["endpoints"]] == [address]
    catalog = login(client, identity=identity_of("admin"), scope={"system": {"all": True}})["catalog"]
    assert "volume" not in [entry["type"] for entry in catalog]


def test_nobody_learns_which_users_there_are(serve: Serve) -> None:
    client = serve()
    answers = [ask(client, identity_of(*pair)) for pair in (("producer", "wrong"), ("nobody", "secret"))]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].get_json() == answers[1].get_json()
