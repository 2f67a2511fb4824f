"""Versions: which path a request means, and what the contract suite cannot ask of the real service."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine

from glance_emulator.app import create_app
from glance_emulator.domain.worlds import World
from glance_emulator.settings import Settings
from glance_emulator.web.routing import PLAIN, served

VENDOR = "application/vnd.openstack.images-"


def client(public_url: str | None = None) -> FlaskClient:
    world = World(engine=create_engine("sqlite://"), stores={})
    return create_app(Settings(auth="trusted", public_url=public_url), world).test_client()


@pytest.mark.parametrize(
    ("path", "accept", "meant"),
    [
        ("", "", "/"),
        ("/", "", "/"),
        ("//", "", "/"),
        ("/v2", "", "/v2"),
        ("/v2/", "", "/v2/"),
        ("//v2//images///x", "", "/v2/images/x"),
        ("/v2.5", "", "/v2"),
        ("/v2.17/images", "", "/v2/images"),
        ("/v2.16/images", "", "/"),
        ("/v2.05/images", "", "/"),
        ("/v2.1.1/images", "", "/"),
        ("/v2./images", "", "/"),
        ("/v2x/images", "", "/"),
        ("/./v2/images", "", "/"),
        ("/versionsx", "", "/"),
        ("/versions/x/y", VENDOR + "v2", "/versions"),
        ("/healthcheck/x/y", VENDOR + "v1", "/healthcheck"),
        ("/images", VENDOR + "v2", "/v2/images"),
        ("/images", VENDOR + "v2.5", "/v2/images"),
        ("/images", VENDOR + "v2;q=1", "/v2/images"),
        ("/v2", VENDOR + "v2", "/v2/v2"),
        ("/images", VENDOR + "v2+json", "/"),
        ("/images", VENDOR + "v2, */*", "/"),
        ("/v2/images", VENDOR + "v2.99", "/"),
        ("/v2/images", VENDOR, "/"),
        ("/identity/v3", VENDOR + "v2", "/identity/v3"),
        ("/_emulator", "", "/_emulator"),
    ],
)
def test_path_that_is_meant(path: str, accept: str, meant: str) -> None:
    assert served(path, accept, ("v2", *PLAIN)) == meant


def test_links_carry_the_public_url() -> None:
    asked = client(public_url="https://images.example/glance/")
    versions = asked.get("/versions").get_json()["versions"]
    assert {version["links"][0]["href"] for version in versions} == {"https://images.example/glance/v2/"}


def test_links_carry_the_prefix_that_the_emulator_is_mounted_under() -> None:
    versions = client().get("/versions", base_url="http://images.example/glance").get_json()["versions"]
    assert versions[0]["links"][0]["href"] == "http://images.example/glance/v2/"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "text/plain; charset=UTF-8"),
        ("*/*", "text/plain; charset=UTF-8"),
        ("application/json, */*", "text/plain; charset=UTF-8"),
        ("application/xml", "text/plain; charset=UTF-8"),
        ("garbage", "text/plain; charset=UTF-8"),
        ("text/html", "text/html; charset=UTF-8"),
        ("application/json", "application/json"),
    ],
)
def test_health_in_the_form_that_is_accepted(accept: str, media_type: str) -> None:
    answer = client().get("/healthcheck", headers={"Accept": accept})
    assert (answer.status_code, answer.content_type) == (200, media_type)
