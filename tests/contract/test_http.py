"""HTTP odds and ends: methods, paths, request ids, identity headers, health."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
import requests

from tests.contract.actors import Actor

IMAGE = f"/v2/images/{uuid.UUID(int=2)}"  # There is no such image: the method is judged before.

# What may be done, in the order of the Allow header.
ALLOWED = [
    ("/v2/images", "GET, POST"),
    (IMAGE, "GET, PATCH, DELETE"),
    (f"{IMAGE}/file", "GET, PUT"),
    (f"{IMAGE}/tags/x", "PUT, DELETE"),
    (f"{IMAGE}/members", "GET, POST"),
    (f"{IMAGE}/members/x", "GET, PUT, DELETE"),
    (f"{IMAGE}/actions/deactivate", "POST"),
    (f"{IMAGE}/actions/reactivate", "POST"),
    ("/v2/schemas/image", "GET"),
    ("/v2/schemas/images", "GET"),
    ("/v2/schemas/member", "GET"),
    ("/v2/schemas/members", "GET"),
    ("/v2/schemas/metadefs/namespace", "GET"),
    ("/v2/schemas/metadefs/resource_type", "GET"),
]
METHODS = ["HEAD", "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"]


@pytest.mark.parametrize(
    ("path", "allow", "method"),
    [
        pytest.param(path, allow, method, id=f"{method}-{path.replace(IMAGE, 'ID').removeprefix('/v2/')}")
        for path, allow in ALLOWED
        for method in METHODS
        if method not in allow.split(", ")
    ],
)
def test_other_methods_are_refused_and_the_right_ones_told(producer: Actor, path: str, allow: str, method: str) -> None:
    answer = producer(method, path)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == allow


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/v2/", id="root"),
        pytest.param("/v2/nothing", id="unknown"),
        pytest.param("/v2/IMAGES", id="upper-case"),
        pytest.param("/v2/images/", id="images-slash"),
        pytest.param(f"{IMAGE}/", id="image-slash"),
        pytest.param(f"{IMAGE}/file/", id="file-slash"),
        pytest.param(f"{IMAGE}/members/", id="members-slash"),
        pytest.param(f"{IMAGE}/nothing", id="below-image"),
        pytest.param(f"{IMAGE}/tags", id="tags"),
        pytest.param(f"{IMAGE}/actions", id="actions"),
        pytest.param(f"{IMAGE}/actions/nothing", id="unknown-action"),
        pytest.param("/v2/schemas", id="schemas"),
        pytest.param("/v2/schemas/nothing", id="unknown-schema"),
        pytest.param("/v2/schemas/image/", id="schema-slash"),
        pytest.param("/v2/info", id="info"),
    ],
)
@pytest.mark.parametrize(
    ("method", "status"),
    [(method, 501 if method in ("OPTIONS", "TRACE", "FOO") else 404) for method in METHODS],
)
def test_no_such_path(producer: Actor, path: str, method: str, status: int) -> None:
    answer = producer(method, path)
    assert answer.status_code == status
    assert "Allow" not in answer.headers


@pytest.mark.parametrize(
    "path", [pytest.param(IMAGE, id="image"), pytest.param("/v2/images", id="images"), pytest.param("/v2/x", id="none")]
)
@pytest.mark.parametrize("accept", ["application/json", "text/plain", "*/*"])
def test_refused_head_has_no_body(producer: Actor, path: str, accept: str) -> None:
    answer = producer("HEAD", path, headers={"Accept": accept})
    assert answer.content == b""
    assert answer.headers["Content-Length"] == "0"
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"


# Bodies.


@pytest.mark.parametrize("path", [IMAGE, f"{IMAGE}/members", "/v2/schemas/image"])
def test_reading_takes_no_body(producer: Actor, path: str) -> None:
    assert producer.get(path, json={"a": 1}).status_code == 400


@pytest.mark.parametrize("path", ["/v2/images", IMAGE, f"{IMAGE}/members", f"{IMAGE}/file", "/v2/schemas/image"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"", 405, id="none"),
        pytest.param(b'{"a": 1}', 405, id="object"),
        pytest.param(b"[]", 405, id="list"),
        pytest.param(b"x", 400, id="not-json"),
        pytest.param(b"null", 400, id="null"),
        pytest.param(b'"a"', 400, id="string"),
        pytest.param(b"1", 400, id="number"),
    ],
)
def test_the_body_is_read_before_a_method_is_refused(producer: Actor, path: str, body: bytes, status: int) -> None:
    assert producer("TRACE", path, data=body).status_code == status


def test_listing_ignores_a_body(producer: Actor) -> None:
    assert producer.get("/v2/images", json={"a": 1}).status_code == 200


# Request ids.


def test_every_answer_has_a_request_id_of_its_own(producer: Actor) -> None:
    ids = [producer.get(path).headers["x-openstack-request-id"] for path in ("/v2/images", IMAGE, "/v2/nothing")]
    assert all(re.fullmatch(r"req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", name) for name in ids)
    assert len(set(ids)) == 3


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param("req-11111111-2222-3333-4444-555555555555", "req-11111111-2222-3333-4444-555555555555", id="id"),
        pytest.param("req-mine", "req-mine", id="any-text"),
        pytest.param("mine", "req-mine", id="prefixed"),
        pytest.param("x" * 64, "req-" + "x" * 64, id="64-characters"),
    ],
)
def test_clients_may_bring_their_request_id(producer: Actor, given: str, told: str) -> None:
    answer = producer.get("/v2/images", headers={"X-Openstack-Request-Id": given})
    assert answer.headers["x-openstack-request-id"] == told


# Identity headers.

CONFIRMED = {"X-Identity-Status": "Confirmed", "X-User-Id": "u"}


@pytest.mark.parametrize(
    ("identity", "owner"),
    [
        pytest.param({"X-Project-Id": "p", "X-Roles": "member"}, "p", id="usual"),
        pytest.param({"X-Tenant-Id": "p", "X-Roles": "member"}, "p", id="tenant"),
        pytest.param({"X-Project-Id": "p", "X-Role": "member"}, "p", id="role"),
        pytest.param({"X-Project-Id": "p", "X-Roles": "Member"}, "p", id="capital"),
        pytest.param({"X-Project-Id": "p", "X-Roles": "reader , member"}, "p", id="blanks"),
        pytest.param({"X-Roles": "member"}, None, id="no-project"),
    ],
)
def test_identity_headers_have_several_spellings(url: str, identity: dict[str, str], owner: str | None) -> None:
    answer = requests.post(f"{url}/v2/images", json={}, headers={**CONFIRMED, **identity}, timeout=60)
    assert answer.status_code == 201
    assert answer.json()["owner"] == owner


def test_user_need_not_be_named(url: str) -> None:
    identity = {"X-Identity-Status": "Confirmed", "X-Project-Id": "p", "X-Roles": "member"}
    assert requests.post(f"{url}/v2/images", json={}, headers=identity, timeout=60).status_code == 201


@pytest.mark.parametrize(
    ("roles", "status"),
    [
        pytest.param("", 403, id="none"),
        pytest.param("service", 403, id="service"),
        pytest.param("reader", 200, id="reader"),
        pytest.param("member,reader", 200, id="member"),
        pytest.param("admin", 200, id="admin"),
        pytest.param("Admin", 200, id="admin-capital"),
    ],
)
def test_roles_that_list(newcomer: Callable[..., Actor], roles: str, status: int) -> None:
    assert newcomer(roles=roles).get("/v2/images?limit=1").status_code == status


# Health.


@pytest.mark.parametrize("path", ["/healthcheck", "/healthcheck/"])
@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("HEAD", 204), ("POST", 200)])
def test_health_is_told_to_anybody(url: str, path: str, method: str, status: int) -> None:
    answer = requests.request(method, url + path, headers={"Accept": "text/plain"}, timeout=60)
    assert (answer.status_code, answer.content) == (status, b"")


def test_health_as_json(url: str) -> None:
    answer = requests.get(f"{url}/healthcheck", headers={"Accept": "application/json"}, timeout=60)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == {"detailed": False, "reasons": []}
