"""GET /v2/metadefs/namespaces: filters, order, pages.

A service keeps the namespaces of all scenarios, so that each looks only at those of its own kind of resource.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.actors import Actor
from tests.contract.metadefs.definitions import NAMESPACES, add, new_name, shown, timeless


class Shelf:
    """Some namespaces of one kind of resource, by short names."""

    def __init__(self, admin: Actor) -> None:
        self.admin = admin
        self.kind = new_name("Kind")
        self.names: dict[str, str] = {}

    def put(self, short: str, kinds: tuple[str, ...] = (), **attributes: Any) -> None:
        associations = [{"name": name} for name in (self.kind, *kinds)]
        name = f"{short}-{new_name()}"
        add(self.admin, namespace=name, resource_type_associations=associations, **attributes)
        self.names[name] = short

    def query(self, query: str) -> str:
        return f"{NAMESPACES}?resource_types={self.kind}{'&' if query else ''}{query}"

    def listed(self, query: str = "", by: Actor | None = None) -> list[str]:
        """Return the short names that a list shows."""
        document = shown(by or self.admin, self.query(query))
        return [self.names[one["namespace"]] for one in document["namespaces"]]

    def name(self, short: str) -> str:
        return next(name for name, known in self.names.items() if known == short)


@pytest.fixture
def shelf(admin: Actor) -> Shelf:
    return Shelf(admin)


@pytest.fixture
def three(shelf: Shelf) -> Shelf:
    shelf.put("b", description="x", visibility="public")
    shelf.put("c", owner="somebody")
    shelf.put("a", description="y", protected=True, visibility="public")
    return shelf


def test_a_list_shows_namespaces_with_their_associations(shelf: Shelf) -> None:
    shelf.put("a", properties={"p": {"title": "P", "type": "string"}}, tags=[{"name": "t"}])
    document = shown(shelf.admin, shelf.query(""))
    assert list(document) == ["namespaces", "schema", "first"]
    assert document["schema"] == "/v2/schemas/metadefs/namespaces"
    name = shelf.name("a")
    assert timeless(document["namespaces"]) == [
        {
            "namespace": name,
            "visibility": "private",
            "protected": False,
            "owner": shelf.admin.project,
            "resource_type_associations": [{"name": shelf.kind}],
            "self": f"{NAMESPACES}/{name}",
            "schema": "/v2/schemas/metadefs/namespace",
        }
    ]


# Filters.


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("visibility=public", ["a", "b"], id="public"),
        pytest.param("visibility=private", ["c"], id="private"),
        pytest.param("visibility=", [], id="visibility-empty"),
        pytest.param("visibility=public&visibility=private", ["a", "b"], id="first-visibility-counts"),
        pytest.param("owner=somebody", ["a", "c", "b"], id="owner-is-no-filter"),
        pytest.param("protected=true", ["a", "c", "b"], id="protected-is-no-filter"),
        pytest.param("namespace=a", ["a", "c", "b"], id="namespace-is-no-filter"),
        pytest.param("anything=else", ["a", "c", "b"], id="unknown"),
    ],
)
def test_filters(three: Shelf, query: str, found: list[str]) -> None:
    assert three.listed(query) == found


def test_kinds_of_resources_are_alternatives(admin: Actor, shelf: Shelf) -> None:
    other = new_name("Kind")
    shelf.put("a", kinds=(other,))
    shelf.put("b")
    both = f"{NAMESPACES}?resource_types={shelf.kind},{other}"
    assert [shelf.names[one["namespace"]] for one in shown(admin, both)["namespaces"]] == ["b", "a"]
    assert shelf.listed(f"resource_types={other}") == ["a"], "the last ones count"
    found = shown(admin, f"{NAMESPACES}?resource_types={other}")["namespaces"]
    assert [one["name"] for one in found[0]["resource_type_associations"]] == [shelf.kind, other]
    assert shown(admin, f"{NAMESPACES}?resource_types={new_name()}")["namespaces"] == []


# Order.


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("", ["a", "c", "b"], id="latest-first"),
        pytest.param("sort_dir=asc", ["b", "c", "a"], id="oldest-first"),
        pytest.param("sort_key=namespace", ["c", "b", "a"], id="name-descending"),
        pytest.param("sort_key=namespace&sort_dir=asc", ["a", "b", "c"], id="name"),
        pytest.param("sort_key=description&sort_dir=asc", ["c", "b", "a"], id="none-first"),
        pytest.param("sort_key=description", ["a", "b", "c"], id="none-last"),
        pytest.param("sort_key=visibility", ["a", "b", "c"], id="ties-by-time-too"),
        pytest.param("sort_key=protected&sort_dir=asc", ["b", "c", "a"], id="protected"),
        pytest.param("sort_key=id&sort_dir=asc", ["b", "c", "a"], id="id"),
        pytest.param("sort_key=updated_at&sort_dir=asc", ["b", "c", "a"], id="updated-at"),
        pytest.param("sort_key=namespace&sort_key=id&sort_dir=asc&sort_dir=desc", ["a", "b", "c"], id="first-counts"),
        pytest.param("sort=namespace", ["a", "c", "b"], id="sort-is-for-images"),
    ],
)
def test_order(three: Shelf, query: str, found: list[str]) -> None:
    assert three.listed(query) == found


# Pages.


# Not by what some have not: the real service shows those twice.
@pytest.mark.parametrize("order", ["", "sort_dir=asc", "sort_key=namespace", "sort_key=visibility&sort_dir=asc"])
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_lead_through_the_list(three: Shelf, order: str, limit: int) -> None:
    whole = three.listed(order)
    path: str | None = three.query(f"limit={limit}&{order}".rstrip("&"))
    found, pages = [], 0
    while path:
        document = shown(three.admin, path)
        found += [three.names[one["namespace"]] for one in document["namespaces"]]
        path, pages = document.get("next"), pages + 1
    assert found == whole
    assert pages == 3 // limit + 1


def test_links(three: Shelf) -> None:
    given = f"limit=1&resource_types={three.kind}&odd=%C3%A9".replace(":", "%3A")
    document = shown(three.admin, f"{NAMESPACES}?marker={three.name('a')}&{given}")
    assert document["first"] == f"{NAMESPACES}?{given}"
    assert document["next"] == f"{NAMESPACES}?{given}&marker={three.name('c')}".replace("::", "%3A%3A")
    assert list(document) == ["namespaces", "next", "schema", "first"]


def test_links_name_the_last_of_what_is_said_twice(three: Shelf) -> None:
    document = shown(three.admin, three.query("limit=1&limit=2"))
    assert len(document["namespaces"]) == 1
    assert "limit=2" in document["first"]
    assert "limit=1" not in document["first"]


@pytest.mark.parametrize(("query", "status"), [("visibility=x", 400), ("sort_dir=x", 400), ("sort_key=x", 404)])
def test_who_may_read_nothing_is_told_little(newcomer: Callable[..., Actor], query: str, status: int) -> None:
    assert newcomer(roles="").get(f"{NAMESPACES}?{query}").status_code == status


@pytest.mark.parametrize(
    ("query", "number"),
    [
        pytest.param("limit=0", 0, id="none"),
        pytest.param("limit=%202", 2, id="blank"),
        pytest.param("limit=100000", 3, id="more-than-there-are"),
    ],
)
def test_limits(three: Shelf, query: str, number: int) -> None:
    document = shown(three.admin, three.query(query))
    assert len(document["namespaces"]) == number
    assert ("next" in document) == (number == 2)


def test_a_page_has_25_unless_said_otherwise(shelf: Shelf) -> None:
    for number in range(26):
        shelf.put(str(number))
    assert shelf.listed() == [str(number) for number in range(25, 0, -1)]
    assert "next" in shown(shelf.admin, shelf.query(""))


def test_a_marker_need_not_be_in_the_list(three: Shelf) -> None:
    assert three.listed(f"visibility=public&marker={three.name('c')}") == ["b"]


# Refusals.


@pytest.mark.parametrize(
    ("query", "status"),
    [
        pytest.param("limit=-1", 400, id="limit-negative"),
        pytest.param("sort_dir=up", 400, id="direction"),
        pytest.param("visibility=shared", 400, id="visibility-of-images"),
        pytest.param("visibility=all", 400, id="visibility-all"),
        pytest.param("marker=nothing", 404, id="marker"),
    ],
)
def test_refusals(admin: Actor, query: str, status: int) -> None:
    assert admin.get(f"{NAMESPACES}?{query}").status_code == status


def test_a_marker_must_be_visible(three: Shelf, outsider: Actor) -> None:
    assert outsider.get(f"{NAMESPACES}?marker={three.name('c')}").status_code == 403
    assert outsider.get(f"{NAMESPACES}?marker={three.name('a')}").status_code == 200


# Whose.


@pytest.mark.parametrize(
    ("who", "found"),
    [
        pytest.param("admin", ["d", "c", "b", "a"], id="admin"),
        pytest.param("producer", ["d", "b", "a"], id="owner"),
        pytest.param("reader", ["d", "b", "a"], id="reader"),
        pytest.param("outsider", ["b", "a"], id="outsider"),
    ],
)
def test_whose_namespaces_are_listed(
    shelf: Shelf, producer: Actor, reader: Actor, outsider: Actor, who: str, found: list[str]
) -> None:
    shelf.put("a", visibility="public")
    shelf.put("b", visibility="public", owner="somebody")
    shelf.put("c")
    shelf.put("d", owner=producer.project)
    callers = {"admin": shelf.admin, "producer": producer, "reader": reader, "outsider": outsider}
    assert shelf.listed(by=callers[who]) == found


def test_listing_ignores_a_body(admin: Actor) -> None:
    assert admin.get(NAMESPACES, json={"a": 1}).status_code == 200


def test_associations_are_shown_in_the_order_in_which_they_were_made(admin: Actor) -> None:
    kinds = [new_name("Z"), new_name("A"), new_name("M")]
    add(admin, resource_type_associations=[{"name": kinds[2]}])
    path = add(admin, resource_type_associations=[{"name": kind} for kind in kinds[:2]])
    admin.post(f"{path}/resource_types", {"name": kinds[2]})
    found = shown(admin, f"{NAMESPACES}?resource_types={kinds[0]}")["namespaces"][0]
    assert [one["name"] for one in found["resource_type_associations"]] == kinds
