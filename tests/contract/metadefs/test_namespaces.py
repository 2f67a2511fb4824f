"""/v2/metadefs/namespaces/{name}: what a namespace is, from its creation to its end."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.actors import Actor
from tests.contract.metadefs.definitions import NAMESPACES, TITLED, add, names, new_name, shown, timeless

MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"

CONTENTS: dict[str, Any] = {
    "resource_type_associations": [{"name": "OS::T", "prefix": "t_", "properties_target": "image"}, {"name": "OS::S"}],
    "properties": {"p2": {"title": "P", "type": "integer", "minimum": 1}, "p1": TITLED},
    "objects": [{"name": "o2"}, {"name": "o1", "description": "O", "required": ["a"], "properties": {"a": TITLED}}],
    "tags": [{"name": "t2"}, {"name": "t1"}],
}


# Creation.


def test_a_new_namespace_is_private_and_its_creators(admin: Actor) -> None:
    name = new_name()
    answer = admin.post(NAMESPACES, {"namespace": name})
    assert answer.status_code == 201
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Location"] == f"{admin.url}{NAMESPACES}/{name}"
    document = answer.json()
    assert list(document) == [
        "namespace", "visibility", "protected", "owner", "created_at", "updated_at", "self", "schema",
    ]  # fmt: skip
    assert timeless(document) == {
        "namespace": name,
        "visibility": "private",
        "protected": False,
        "owner": admin.project,
        "self": f"{NAMESPACES}/{name}",
        "schema": "/v2/schemas/metadefs/namespace",
    }
    assert re.fullmatch(MOMENT, document["created_at"])
    assert document["created_at"] == document["updated_at"]
    assert shown(admin, document["self"]) == document


def test_a_namespace_has_attributes(admin: Actor) -> None:
    given = {
        "namespace": new_name(), "display_name": "D", "description": "", "visibility": "public", "protected": True,
        "owner": "somebody",
    }  # fmt: skip
    document = admin.post(NAMESPACES, given).json()
    assert {name: document[name] for name in given} == given
    assert shown(admin, document["self"]) == document


def test_a_namespace_comes_with_what_is_in_it(admin: Actor) -> None:
    answer = admin.post(NAMESPACES, {"namespace": new_name(), **CONTENTS})
    assert answer.status_code == 201
    assert {name: answer.json()[name] for name in CONTENTS} == CONTENTS
    path = answer.json()["self"]
    document = shown(admin, path)
    assert timeless(document["resource_type_associations"]) == CONTENTS["resource_type_associations"]
    assert document["properties"] == CONTENTS["properties"]
    assert list(document["properties"]) == ["p1", "p2"]
    assert document["tags"] == [{"name": "t1"}, {"name": "t2"}]
    about = {"schema": "/v2/schemas/metadefs/object"}
    assert timeless(document["objects"]) == [
        {**CONTENTS["objects"][1], "self": f"{path}/objects/o1", **about},
        {"name": "o2", "required": [], "properties": {}, "self": f"{path}/objects/o2", **about},
    ]


def test_empty_contents_are_shown_as_they_were_given_and_then_no_more(admin: Actor) -> None:
    empty: dict[str, Any] = {"resource_type_associations": [], "properties": {}, "objects": [], "tags": []}
    document = admin.post(NAMESPACES, {"namespace": new_name(), **empty}).json()
    assert {name: document[name] for name in empty} == empty
    assert not empty.keys() & shown(admin, document["self"]).keys()


def test_a_name_is_taken_whoever_sees_it(admin: Actor, newcomer: Callable[..., Actor]) -> None:
    name = add(admin).rpartition("/")[2]
    another = newcomer(roles="admin,member,reader")
    assert admin.post(NAMESPACES, {"namespace": name}).status_code == 409
    assert another.post(NAMESPACES, {"namespace": name}).status_code == 409
    assert admin.post(NAMESPACES, {"namespace": name.upper()}).status_code == 201


@pytest.mark.parametrize(
    "contents",
    [
        pytest.param({"objects": [{"name": "a"}, {"name": "a"}]}, id="objects"),
        pytest.param({"tags": [{"name": "a"}, {"name": "a"}]}, id="tags"),
        pytest.param({"resource_type_associations": [{"name": "a"}, {"name": "a"}]}, id="resource-types"),
    ],
)
def test_nothing_is_in_a_namespace_twice(admin: Actor, contents: dict[str, Any]) -> None:
    name = new_name()
    assert admin.post(NAMESPACES, {"namespace": name, **contents}).status_code == 409
    assert admin.get(f"{NAMESPACES}/{name}").status_code == 404


# What may be in a body; None leaves the name out.
BODIES = [
    pytest.param({"namespace": "x" * 81}, 400, id="name-too-long"),
    pytest.param({"namespace": 1}, 400, id="name-number"),
    pytest.param({"namespace": None}, 400, id="name-null"),
    pytest.param({"namespace": "\N{GRINNING FACE}"}, 400, id="name-beyond-the-basic-plane"),
    pytest.param({"display_name": "x" * 80}, 201, id="longest-display-name"),
    pytest.param({"display_name": "x" * 81}, 400, id="display-name-too-long"),
    pytest.param({"display_name": "\N{GRINNING FACE}"}, 400, id="display-name-beyond-the-basic-plane"),
    pytest.param({"description": "x" * 500}, 201, id="longest-description"),
    pytest.param({"description": "x" * 501}, 400, id="description-too-long"),
    pytest.param({"description": None}, 400, id="description-null"),
    pytest.param({"visibility": "shared"}, 400, id="visibility-of-images"),
    pytest.param({"visibility": None}, 400, id="visibility-null"),
    pytest.param({"protected": "true"}, 400, id="protected-string"),
    pytest.param({"protected": 1}, 400, id="protected-number"),
    pytest.param({"protected": None}, 400, id="protected-null"),
    pytest.param({"owner": None}, 400, id="owner-null"),
    pytest.param({"owner": "x" * 255}, 201, id="longest-owner"),
    pytest.param({"owner": "x" * 256}, 400, id="owner-too-long"),
    pytest.param({"another": 1}, 400, id="unknown"),
    pytest.param({"created_at": "2020-01-01T00:00:00Z"}, 403, id="created-at"),
    pytest.param({"updated_at": 1}, 403, id="updated-at"),
    pytest.param({"self": "x"}, 403, id="self"),
    pytest.param({"schema": "x"}, 403, id="schema"),
    pytest.param({"schema": "x", "another": 1, "protected": 1}, 403, id="read-only-before-anything-else"),
    pytest.param({"resource_type_associations": None}, 400, id="associations-null"),
    pytest.param({"resource_type_associations": ["x"]}, 400, id="association-string"),
    pytest.param({"resource_type_associations": [{"name": "x", "prefix": None}]}, 400, id="prefix-null"),
    pytest.param({"resource_type_associations": [{"name": "x", "prefix": "x" * 81}]}, 201, id="prefix-of-any-length"),
    pytest.param({"resource_type_associations": [{"name": "x", "created_at": "?"}]}, 201, id="association-as-shown"),
    pytest.param({"objects": {}}, 400, id="objects-no-list"),
    pytest.param({"objects": [{"name": "x" * 81}]}, 201, id="object-name-of-any-length"),
    pytest.param({"objects": [{"name": "x", "required": ["a", "a"]}]}, 400, id="object-requires-twice"),
    pytest.param({"objects": [{"name": "x", "properties": None}]}, 400, id="object-properties-null"),
    pytest.param({"objects": [{"name": "x", "created_at": "?", "schema": "?"}]}, 201, id="object-as-shown"),
    pytest.param({"properties": []}, 400, id="properties-no-object"),
    pytest.param({"properties": {"a": {"type": "string"}}}, 400, id="property-without-title"),
    pytest.param({"properties": {"a": {"title": "A"}}}, 400, id="property-without-type"),
    pytest.param({"properties": {"a": {"title": "A", "type": None}}}, 400, id="property-of-no-type"),
    pytest.param({"properties": {"a": {"title": "A", "type": "text"}}}, 400, id="property-of-unknown-type"),
    pytest.param({"properties": {"a" * 81: TITLED}}, 201, id="property-name-of-any-length"),
    pytest.param({"properties": {"a": {**TITLED, "name": 1}}}, 400, id="property-name-number"),
    pytest.param({"tags": ["x"]}, 400, id="tag-string"),
    pytest.param({"tags": [{"name": "x" * 81}]}, 201, id="tag-of-any-length"),
    pytest.param({"tags": [{"name": "x", "created_at": "?"}]}, 201, id="tag-as-shown"),
]


@pytest.mark.parametrize(("attributes", "status"), BODIES)
def test_what_a_namespace_may_be(admin: Actor, attributes: dict[str, Any], status: int) -> None:
    assert admin.post(NAMESPACES, {"namespace": new_name(), **attributes}).status_code == status
    path = add(admin)
    expected = 200 if status == 201 else status
    answer = admin.put(path, {"namespace": path.rpartition("/")[2], **attributes})
    assert answer.status_code == expected


@pytest.mark.parametrize(
    "contents",
    [
        pytest.param({"objects": [{"name": "\N{GRINNING FACE}"}]}, id="object"),
        pytest.param({"properties": {"\N{GRINNING FACE}": TITLED}}, id="property"),
        pytest.param({"tags": [{"name": "\N{GRINNING FACE}"}]}, id="tag"),
    ],
)
def test_names_of_contents_are_within_the_basic_plane(admin: Actor, contents: dict[str, Any]) -> None:
    assert admin.post(NAMESPACES, {"namespace": new_name(), **contents}).status_code == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"", 400, id="none"),
        pytest.param(b"{", 400, id="no-json"),
        pytest.param(b"null", 400, id="null"),
        pytest.param(b'"x"', 400, id="string"),
        pytest.param(b"5", 400, id="number"),
        pytest.param(b"{}", 400, id="nameless"),
        pytest.param(b'{"namespace": "\xe9"}', 400, id="latin-1"),
    ],
)
def test_what_a_body_may_be(admin: Actor, body: bytes, status: int) -> None:
    assert admin("POST", NAMESPACES, data=body).status_code == status
    assert admin("PUT", add(admin), data=body).status_code == status


def test_the_media_type_of_a_body_does_not_matter(admin: Actor) -> None:
    body = f'{{"namespace": "{new_name()}"}}'.encode()
    assert admin("POST", NAMESPACES, data=body, headers={"Content-Type": "text/plain"}).status_code == 201


# Names in paths.


@pytest.mark.parametrize(
    ("name", "path", "status"),
    [
        pytest.param("{} b", "{}%20b", 200, id="blank"),
        pytest.param("{}%", "{}%25", 200, id="percent"),
        pytest.param("{};b", "{};b", 200, id="semicolon"),
        pytest.param("{}é", "{}%C3%A9", 404, id="beyond-ascii"),
        pytest.param("{}/b", "{}%2Fb", 404, id="slash"),
    ],
)
def test_odd_names(admin: Actor, name: str, path: str, status: int) -> None:
    unique = new_name()
    assert admin.post(NAMESPACES, {"namespace": name.format(unique)}).status_code == 201
    assert admin.get(f"{NAMESPACES}/{path.format(unique)}").status_code == status


# Showing it as on a resource.


@pytest.mark.parametrize(
    ("resource_type", "prefix"),
    [
        pytest.param("OS::T", "t_", id="with-prefix"),
        pytest.param("OS::S", "", id="without-prefix"),
        pytest.param("OS::None", "", id="not-associated"),
        pytest.param("", "", id="empty"),
    ],
)
def test_properties_are_named_as_on_the_kind_of_resource(admin: Actor, resource_type: str, prefix: str) -> None:
    path = add(admin, **CONTENTS)
    document = shown(admin, f"{path}?resource_type={resource_type}")
    assert list(document["properties"]) == [f"{prefix}p1", f"{prefix}p2"]
    assert document["objects"][0]["properties"] == {f"{prefix}a": TITLED}
    assert document["objects"][0]["required"] == [f"{prefix}a"]
    assert timeless(document["resource_type_associations"]) == CONTENTS["resource_type_associations"]


def test_of_two_kinds_of_resources_the_last_counts(admin: Actor) -> None:
    path = add(admin, **CONTENTS)
    assert "t_p1" in shown(admin, f"{path}?resource_type=OS::S&resource_type=OS::T")["properties"]


# Changes.


def test_a_change_sets_all_attributes_anew(admin: Actor, newcomer: Callable[..., Actor]) -> None:
    path = add(admin, display_name="D", description="E", visibility="public", protected=True)
    name = path.rpartition("/")[2]
    another = newcomer(roles="admin,member,reader")
    answer = another.put(path, {"namespace": name, "description": "F"})
    assert answer.status_code == 200
    document = timeless(answer.json())
    assert document.pop("schema") == "/v2/schemas/metadefs/namespace"
    assert document == {
        "namespace": name, "description": "F", "visibility": "private", "protected": False, "owner": another.project,
        "self": path,
    }  # fmt: skip


def test_a_change_leaves_what_is_in_it(admin: Actor) -> None:
    path = add(admin, **CONTENTS)
    before = shown(admin, path)
    answer = admin.put(path, {"namespace": before["namespace"], "tags": [{"name": "new"}], "objects": []})
    assert answer.status_code == 200
    assert not CONTENTS.keys() & answer.json().keys()
    assert {name: shown(admin, path)[name] for name in CONTENTS} == {name: before[name] for name in CONTENTS}


def test_a_change_is_answered_with_the_time_of_the_one_before(admin: Actor) -> None:
    path = add(admin)
    name = path.rpartition("/")[2]
    before = shown(admin, path)["updated_at"]
    time.sleep(1.1)  # updated_at counts seconds
    assert admin.put(path, {"namespace": name}).json()["updated_at"] == before
    assert shown(admin, path)["updated_at"] == before, "nothing has changed"
    assert admin.put(path, {"namespace": name, "description": "D"}).json()["updated_at"] == before
    assert shown(admin, path)["updated_at"] > before


def test_what_changes_in_it_does_not_change_it(admin: Actor) -> None:
    path = add(admin)
    before = shown(admin, path)["updated_at"]
    time.sleep(1.1)
    assert admin.post(f"{path}/tags/new").status_code == 201
    assert shown(admin, path)["updated_at"] == before


def test_a_new_name_takes_everything_along(admin: Actor) -> None:
    path = add(admin, **CONTENTS)
    name = new_name()
    answer = admin.put(path, {"namespace": name})
    assert answer.json()["self"] == f"{NAMESPACES}/{name}"
    assert admin.get(path).status_code == 404
    document = shown(admin, f"{NAMESPACES}/{name}")
    assert document.keys() >= CONTENTS.keys()
    assert document["objects"][0]["self"] == f"{NAMESPACES}/{name}/objects/o1"


def test_a_new_name_may_not_be_taken(admin: Actor) -> None:
    path, other = add(admin), add(admin)
    assert admin.put(path, {"namespace": other.rpartition("/")[2]}).status_code == 409
    assert admin.get(path).status_code == 200


# The end.


def test_a_namespace_goes_with_what_is_in_it(admin: Actor) -> None:
    path = add(admin, **CONTENTS)
    answer = admin.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
    for below in ("", "/objects", "/objects/o1", "/properties/p1", "/tags/t1", "/resource_types"):
        assert admin.get(path + below).status_code == 404
    assert admin.delete(path).status_code == 404
    assert admin.post(NAMESPACES, {"namespace": path.rpartition("/")[2]}).status_code == 201
    assert names(admin, f"{path}/tags") == []


@pytest.mark.parametrize(
    "below",
    ["", "/objects", "/objects/o1", "/properties", "/properties/p1", "/tags", "/tags/t1", "/resource_types/OS::T"],
)
def test_nothing_is_deleted_from_a_protected_namespace(admin: Actor, below: str) -> None:
    path = add(admin, **CONTENTS, protected=True)
    assert admin.delete(path + below).status_code == 403
    assert admin.put(path, {"namespace": path.rpartition("/")[2]}).status_code == 200
    assert admin.delete(path + below).status_code == 204


@pytest.mark.parametrize("below", ["/objects/no", "/properties/no", "/tags/no", "/resource_types/no"])
def test_what_is_not_in_a_protected_namespace_is_not_found(admin: Actor, below: str) -> None:
    assert admin.delete(add(admin, protected=True) + below).status_code == 404


def test_a_protected_namespace_can_be_added_to_and_changed(admin: Actor) -> None:
    path = add(admin, **CONTENTS, protected=True)
    assert admin.post(f"{path}/objects", {"name": "new"}).status_code == 201
    assert admin.put(f"{path}/objects/o1", {"name": "o1"}).status_code == 200
    assert admin.post(f"{path}/tags", {"tags": [{"name": "new"}]}).status_code == 201
    assert names(admin, f"{path}/tags") == ["new"]


@pytest.mark.parametrize(("query", "status"), [("?visibility=x", 400), ("?visibility=all", 400), ("?limit=x", 404)])
def test_a_visibility_is_judged_even_where_there_is_no_namespace(admin: Actor, query: str, status: int) -> None:
    assert admin.get(f"{NAMESPACES}/{new_name()}{query}").status_code == status
