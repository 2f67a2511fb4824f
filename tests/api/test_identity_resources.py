"""Identity's resources: what the contract suite cannot ask of the real service, or would find broken there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from glance_emulator.app import create_app
from glance_emulator.db.identity import User
from glance_emulator.domain import generation, tokens
from glance_emulator.domain.grants import SYSTEM, Scope
from glance_emulator.domain.seed import id_of
from glance_emulator.domain.worlds import World
from glance_emulator.settings import Settings
from tests.worlds import new_world

V3 = "/identity/v3"
PRODUCER = id_of("user", "producer")
READER = id_of("role", "reader")
GRANT = f"/projects/{id_of('project', 'producer')}/users/{id_of('user', 'consumer')}/roles/{READER}"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return new_world(tmp_path)


class Admin:
    """The admin, at the emulator."""

    def __init__(self, world: World) -> None:
        self.client: FlaskClient = create_app(Settings(), world).test_client()
        claims = tokens.claim(id_of("user", "admin"), ("password",), Scope("system", SYSTEM), world.clock())
        self.headers = {"X-Auth-Token": tokens.sign(world.token_key, claims)}

    def __call__(self, method: str, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.client.open(V3 + path, method=method, json=json, headers=self.headers, **options)


@pytest.fixture
def admin(world: World) -> Admin:
    return Admin(world)


WRITES = [
    ("POST", "/projects", {"project": {"name": "x"}}),
    ("PATCH", f"/projects/{id_of('project', 'outsider')}", {"project": {"enabled": False}}),
    ("DELETE", f"/projects/{id_of('project', 'outsider')}", None),
    ("POST", "/users", {"user": {"name": "x"}}),
    ("PATCH", f"/users/{PRODUCER}", {"user": {"enabled": False}}),
    ("DELETE", f"/users/{PRODUCER}", None),
    ("POST", f"/users/{PRODUCER}/password", {"user": {"original_password": "secret", "password": "new"}}),
    ("POST", "/domains", {"domain": {"name": "x"}}),
    ("PATCH", "/domains/default", {"domain": {"description": "x"}}),
    ("POST", "/roles", {"role": {"name": "x"}}),
    ("PUT", GRANT, None),
    ("PUT", f"/roles/{id_of('role', 'service')}/implies/{READER}", None),
    ("DELETE", f"/roles/{id_of('role', 'member')}/implies/{READER}", None),
    ("POST", "/services", {"service": {"type": "x"}}),
    ("DELETE", f"/services/{id_of('service', 'compute')}", None),
    ("POST", "/regions", {"region": {}}),
]


@pytest.mark.parametrize(("method", "path", "body"), WRITES, ids=[f"{write[0]} {write[1]}" for write in WRITES])
def test_every_write_begins_a_generation(world: World, admin: Admin, method: str, path: str, body: Any) -> None:
    before = generation.current(world.engine)
    assert admin(method, path, body).status_code in (200, 201, 204)
    assert generation.current(world.engine) != before


def test_refused_write_begins_no_generation(world: World, admin: Admin) -> None:
    before = generation.current(world.engine)
    assert admin("POST", "/projects", {"project": {"name": "admin"}}).status_code == 409
    assert admin("GET", "/projects").status_code == 200
    assert generation.current(world.engine) == before


def test_columns_that_are_no_attributes_cannot_be_set(world: World, admin: Admin) -> None:
    with world.reading() as session:
        before = session.scalars(select(User.password_hash).where(User.id == PRODUCER)).one()
    body = {"password_hash": "x", "tokens_valid_from": "2000-01-01", "extra": {"a": "b"}, "links": {}}
    shown = admin("PATCH", f"/users/{PRODUCER}", {"user": body}).get_json()["user"]
    assert shown["links"] == {"self": f"http://localhost{V3}/users/{PRODUCER}"}
    assert shown["extra"] == {"password_hash": "x", "tokens_valid_from": "2000-01-01"}
    with world.reading() as session:
        user = session.get_one(User, PRODUCER)
        assert user.password_hash == before
        assert user.tokens_valid_from.year == 1970


@pytest.mark.parametrize("kind", ["project", "user", "domain"])
def test_enabled_is_a_boolean(admin: Admin, kind: str) -> None:
    assert admin("POST", f"/{kind}s", {kind: {"name": "x", "enabled": "true"}}).status_code == 400


def test_project_cannot_take_the_name_of_another(admin: Admin) -> None:
    body = {"project": {"name": "consumer"}}
    assert admin("PATCH", f"/projects/{id_of('project', 'producer')}", body).status_code == 409


def test_project_that_is_a_domain_is_not_made(admin: Admin) -> None:
    assert admin("POST", "/projects", {"project": {"name": "x", "is_domain": True}}).status_code == 400


def test_project_lies_in_its_parents_domain(admin: Admin) -> None:
    domain = admin("POST", "/domains", {"domain": {"name": "x"}}).get_json()["domain"]["id"]
    body = {"name": "x", "domain_id": domain, "parent_id": id_of("project", "producer")}
    assert admin("POST", "/projects", {"project": body}).status_code == 400


@pytest.mark.parametrize("query", ["icontains=DUC", "istartswith=PROD", "iendswith=UCER", "contains=duc"])
def test_filters_of_any_case(admin: Admin, query: str) -> None:
    found = admin("GET", f"/users?name__{query}").get_json()["users"]
    assert [user["name"] for user in found] == ["producer"]


def test_password_expiry_finds_nobody(admin: Admin) -> None:
    assert admin("GET", "/users?password_expires_at=lt:2016-01-01T00:00:00Z").get_json()["users"] == []


@pytest.mark.parametrize(
    ("service", "url"),
    [("image", "http://cloud.example"), ("identity", "http://cloud.example/identity/v3")],
)
def test_endpoints_are_under_the_address_that_the_client_used(admin: Admin, service: str, url: str) -> None:
    path = f"/endpoints?service_id={id_of('service', service)}&interface=public"
    (endpoint,) = admin("GET", path, base_url="http://cloud.example").get_json()["endpoints"]
    assert (endpoint["url"], endpoint["region"]) == (url, "RegionOne")


def test_region_goes_with_those_below_it(admin: Admin) -> None:
    for body in ({"id": "a"}, {"id": "b", "parent_region_id": "a"}, {"id": "c", "parent_region_id": "b"}):
        assert admin("POST", "/regions", {"region": body}).status_code == 201
    assert admin("DELETE", "/regions/a").status_code == 204
    assert [region["id"] for region in admin("GET", "/regions").get_json()["regions"]] == ["RegionOne"]


def test_there_are_no_groups(admin: Admin) -> None:
    assert admin("GET", "/groups").get_json()["groups"] == []
    assert admin("GET", f"/users/{PRODUCER}/groups").get_json()["groups"] == []
    assert admin("GET", "/groups/any").status_code == 404
