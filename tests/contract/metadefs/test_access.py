"""Who may do what with metadata definitions, and which refusal comes first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.actors import Actor
from tests.contract.metadefs.definitions import NAMESPACES, TITLED, add, new_name

CONTENTS: dict[str, Any] = {
    "resource_type_associations": [{"name": "OS::T"}],
    "properties": {"p": TITLED},
    "objects": [{"name": "o"}],
    "tags": [{"name": "t"}],
}
WHO = ("admin", "owner", "reader", "outsider", "nobody", "member-alone", "service")


@pytest.fixture
def callers(
    admin: Actor, producer: Actor, reader: Actor, outsider: Actor, newcomer: Callable[..., Actor]
) -> dict[str, Actor]:
    return {
        "admin": admin,
        "owner": producer,
        "reader": reader,
        "outsider": outsider,
        "nobody": newcomer(roles="", project=producer.project),
        "member-alone": newcomer(roles="member", project=producer.project),
        "service": newcomer(roles="service", project=producer.project),
    }


@pytest.fixture
def paths(admin: Actor, producer: Actor) -> dict[str, str]:
    """The paths of namespaces of the producer's, and of one that is not there."""
    return {
        "public": add(admin, owner=producer.project, visibility="public", **CONTENTS),
        "private": add(admin, owner=producer.project, visibility="private", **CONTENTS),
        "absent": f"{NAMESPACES}/{new_name()}",
    }


READABLE = {
    "public": {"admin", "owner", "reader", "outsider"},
    "private": {"admin", "owner", "reader"},
    "absent": set(),
}
"""Who may read; to all others there is no such namespace."""
READS = ["", "/objects", "/objects/o", "/properties", "/properties/p", "/tags", "/tags/t", "/resource_types"]


@pytest.mark.parametrize("visibility", READABLE)
@pytest.mark.parametrize("who", WHO)
def test_who_may_read(callers: dict[str, Actor], paths: dict[str, str], who: str, visibility: str) -> None:
    expected = 200 if who in READABLE[visibility] else 404
    found = {below: callers[who].get(paths[visibility] + below).status_code for below in READS}
    assert found == dict.fromkeys(READS, expected)


@pytest.mark.parametrize("path", [NAMESPACES, "/v2/metadefs/resource_types"])
@pytest.mark.parametrize("who", WHO)
def test_who_may_list(callers: dict[str, Actor], who: str, path: str) -> None:
    assert callers[who].get(path).status_code == (200 if who in READABLE["public"] else 404)


WRITES: dict[str, tuple[str, str | None, Any]] = {
    "create": ("POST", None, {"namespace": "x"}),
    "update": ("PUT", "", {"namespace": "x"}),
    "delete": ("DELETE", "", None),
    "object": ("POST", "/objects", {"name": "o"}),
    "change-object": ("PUT", "/objects/o", {"name": "o"}),
    "change-absent-object": ("PUT", "/objects/no", {"name": "o"}),
    "delete-object": ("DELETE", "/objects/o", None),
    "delete-absent-object": ("DELETE", "/objects/no", None),
    "delete-objects": ("DELETE", "/objects", None),
    "property": ("POST", "/properties", {"name": "p", **TITLED}),
    "change-property": ("PUT", "/properties/p", {"name": "p", **TITLED}),
    "change-absent-property": ("PUT", "/properties/no", {"name": "p", **TITLED}),
    "delete-property": ("DELETE", "/properties/p", None),
    "delete-properties": ("DELETE", "/properties", None),
    "tag": ("POST", "/tags/t", None),
    "tags": ("POST", "/tags", {"tags": []}),
    "change-tag": ("PUT", "/tags/t", {"name": "t"}),
    "change-absent-tag": ("PUT", "/tags/no", {"name": "t"}),
    "delete-tag": ("DELETE", "/tags/t", None),
    "delete-tags": ("DELETE", "/tags", None),
    "association": ("POST", "/resource_types", {"name": "OS::T"}),
    "delete-association": ("DELETE", "/resource_types/OS::T", None),
    "delete-absent-association": ("DELETE", "/resource_types/no", None),
}


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("visibility", READABLE)
def test_only_admins_may_write(callers: dict[str, Actor], paths: dict[str, str], visibility: str, write: str) -> None:
    method, below, body = WRITES[write]
    path = NAMESPACES if below is None else paths[visibility] + below
    readable = READABLE["public" if below is None else visibility]
    options = {} if body is None else {"json": body}
    found = {who: callers[who](method, path, **options).status_code for who in WHO if who != "admin"}
    assert found == {who: 403 if who in readable else 404 for who in found}


FAULTY = [
    pytest.param("POST", None, {"namespace": 1}, 400, id="create"),
    pytest.param("POST", None, {"self": "x"}, 403, id="create-read-only"),
    pytest.param("PUT", "", {}, 400, id="update"),
    pytest.param("PUT", "", {"namespace": "x", "self": "x"}, 403, id="update-read-only"),
    pytest.param("POST", "/objects", {}, 400, id="object"),
    pytest.param("POST", "/objects", {"name": "x", "self": "x"}, 403, id="object-read-only"),
    pytest.param("PUT", "/objects/o", {}, 400, id="change-object"),
    pytest.param("POST", "/properties", {}, 400, id="property"),
    pytest.param("PUT", "/properties/p", {}, 400, id="change-property"),
    pytest.param("POST", "/tags", {"tags": 1}, 400, id="tags"),
    pytest.param("PUT", "/tags/t", {}, 400, id="change-tag"),
    pytest.param("POST", "/resource_types", {}, 400, id="association"),
    pytest.param("POST", "/resource_types", {"name": "x", "created_at": "x"}, 403, id="association-read-only"),
]


@pytest.mark.parametrize(("method", "below", "body", "status"), FAULTY)
def test_a_faulty_body_is_refused_before_anything_is_looked_up(
    callers: dict[str, Actor], paths: dict[str, str], method: str, below: str | None, body: Any, status: int
) -> None:
    for path in paths.values():
        target = NAMESPACES if below is None else path + below
        found = {who: callers[who](method, target, json=body).status_code for who in WHO}
        assert found == dict.fromkeys(WHO, status)


def test_a_tag_that_is_too_long_is_refused_before_policy_is_asked(
    callers: dict[str, Actor], paths: dict[str, str]
) -> None:
    long = f"/tags/{'x' * 81}"
    found = {who: callers[who].post(paths["private"] + long).status_code for who in WHO}
    assert found == {who: 404 if who == "outsider" else 400 for who in WHO}
    assert callers["admin"].post(paths["absent"] + long).status_code == 404


def test_any_admin_may_write_whosever_it_is(paths: dict[str, str], newcomer: Callable[..., Actor]) -> None:
    admin = newcomer(roles="admin")
    for path in (paths["public"], paths["private"]):
        assert admin.post(f"{path}/tags/new").status_code == 201
        assert admin.delete(path).status_code == 204


def test_a_namespace_that_is_handed_over_is_not_seen_any_more(admin: Actor, producer: Actor, outsider: Actor) -> None:
    path = add(admin, owner=producer.project)
    admin.put(path, {"namespace": path.rpartition("/")[2], "owner": outsider.project})
    assert producer.get(path).status_code == 404
    assert outsider.get(path).status_code == 200
