"""/v2/metadefs/namespaces/{name}/properties: what values properties may have."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.actors import Actor
from tests.contract.metadefs.definitions import TITLED, add, names, new_name, shown

WHOLE = {
    "name": "p", "type": "array", "title": "T", "description": "D", "operators": ["<in>", "<in>"], "default": "a",
    "readonly": True, "minimum": 1, "maximum": -3, "enum": ["a", None], "pattern": "(", "minLength": 0, "maxLength": 3,
    "items": {"type": "string", "enum": ["1"]}, "uniqueItems": False, "minItems": 0, "maxItems": 3,
    "additionalItems": True,
}  # fmt: skip


@pytest.fixture
def path(admin: Actor) -> str:
    """The path of a new namespace."""
    return add(admin)


def test_a_property_is_shown_as_it_is_given(admin: Actor, path: str) -> None:
    answer = admin.post(f"{path}/properties", dict(reversed(WHOLE.items())))
    assert answer.status_code == 201
    assert "Location" not in answer.headers
    assert answer.json() == WHOLE
    assert sorted(answer.json()) == sorted(WHOLE)
    assert shown(admin, f"{path}/properties/p") == WHOLE
    assert shown(admin, f"{path}/properties") == {"properties": {"p": WHOLE}}
    assert shown(admin, path)["properties"] == {"p": WHOLE}


def test_properties_are_listed_by_name(admin: Actor) -> None:
    path = add(admin, properties={"b": TITLED, "B": TITLED, "a": {**TITLED, "name": "c"}})
    assert shown(admin, f"{path}/properties")["properties"] == {"B": TITLED, "a": {**TITLED, "name": "c"}, "b": TITLED}
    for query in ("", "?limit=1", "?limit=x", "?sort_dir=up", "?resource_type=OS::T"):
        assert names(admin, f"{path}/properties{query}") == ["B", "a", "b"]
    assert shown(admin, f"{path}/properties/a") == {**TITLED, "name": "a"}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param({"default": 5}, {"default": "5"}, id="number"),
        pytest.param({"default": 1.5}, {"default": "1.5"}, id="fraction"),
        pytest.param({"default": 1e22}, {"default": "1e+22"}, id="large-number"),
        pytest.param({"default": True}, {"default": "True"}, id="true"),
        pytest.param({"default": ""}, {"default": ""}, id="empty"),
        pytest.param({"default": None}, {"default": None}, id="null"),
        pytest.param({"default": ["a"]}, {"default": None}, id="list"),
        pytest.param({"default": {"a": 1}}, {"default": None}, id="object"),
        pytest.param({"minimum": 1.5}, {"minimum": 1}, id="minimum-fraction"),
        pytest.param({"maximum": -1.5}, {"maximum": -1}, id="maximum-fraction"),
        pytest.param({"minimum": 10**30}, {"minimum": 10**30}, id="minimum-large"),
        pytest.param({"maxLength": 2.0}, {"maxLength": 2}, id="length-whole"),
        pytest.param({"enum": []}, {"enum": []}, id="enum-empty"),
        pytest.param({"operators": []}, {"operators": []}, id="operators-empty"),
        pytest.param({"items": {"type": "object"}}, {"items": {"type": "object"}}, id="items"),
    ],
)
def test_what_becomes_of_values(admin: Actor, path: str, given: dict[str, Any], kept: dict[str, Any]) -> None:
    answer = admin.post(f"{path}/properties", {"name": "p", **TITLED, **given})
    assert answer.status_code == 201
    assert answer.json() == {"name": "p", **TITLED, **kept}
    assert shown(admin, f"{path}/properties/p") == answer.json()


@pytest.mark.parametrize(
    ("attributes", "status"),
    [
        pytest.param({"name": "x" * 80}, 201, id="longest-name"),
        pytest.param({"name": "x" * 81}, 400, id="name-too-long"),
        pytest.param({"name": 5}, 400, id="name-number"),
        pytest.param({"name": ""}, 201, id="name-empty"),
        pytest.param({"name": "é/ü"}, 201, id="odd-name"),
        pytest.param({"name": "\N{GRINNING FACE}"}, 400, id="name-beyond-the-basic-plane"),
        pytest.param({"title": ""}, 201, id="title-empty"),
        pytest.param({"title": None}, 400, id="title-null"),
        pytest.param({"title": "\N{GRINNING FACE}"}, 400, id="title-beyond-the-basic-plane"),
        pytest.param({"description": None}, 400, id="description-null"),
        pytest.param({"type": "text"}, 400, id="type"),
        pytest.param({"type": None}, 400, id="type-null"),
        pytest.param({"required": []}, 400, id="nothing-required"),
        pytest.param({"required": ["a", "a"]}, 400, id="required-twice"),
        pytest.param({"operators": [1]}, 400, id="operator-number"),
        pytest.param({"operators": ["\N{GRINNING FACE}"]}, 201, id="operator-beyond-the-basic-plane"),
        pytest.param({"minimum": "1"}, 400, id="minimum-string"),
        pytest.param({"minimum": False}, 400, id="minimum-boolean"),
        pytest.param({"maxLength": -1}, 400, id="length-negative"),
        pytest.param({"maxLength": 1.5}, 400, id="length-fraction"),
        pytest.param({"minLength": -1}, 400, id="least-length-negative"),
        pytest.param({"maxItems": None}, 400, id="items-null"),
        pytest.param({"pattern": 1}, 400, id="pattern-number"),
        pytest.param({"enum": "a"}, 400, id="enum-string"),
        pytest.param({"enum": ["\N{GRINNING FACE}"]}, 201, id="enum-beyond-the-basic-plane"),
        pytest.param({"readonly": "true"}, 400, id="readonly-string"),
        pytest.param({"default": "\N{GRINNING FACE}"}, 400, id="default-beyond-the-basic-plane"),
        pytest.param({"items": {"type": None}}, 400, id="items-of-no-type"),
        pytest.param({"uniqueItems": "a"}, 400, id="unique-string"),
        pytest.param({"additionalItems": 1}, 400, id="additional-number"),
        pytest.param({"another": 1}, 400, id="unknown"),
        pytest.param({"schema": "x"}, 400, id="schema"),
        pytest.param({"created_at": "x", "another": 1}, 403, id="created-at"),
    ],
)
def test_what_a_property_may_be(admin: Actor, path: str, attributes: dict[str, Any], status: int) -> None:
    body = {"name": "p", **TITLED, **attributes}
    assert admin.post(f"{path}/properties", body).status_code == status
    admin.delete(f"{path}/properties")
    admin.post(f"{path}/properties", {"name": "old", **TITLED})
    assert admin.put(f"{path}/properties/old", body).status_code == (200 if status == 201 else status)


@pytest.mark.parametrize("missing", ["name", "title", "type"])
def test_what_a_property_must_have(admin: Actor, path: str, missing: str) -> None:
    body = {name: value for name, value in {"name": "p", **TITLED}.items() if name != missing}
    assert admin.post(f"{path}/properties", body).status_code == 400
    admin.post(f"{path}/properties", {"name": "p", **TITLED})
    assert admin.put(f"{path}/properties/p", body).status_code == 400


def test_a_name_is_taken_once_in_a_namespace(admin: Actor, path: str) -> None:
    body = {"name": "p", **TITLED}
    assert admin.post(f"{path}/properties", body).status_code == 201
    assert admin.post(f"{path}/properties", body).status_code == 409
    assert admin.post(f"{path}/properties", {**body, "name": "P"}).status_code == 201
    assert admin.post(f"{add(admin)}/properties", body).status_code == 201


# As on a kind of resource.


@pytest.mark.parametrize(
    ("query", "name", "status"),
    [
        pytest.param("resource_type=Prefixed", "t_p", 200, id="with-prefix"),
        pytest.param("resource_type=Prefixed", "p", 404, id="without-the-prefix"),
        pytest.param("resource_type=Prefixed", "t_", 404, id="prefix-alone"),
        pytest.param("resource_type=Prefixed", "t_q", 404, id="another-property"),
        pytest.param("resource_type=Plain", "p", 404, id="no-prefix"),
        pytest.param("resource_type=Empty", "p", 404, id="empty-prefix"),
        pytest.param("resource_type=Elsewhere", "p", 404, id="not-associated"),
        pytest.param("resource_type=Unknown", "p", 404, id="unknown"),
        pytest.param("resource_type=", "p", 200, id="nothing-said"),
        pytest.param("resource_type=Plain&resource_type=Prefixed", "t_p", 200, id="last-counts"),
    ],
)
def test_a_property_is_found_by_its_name_on_a_kind_of_resource(
    admin: Actor, query: str, name: str, status: int
) -> None:
    kinds = [{"name": "Plain"}, {"name": "Empty", "prefix": ""}, {"name": "Prefixed", "prefix": "t_"}]
    add(admin, resource_type_associations=[{"name": "Elsewhere"}])
    path = add(admin, resource_type_associations=kinds, properties={"p": TITLED})
    answer = admin.get(f"{path}/properties/{name}?{query}")
    assert answer.status_code == status
    if status == 200:
        assert answer.json() == {"name": "p", **TITLED}


# Changes and the end.


def test_a_change_replaces_a_property(admin: Actor, path: str) -> None:
    admin.post(f"{path}/properties", WHOLE)
    answer = admin.put(f"{path}/properties/p", {"name": "q", **TITLED})
    assert answer.status_code == 200
    assert answer.json() == {"name": "q", **TITLED}
    assert shown(admin, f"{path}/properties") == {"properties": {"q": {"name": "q", **TITLED}}}
    assert admin.get(f"{path}/properties/p").status_code == 404


def test_properties_are_deleted_one_by_one_or_all(admin: Actor) -> None:
    path = add(admin, properties={"a": TITLED, "b": TITLED, "c": TITLED})
    answer = admin.delete(f"{path}/properties/a")
    assert (answer.status_code, answer.content) == (204, b"")
    assert admin.delete(f"{path}/properties/a").status_code == 404
    assert names(admin, f"{path}/properties") == ["b", "c"]
    assert [admin.delete(f"{path}/properties").status_code for _ in range(2)] == [204, 204]
    assert names(admin, f"{path}/properties") == []


def test_what_is_not_there(admin: Actor, path: str) -> None:
    nowhere = f"{path.rpartition('/')[0]}/{new_name()}"
    body = {"name": "p", **TITLED}
    assert admin.get(f"{path}/properties/no").status_code == 404
    assert admin.put(f"{path}/properties/no", body).status_code == 404
    assert admin.post(f"{nowhere}/properties", body).status_code == 404
    assert admin.get(f"{nowhere}/properties").status_code == 404
