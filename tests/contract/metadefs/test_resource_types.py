"""/v2/metadefs/resource_types and /v2/metadefs/namespaces/{name}/resource_types: what namespaces apply to."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.actors import Actor
from tests.contract.metadefs.definitions import TIMES, TITLED, add, names, new_name, shown

KINDS = "/v2/metadefs/resource_types"


@pytest.fixture
def path(admin: Actor) -> str:
    """The path of a new namespace."""
    return add(admin)


def kinds(actor: Actor) -> list[str]:
    return [one["name"] for one in shown(actor, KINDS)["resource_types"]]


def test_an_association_is_shown_as_it_is_given(admin: Actor, path: str) -> None:
    given = {"prefix": "t_", "properties_target": "image", "name": new_name("OS")}
    answer = admin.post(f"{path}/resource_types", given)
    assert answer.status_code == 201
    assert "Location" not in answer.headers
    document = answer.json()
    assert list(document) == ["name", "prefix", "properties_target", *TIMES]
    assert {name: document[name] for name in given} == given
    assert shown(admin, f"{path}/resource_types") == {"resource_type_associations": [document]}
    assert shown(admin, path)["resource_type_associations"] == [document]


def test_what_is_not_given_is_not_shown(admin: Actor, path: str) -> None:
    document = admin.post(f"{path}/resource_types", {"name": new_name("OS")}).json()
    assert list(document) == ["name", *TIMES]
    assert shown(admin, f"{path}/resource_types")["resource_type_associations"] == [document]


def test_a_new_kind_of_resource_is_known_from_then_on(admin: Actor, outsider: Actor, path: str) -> None:
    known, name = kinds(admin), new_name("OS")
    admin.post(f"{path}/resource_types", {"name": name, "prefix": "t_"})
    assert kinds(outsider) == [*known, name]
    assert list(shown(admin, KINDS)["resource_types"][-1]) == ["name", *TIMES]
    admin.post(f"{add(admin)}/resource_types", {"name": name})
    admin.delete(f"{path}/resource_types/{name}")
    admin.delete(path)
    assert kinds(admin) == [*known, name]


def test_an_association_is_there_once(admin: Actor, path: str) -> None:
    name = new_name("OS")
    assert admin.post(f"{path}/resource_types", {"name": name}).status_code == 201
    assert admin.post(f"{path}/resource_types", {"name": name, "prefix": "t_"}).status_code == 409
    assert admin.post(f"{path}/resource_types", {"name": name.upper()}).status_code == 201


@pytest.mark.parametrize(
    ("attributes", "status"),
    [
        pytest.param({"name": "x" * 80}, 201, id="longest-name"),
        pytest.param({"name": "x" * 81}, 400, id="name-too-long"),
        pytest.param({"name": ""}, 201, id="name-empty"),
        pytest.param({"name": 1}, 400, id="name-number"),
        pytest.param({"name": "é/\N{GRINNING FACE}"}, 201, id="odd-name"),
        pytest.param({"prefix": ""}, 201, id="prefix-empty"),
        pytest.param({"prefix": None}, 400, id="prefix-null"),
        pytest.param({"prefix": "x" * 81}, 400, id="prefix-too-long"),
        pytest.param({"properties_target": "x" * 81}, 400, id="target-too-long"),
        pytest.param({"another": 1}, 400, id="unknown"),
        pytest.param({"schema": "x"}, 400, id="schema"),
        pytest.param({"created_at": "x", "another": 1}, 403, id="created-at"),
        pytest.param({"updated_at": "x"}, 403, id="updated-at"),
    ],
)
def test_what_an_association_may_be(admin: Actor, path: str, attributes: dict[str, Any], status: int) -> None:
    assert admin.post(f"{path}/resource_types", {"name": "OS::Any", **attributes}).status_code == status


def test_an_association_must_name_a_kind_of_resource(admin: Actor, path: str) -> None:
    assert admin.post(f"{path}/resource_types").status_code == 400
    assert admin.post(f"{path}/resource_types", {"prefix": "t_"}).status_code == 400


def test_an_association_is_deleted(admin: Actor, path: str) -> None:
    first, second = new_name("OS"), new_name("OS")
    other = add(admin, resource_type_associations=[{"name": first}])
    for name in (first, second):
        admin.post(f"{path}/resource_types", {"name": name})
    answer = admin.delete(f"{path}/resource_types/{first}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert admin.delete(f"{path}/resource_types/{first}").status_code == 404
    assert names(admin, f"{path}/resource_types") == [second]
    assert names(admin, f"{other}/resource_types") == [first]
    admin.post(f"{path}/resource_types", {"name": first})
    assert names(admin, f"{path}/resource_types?limit=1") == [second, first]


def test_a_prefix_is_known_at_once(admin: Actor) -> None:
    name = new_name("OS")
    path = add(admin, properties={"p": TITLED})
    admin.post(f"{path}/resource_types", {"name": name, "prefix": "t_"})
    assert list(shown(admin, f"{path}?resource_type={name}")["properties"]) == ["t_p"]
    admin.delete(f"{path}/resource_types/{name}")
    assert list(shown(admin, f"{path}?resource_type={name}")["properties"]) == ["p"]


def test_what_is_not_there(admin: Actor, path: str) -> None:
    nowhere = f"{path.rpartition('/')[0]}/{new_name()}"
    assert admin.delete(f"{path}/resource_types/OS::No").status_code == 404
    assert admin.get(f"{nowhere}/resource_types").status_code == 404
    assert admin.post(f"{nowhere}/resource_types", {"name": "OS::Any"}).status_code == 404
