"""/v2/metadefs/namespaces/{name}/tags: words that things may be labelled with."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.contract.actors import Actor
from tests.contract.metadefs.definitions import TIMES, add, names, new_name, shown


@pytest.fixture
def path(admin: Actor) -> str:
    """The path of a new namespace."""
    return add(admin)


@pytest.fixture
def three(admin: Actor) -> str:
    """The path of a namespace with the tags b, a, c, made in that order."""
    return add(admin, tags=[{"name": name} for name in "bac"])


def many(*names: str) -> dict[str, Any]:
    return {"tags": [{"name": name} for name in names]}


# One.


def test_a_tag_is_added(admin: Actor, path: str) -> None:
    answer = admin.post(f"{path}/tags/a%20b")
    assert answer.status_code == 201
    assert "Location" not in answer.headers
    assert list(answer.json()) == ["name", *TIMES]
    assert answer.json()["name"] == "a b"
    assert shown(admin, f"{path}/tags/a%20b") == answer.json()
    assert shown(admin, f"{path}/tags") == {"tags": [{"name": "a b"}]}
    assert shown(admin, path)["tags"] == [{"name": "a b"}]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        pytest.param("x" * 80, 201, id="longest"),
        pytest.param("x" * 81, 400, id="too-long"),
        pytest.param("", 404, id="none"),
        pytest.param("a/b", 404, id="slash"),
    ],
)
def test_how_long_a_tag_may_be(admin: Actor, path: str, name: str, status: int) -> None:
    assert admin.post(f"{path}/tags/{name}").status_code == status


def test_a_name_beyond_ascii_is_read_as_latin_1(admin: Actor, path: str) -> None:
    assert admin.post(f"{path}/tags/%C3%A9").json()["name"] == "Ã©"
    assert names(admin, f"{path}/tags") == ["Ã©"]


@pytest.mark.parametrize("body", [b"{}", b"x", b'{"name": "t"}'])
def test_a_new_tag_takes_no_body(admin: Actor, path: str, body: bytes) -> None:
    assert admin("POST", f"{path}/tags/t", data=body).status_code == 400
    assert admin("POST", f"{path}/tags/t", data=iter([body])).status_code == 400


def test_a_tag_is_there_once(admin: Actor, path: str) -> None:
    assert [admin.post(f"{path}/tags/t").status_code for _ in range(2)] == [201, 409]
    assert admin.post(f"{path}/tags/T").status_code == 201
    assert admin.post(f"{add(admin)}/tags/t").status_code == 201


def test_a_tag_gets_another_name(admin: Actor, three: str) -> None:
    before = shown(admin, f"{three}/tags/a")
    time.sleep(1.1)  # updated_at counts seconds
    answer = admin.put(f"{three}/tags/a", {"name": "d"})
    assert answer.status_code == 200
    assert answer.json() == {**before, "name": "d"}
    assert shown(admin, f"{three}/tags/d")["updated_at"] > before["updated_at"]
    assert names(admin, f"{three}/tags") == ["c", "d", "b"]
    assert admin.put(f"{three}/tags/d", {"name": "d"}).status_code == 200
    assert admin.put(f"{three}/tags/d", {"name": "b"}).status_code == 409


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(None, 400, id="none"),
        pytest.param({}, 400, id="empty"),
        pytest.param({"name": "x" * 80}, 200, id="longest"),
        pytest.param({"name": "x" * 81}, 400, id="too-long"),
        pytest.param({"name": 1}, 400, id="number"),
        pytest.param({"name": "\N{GRINNING FACE}"}, 400, id="beyond-the-basic-plane"),
        pytest.param({"name": "d", "another": 1}, 400, id="unknown"),
        pytest.param({"name": "d", "created_at": "x"}, 403, id="created-at"),
        pytest.param({"name": "d", "schema": "x"}, 400, id="schema"),
    ],
)
def test_what_a_new_name_may_be(admin: Actor, three: str, body: Any, status: int) -> None:
    assert admin.put(f"{three}/tags/a", body).status_code == status


def test_tags_are_deleted_one_by_one_or_all(admin: Actor, three: str) -> None:
    answer = admin.delete(f"{three}/tags/a")
    assert (answer.status_code, answer.content) == (204, b"")
    assert admin.delete(f"{three}/tags/a").status_code == 404
    assert names(admin, f"{three}/tags") == ["c", "b"]
    assert [admin.delete(f"{three}/tags").status_code for _ in range(2)] == [204, 204]
    assert names(admin, f"{three}/tags") == []


# Many.


def test_many_tags_take_the_place_of_those_before(admin: Actor, three: str) -> None:
    answer = admin.post(f"{three}/tags", many("b", "z", "y"))
    assert (answer.status_code, answer.json()) == (201, many("b", "z", "y"))
    assert names(admin, f"{three}/tags") == ["y", "z", "b"]


@pytest.mark.parametrize(
    ("header", "kept"),
    [(text, True) for text in ("True", "true", "TRUE", "1", "t", "y", "yes", "on")]
    + [(text, False) for text in ("False", "0", "no", "append", "")],
)
def test_tags_are_appended_on_request(admin: Actor, three: str, header: str, kept: bool) -> None:
    answer = admin.post(f"{three}/tags", many("d"), headers={"X-OpenStack-Append": header})
    assert (answer.status_code, answer.json()) == (201, many("d"))
    assert names(admin, f"{three}/tags") == (["d", "c", "a", "b"] if kept else ["d"])


def test_no_tags_change_nothing(admin: Actor, three: str) -> None:
    answer = admin.post(f"{three}/tags", many())
    assert (answer.status_code, answer.json()) == (201, many())
    assert names(admin, f"{three}/tags") == ["c", "a", "b"]


def test_tags_that_are_there_are_refused_as_a_whole(admin: Actor, three: str) -> None:
    append = {"X-OpenStack-Append": "True"}
    assert admin.post(f"{three}/tags", many("d", "a"), headers=append).status_code == 409
    assert admin.post(f"{three}/tags", many("d", "d")).status_code == 409
    assert names(admin, f"{three}/tags") == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(None, 400, id="none"),
        pytest.param({"tags": None}, 400, id="null"),
        pytest.param({"tags": ["a"]}, 400, id="string"),
        pytest.param({"tags": [{}]}, 400, id="nameless"),
        pytest.param({"tags": [{"name": 1}]}, 400, id="number"),
        pytest.param({"tags": [{"name": "a", "created_at": "x"}]}, 400, id="created-at"),
        pytest.param({"tags": [{"name": "a"}], "another": 1}, 400, id="unknown"),
        pytest.param({"tags": [{"name": "a"}], "schema": "x"}, 400, id="as-shown"),
        pytest.param(many("x" * 81), 201, id="of-any-length"),
        pytest.param(many("a/b", ""), 201, id="odd"),
        pytest.param(many("\N{GRINNING FACE}"), 201, id="beyond-the-basic-plane"),
    ],
)
def test_what_many_tags_may_be(admin: Actor, path: str, body: Any, status: int) -> None:
    assert admin.post(f"{path}/tags", body).status_code == status


# The list.


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("", "cab", id="latest-first"),
        pytest.param("sort_dir=asc", "bac", id="oldest-first"),
        pytest.param("sort_key=name", "cba", id="name-descending"),
        pytest.param("sort_key=name&sort_dir=asc", "abc", id="name"),
        pytest.param("sort_key=updated_at", "cab", id="updated-at"),
        pytest.param("sort_key=id", "cab", id="id"),
        pytest.param("sort_key=name&sort_key=id&sort_dir=asc", "abc", id="first-key-counts"),
        pytest.param("limit=0", "", id="limit-0"),
        pytest.param("limit=2", "ca", id="limit"),
        pytest.param("limit=1&limit=2", "c", id="first-limit-counts"),
        pytest.param("limit=5000", "cab", id="limit-large"),
        pytest.param("marker=a", "b", id="marker"),
        pytest.param("marker=a&sort_dir=asc", "c", id="marker-ascending"),
        pytest.param("marker=a&sort_key=name&sort_dir=asc&limit=1", "b", id="page"),
        pytest.param("marker=&limit=", "cab", id="empty"),
        pytest.param("name=a", "cab", id="name-is-no-filter"),
        pytest.param("sort=name", "cab", id="sort-is-for-images"),
    ],
)
def test_tags_are_listed_in_pages(admin: Actor, three: str, query: str, found: str) -> None:
    assert names(admin, f"{three}/tags?{query}") == list(found)
    assert list(shown(admin, f"{three}/tags?{query}")) == ["tags"]


@pytest.mark.parametrize(
    ("query", "status"),
    [("visibility=x", 400), ("limit=-1", 400), ("limit=x", 400), ("limit=1.5", 400), ("sort_dir=up", 400),
     ("sort_dir=", 400), ("marker=no", 404)],
)  # fmt: skip
def test_pages_that_cannot_be(admin: Actor, three: str, query: str, status: int) -> None:
    assert admin.get(f"{three}/tags?{query}").status_code == status


@pytest.mark.parametrize(("query", "status"), [("visibility=x", 400), ("sort_dir=x", 400), ("sort_key=x", 404)])
def test_pages_of_no_namespace(admin: Actor, query: str, status: int) -> None:
    assert admin.get(f"/v2/metadefs/namespaces/nonsense/tags?{query}").status_code == status


def test_more_than_a_page_of_tags_is_listed(admin: Actor, path: str) -> None:
    given = [str(number) for number in range(30)]
    admin.post(f"{path}/tags", many(*given))
    assert names(admin, f"{path}/tags?sort_dir=asc") == given


def test_listing_ignores_a_body(admin: Actor, path: str) -> None:
    assert admin.get(f"{path}/tags", json={"a": 1}).status_code == 200


def test_what_is_not_there(admin: Actor, path: str) -> None:
    nowhere = f"{path.rpartition('/')[0]}/{new_name()}"
    assert admin.get(f"{path}/tags/no").status_code == 404
    assert admin.put(f"{path}/tags/no", {"name": "no"}).status_code == 404
    assert admin.post(f"{nowhere}/tags", many()).status_code == 404
    assert admin.post(f"{nowhere}/tags/{'x' * 81}").status_code == 404
    assert admin.get(f"{nowhere}/tags").status_code == 404
