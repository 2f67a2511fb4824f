"""/v2/metadefs/namespaces/{name}/objects: properties that go together."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.contract.actors import Actor
from tests.contract.metadefs.definitions import TITLED, add, names, new_name, shown, timeless

ABOUT = {"schema": "/v2/schemas/metadefs/object"}


@pytest.fixture
def path(admin: Actor) -> str:
    """The path of a new namespace."""
    return add(admin)


def test_an_object_is_answered_as_it_was_given(admin: Actor, path: str) -> None:
    answer = admin.post(f"{path}/objects", {"name": "o"})
    assert answer.status_code == 201
    assert "Location" not in answer.headers
    assert list(answer.json()) == ["name", "created_at", "updated_at", "self", "schema"]
    assert timeless(answer.json()) == {"name": "o", "self": f"{path}/objects/o", **ABOUT}


def test_an_object_is_shown_whole(admin: Actor, path: str) -> None:
    admin.post(f"{path}/objects", {"name": "o"})
    document = shown(admin, f"{path}/objects/o")
    assert timeless(document) == {
        "name": "o", "required": [], "properties": {}, "self": f"{path}/objects/o", **ABOUT,
    }  # fmt: skip
    assert shown(admin, f"{path}/objects") == {"objects": [document], "schema": "v2/schemas/metadefs/objects"}
    assert shown(admin, path)["objects"] == [document]


def test_an_object_has_properties(admin: Actor, path: str) -> None:
    given = {
        "properties": {"b": TITLED, "a": {**TITLED, "name": "c", "default": 5}}, "required": ["z"], "name": "o",
        "description": "D",
    }  # fmt: skip
    document = admin.post(f"{path}/objects", given).json()
    assert list(document)[:4] == ["name", "required", "description", "properties"]
    assert document["properties"] == {"b": TITLED, "a": {**TITLED, "name": "c", "default": "5"}}
    assert shown(admin, f"{path}/objects/o") == document


@pytest.mark.parametrize("query", ["?resource_type=OS::T", "?anything=else"])
def test_an_object_is_the_same_on_every_kind_of_resource(admin: Actor, query: str) -> None:
    contents = {"objects": [{"name": "o", "properties": {"a": TITLED}}]}
    path = add(admin, resource_type_associations=[{"name": "OS::T", "prefix": "t_"}], **contents)
    assert list(shown(admin, f"{path}/objects/o{query}")["properties"]) == ["a"]
    assert list(shown(admin, f"{path}/objects{query}")["objects"][0]["properties"]) == ["a"]


def test_objects_are_listed_by_name_and_all_at_once(admin: Actor, path: str) -> None:
    for name in ("b", "B", "a"):
        admin.post(f"{path}/objects", {"name": name})
    for query in ("", "?limit=1", "?sort_dir=desc", "?sort_key=nothing", "?marker=a", "?name=a"):
        assert names(admin, f"{path}/objects{query}") == ["B", "a", "b"]


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=x", "limit=", "sort_dir=up", "visibility=all"])
def test_pages_that_cannot_be(admin: Actor, path: str, query: str) -> None:
    assert admin.get(f"{path}/objects?{query}").status_code == 400


@pytest.mark.parametrize(
    ("attributes", "status"),
    [
        pytest.param({"name": "x" * 80}, 201, id="longest-name"),
        pytest.param({"name": "x" * 81}, 400, id="name-too-long"),
        pytest.param({"name": 1}, 400, id="name-number"),
        pytest.param({"name": ""}, 201, id="name-empty"),
        pytest.param({"name": "é/ü"}, 201, id="odd-name"),
        pytest.param({"name": "\N{GRINNING FACE}"}, 400, id="name-beyond-the-basic-plane"),
        pytest.param({"description": "x" * 5000}, 201, id="long-description"),
        pytest.param({"description": None}, 400, id="description-null"),
        pytest.param({"description": "\N{GRINNING FACE}"}, 400, id="description-beyond-the-basic-plane"),
        pytest.param({"required": []}, 201, id="nothing-required"),
        pytest.param({"required": ["a", "a"]}, 400, id="required-twice"),
        pytest.param({"required": [1]}, 400, id="required-number"),
        pytest.param({"required": ["\N{GRINNING FACE}"]}, 400, id="required-beyond-the-basic-plane"),
        pytest.param({"properties": {}}, 201, id="no-properties"),
        pytest.param({"properties": {"a": {"title": "A"}}}, 400, id="property-without-type"),
        pytest.param({"properties": {"a": {"type": "string"}}}, 400, id="property-without-title"),
        pytest.param({"properties": {"a": {**TITLED, "name": "x" * 81}}}, 400, id="property-name-within-too-long"),
        pytest.param({"properties": {"a" * 81: TITLED}}, 201, id="property-name-of-any-length"),
        pytest.param({"properties": {"\N{GRINNING FACE}": TITLED}}, 201, id="property-name-beyond-the-basic-plane"),
        pytest.param({"another": 1}, 400, id="unknown"),
        pytest.param({"self": "x"}, 403, id="self"),
        pytest.param({"schema": "x"}, 403, id="schema"),
        pytest.param({"created_at": "x"}, 403, id="created-at"),
        pytest.param({"updated_at": "x", "another": 1}, 403, id="read-only-before-anything-else"),
    ],
)
def test_what_an_object_may_be(admin: Actor, path: str, attributes: dict[str, Any], status: int) -> None:
    assert admin.post(f"{path}/objects", {"name": "o", **attributes}).status_code == status
    admin.post(f"{path}/objects", {"name": "old"})
    if status == 201:
        admin.delete(f"{path}/objects")
        admin.post(f"{path}/objects", {"name": "old"})
    answer = admin.put(f"{path}/objects/old", {"name": "o", **attributes})
    assert answer.status_code == (200 if status == 201 else status)


@pytest.mark.parametrize("odd", [{"another": 1}, {"required": []}])
def test_a_property_in_an_object_is_like_any_other(admin: Actor, path: str, odd: dict[str, Any]) -> None:
    body = {"name": "o", "properties": {"a": {**TITLED, **odd}}}
    assert admin.post(f"{path}/objects", body).status_code == 400


def test_an_object_must_have_a_name(admin: Actor, path: str) -> None:
    admin.post(f"{path}/objects", {"name": "o"})
    assert admin.post(f"{path}/objects", {}).status_code == 400
    assert admin.post(f"{path}/objects").status_code == 400
    assert admin.put(f"{path}/objects/o", {"description": "D"}).status_code == 400


def test_a_name_is_taken_once_in_a_namespace(admin: Actor, path: str) -> None:
    assert admin.post(f"{path}/objects", {"name": "o"}).status_code == 201
    assert admin.post(f"{path}/objects", {"name": "o"}).status_code == 409
    assert admin.post(f"{path}/objects", {"name": "O"}).status_code == 201
    assert admin.post(f"{add(admin)}/objects", {"name": "o"}).status_code == 201


def test_a_change_replaces_an_object(admin: Actor, path: str) -> None:
    given = {"name": "o", "description": "D", "required": ["a"], "properties": {"a": TITLED}}
    before = admin.post(f"{path}/objects", given).json()
    time.sleep(1.1)  # updated_at counts seconds
    answer = admin.put(f"{path}/objects/o", {"name": "p"})
    assert answer.status_code == 200
    assert answer.json() == {
        "name": "p", "self": f"{path}/objects/p", **ABOUT,
        "created_at": before["created_at"], "updated_at": before["updated_at"],
    }  # fmt: skip
    assert admin.get(f"{path}/objects/o").status_code == 404
    document = shown(admin, f"{path}/objects/p")
    assert (document["required"], document["properties"]) == ([], {})
    assert document["updated_at"] > before["updated_at"]


def test_objects_are_deleted_one_by_one_or_all(admin: Actor, path: str) -> None:
    for name in ("a", "b", "c"):
        admin.post(f"{path}/objects", {"name": name})
    answer = admin.delete(f"{path}/objects/a")
    assert (answer.status_code, answer.content) == (204, b"")
    assert admin.delete(f"{path}/objects/a").status_code == 404
    assert names(admin, f"{path}/objects") == ["b", "c"]
    assert [admin.delete(f"{path}/objects").status_code for _ in range(2)] == [204, 204]
    assert names(admin, f"{path}/objects") == []


def test_what_is_not_there(admin: Actor, path: str) -> None:
    nowhere = f"{path.rpartition('/')[0]}/{new_name()}"
    assert admin.get(f"{path}/objects/no").status_code == 404
    assert admin.put(f"{path}/objects/no", {"name": "no"}).status_code == 404
    assert admin.post(f"{nowhere}/objects", {"name": "o"}).status_code == 404
    assert admin.get(f"{nowhere}/objects").status_code == 404


def test_listing_ignores_a_body(admin: Actor, path: str) -> None:
    assert admin.get(f"{path}/objects", json={"a": 1}).status_code == 200
