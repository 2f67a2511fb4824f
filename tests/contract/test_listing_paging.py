"""Lists of images come in pages, in the order that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.actors import Actor

NOWHERE = "00000000-0000-0000-0000-000000000000"

# Created in this order. Letters sort as strings; nothing sorts before everything.
SHELF: dict[str, dict[str, Any]] = {
    "no name": {"name": None, "disk_format": "raw"},
    "b": {"name": "b", "disk_format": "iso"},
    "empty": {"name": "", "disk_format": "raw"},
    "a": {"name": "a", "disk_format": "iso"},
    "b again": {"name": "b", "disk_format": "raw"},
}


class Shelf:
    """The images of one project that creates no more of them."""

    def __init__(self, owner: Actor) -> None:
        self.owner = owner
        self.ids = {label: owner.image(**attributes)["id"] for label, attributes in SHELF.items()}
        self.labels = {image_id: label for label, image_id in self.ids.items()}

    def page(self, query: str) -> dict[str, Any]:
        """Answer `query`, narrowed to this shelf; labels stand in place of the images."""
        answer = self.owner.get(f"/v2/images?owner={self.owner.project}&{query}")
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        page["images"] = [self.labels[image["id"]] for image in page["images"]]
        return page

    def order(self, query: str) -> list[str]:
        labels: list[str] = self.page(query)["images"]
        return labels


@pytest.fixture(scope="module")
def shelf(newcomer: Callable[..., Actor]) -> Shelf:
    return Shelf(newcomer())


# The envelope


def test_a_list_has_images_first_and_schema(producer: Actor) -> None:
    answer = producer.get("/v2/images?visibility=private")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == {"images": [], "first": "/v2/images?visibility=private", "schema": "/v2/schemas/images"}


def test_first_without_a_query_is_the_bare_path(producer: Actor) -> None:
    assert producer.get("/v2/images").json()["first"] == "/v2/images"


def test_a_trailing_slash_is_another_path(producer: Actor) -> None:
    assert producer.get("/v2/images/").status_code == 404


# How many


def test_a_page_holds_25_unless_told(producer: Actor) -> None:
    for _ in range(26):
        producer.image()
    page = producer.get(f"/v2/images?owner={producer.project}").json()
    assert len(page["images"]) == 25
    assert page["next"] == f"/v2/images?owner={producer.project}&marker={page['images'][-1]['id']}"
    assert len(producer.listed(f"?owner={producer.project}")) == 26


@pytest.mark.parametrize(
    ("limit", "count"),
    [
        pytest.param("0", 0, id="none"),
        pytest.param("2", 2, id="two"),
        pytest.param("%2B2", 2, id="with-a-plus"),
        pytest.param("1001", 5, id="above-the-maximum"),
        pytest.param("99999999999999999999", 5, id="huge"),
    ],
)
def test_a_limit_may_be_any_whole_number_from_zero(shelf: Shelf, limit: str, count: int) -> None:
    assert len(shelf.order(f"limit={limit}")) == count


@pytest.mark.parametrize("limit", ["-1", "abc", "1.5", ""])
def test_other_limits_are_refused(producer: Actor, limit: str) -> None:
    assert producer.get(f"/v2/images?limit={limit}").status_code == 400


@pytest.mark.parametrize("twice", ["limit=2&limit=3", "sort=name&sort=id", "member_status=all&member_status=all"])
def test_what_is_said_twice_is_taken_for_a_property(shelf: Shelf, twice: str) -> None:
    """The real service takes one of the two as meant, and the other as a filter that no image passes."""
    assert shelf.order(twice) == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        pytest.param("limit=a&limit=2", 400, id="limit-first"),
        pytest.param("limit=2&limit=a", 200, id="limit-last"),
        pytest.param("marker=nonsense&marker=", 400, id="marker"),
        pytest.param("sort=nonsense&sort=name", 400, id="sort-first"),
        pytest.param("sort=name&sort=nonsense", 200, id="sort-last"),
        pytest.param("member_status=nonsense&member_status=all", 400, id="member-status-first"),
        pytest.param("member_status=all&member_status=nonsense", 200, id="member-status-last"),
        pytest.param("os_hidden=nonsense&os_hidden=true", 200, id="hidden-first"),
        pytest.param("os_hidden=true&os_hidden=nonsense", 400, id="hidden-last"),
        pytest.param("protected=nonsense&protected=true", 200, id="protected-first"),
        pytest.param("visibility=nonsense&visibility=shared", 200, id="visibility-first"),
        pytest.param("visibility=shared&visibility=nonsense", 400, id="visibility-last"),
    ],
)
def test_of_what_is_said_twice_one_is_judged(producer: Actor, query: str, status: int) -> None:
    assert producer.get(f"/v2/images?{query}").status_code == status


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("visibility=shared&visibility=shared", True, id="the-same"),
        pytest.param("visibility=all&visibility=shared", True, id="narrowed"),
        pytest.param("visibility=shared&visibility=all", False, id="all-last"),
        pytest.param("visibility=private&visibility=shared", False, id="both"),
        pytest.param("visibility=nonsense&visibility=shared", False, id="nonsense-first"),
        pytest.param("os_hidden=true&os_hidden=false&visibility=shared", True, id="hidden"),
        pytest.param("owner=nonsense&name=an+image&name=z", False, id="name"),
        pytest.param("name=z&name=an+image&visibility=shared", True, id="name-last"),
    ],
)
def test_of_what_is_said_twice_the_last_counts_or_both(producer: Actor, query: str, found: bool) -> None:
    image = producer.image()
    assert producer.listed(f"?{query}") == ([image["id"]] if found else [])


# Where from


def test_a_page_begins_after_the_marker(shelf: Shelf) -> None:
    assert shelf.order(f"marker={shelf.ids['empty']}") == ["b", "no name"]


def test_nothing_follows_the_last_image(shelf: Shelf) -> None:
    assert shelf.order(f"marker={shelf.ids['no name']}") == []


def test_a_marker_need_not_match_the_filter(shelf: Shelf) -> None:
    assert shelf.order(f"name=b&marker={shelf.ids['empty']}") == ["b"]


@pytest.mark.parametrize("marker", ["", "abc", NOWHERE])
def test_an_unknown_marker_is_refused(producer: Actor, marker: str) -> None:
    assert producer.get(f"/v2/images?marker={marker}").status_code == 400


def test_a_deleted_marker_is_refused(producer: Actor) -> None:
    image = producer.image()
    producer.delete(f"/v2/images/{image['id']}")
    assert producer.get(f"/v2/images?marker={image['id']}").status_code == 400


@pytest.mark.parametrize("visibility", ["private", "shared"])
def test_a_marker_that_the_caller_may_not_see_is_forbidden(producer: Actor, outsider: Actor, visibility: str) -> None:
    image = producer.image(visibility=visibility)
    assert outsider.get(f"/v2/images?marker={image['id']}").status_code == 403


def test_a_marker_that_the_caller_may_read_but_not_list_serves(producer: Actor, consumer: Actor) -> None:
    before, after = consumer.image(), None
    marks = [producer.image(visibility="community"), producer.image(), producer.image(os_hidden=True)]
    for mark in marks[1:]:
        producer.offer(mark, consumer)
    after = consumer.image()
    for mark in marks:
        found = [i["id"] for i in consumer.get(f"/v2/images?visibility=shared&marker={mark['id']}").json()["images"]]
        assert found == [before["id"]]
        assert after["id"] not in found


# The links


def test_next_leads_through_every_image_once(shelf: Shelf) -> None:
    assert [shelf.labels[i] for i in shelf.owner.listed(f"?owner={shelf.owner.project}&limit=2")] == list(SHELF)[::-1]


def test_a_full_last_page_still_has_a_next_that_is_empty(shelf: Shelf) -> None:
    page = shelf.page("limit=5")
    assert len(page["images"]) == 5
    following = shelf.owner.get(page["next"]).json()
    assert following["images"] == []
    assert "next" not in following


@pytest.mark.parametrize("query", ["limit=0", "limit=6", "name=nothing&limit=1"])
def test_a_page_that_is_not_full_has_no_next(shelf: Shelf, query: str) -> None:
    assert "next" not in shelf.page(query)


@pytest.mark.parametrize(
    ("query", "link"),
    [
        pytest.param("limit=1&visibility=shared", "limit=1&visibility=shared", id="order-kept"),
        pytest.param("visibility=shared&limit=1", "visibility=shared&limit=1", id="other-order-kept"),
        pytest.param("sort=name:asc,size:desc&limit=1", "sort=name%3Aasc%2Csize%3Adesc&limit=1", id="colon-and-comma"),
        pytest.param("limit=1&name=in:b,%22a%22", "limit=1&name=in%3Ab%2C%22a%22", id="quotation-marks"),
        pytest.param("limit=1&name=in:b,%20a", "limit=1&name=in%3Ab%2C+a", id="blank-is-plus"),
        pytest.param("limit=1&name=in:b,-_.~", "limit=1&name=in%3Ab%2C-_.~", id="unreserved"),
        pytest.param("limit=1&name=in:b,(!*)/@", "limit=1&name=in%3Ab%2C%28%21%2A%29%2F%40", id="reserved"),
        pytest.param("limit=1&name=in:b,%C3%A9", "limit=1&name=in%3Ab%2C%C3%A9", id="unicode"),
        pytest.param("limit=1&name=a&name=b", "limit=1&name=b", id="last-name"),
        pytest.param("limit=1&sort_key=id&sort_key=name", "limit=1&sort_key=name", id="last-sort-key"),
    ],
)
def test_links_repeat_the_query_with_the_marker_at_the_end(shelf: Shelf, query: str, link: str) -> None:
    page = shelf.page(query)
    owner = f"/v2/images?owner={shelf.owner.project}"
    assert page["first"] == f"{owner}&{link}"
    assert page["next"] == f"{owner}&{link}&marker={shelf.ids[page['images'][-1]]}"


def test_first_has_no_marker_and_next_has_the_new_one(shelf: Shelf) -> None:
    page = shelf.page(f"marker={shelf.ids['b again']}&limit=1")
    owner = f"/v2/images?owner={shelf.owner.project}"
    assert page["first"] == f"{owner}&limit=1"
    assert page["next"] == f"{owner}&limit=1&marker={shelf.ids['a']}"


def test_first_repeats_a_limit_above_the_maximum(producer: Actor) -> None:
    assert producer.get("/v2/images?limit=2000").json()["first"] == "/v2/images?limit=2000"


# In which order


@pytest.mark.parametrize(
    ("query", "order"),
    [
        pytest.param("", "b again, a, empty, b, no name", id="newest-first"),
        pytest.param("sort=created_at:asc", "no name, b, empty, a, b again", id="oldest-first"),
        pytest.param("sort_dir=asc", "no name, b, empty, a, b again", id="direction-alone"),
        pytest.param("sort=name:asc", "no name, empty, a, b, b again", id="ties-ascend-with-the-key"),
        pytest.param("sort=name:desc", "b again, b, a, empty, no name", id="ties-descend-with-the-key"),
        pytest.param("sort=name", "b again, b, a, empty, no name", id="descending-by-default"),
        pytest.param("sort=name:", "b again, b, a, empty, no name", id="empty-direction"),
        pytest.param("sort_key=name", "b again, b, a, empty, no name", id="key"),
        pytest.param("sort_key=name&sort_dir=asc", "no name, empty, a, b, b again", id="key-and-direction"),
        pytest.param("sort=disk_format:asc,name:asc", "a, b, no name, empty, b again", id="two"),
        pytest.param("sort=%20disk_format%20:%20asc%20,%20name", "b, a, b again, empty, no name", id="blanks"),
        pytest.param("sort=disk_format:asc,status:asc", "a, b, b again, empty, no name", id="ties-of-many-descend"),
        pytest.param(
            "sort_key=disk_format&sort_key=name&sort_dir=asc&sort_dir=desc",
            "b, a, b again, empty, no name",
            id="keys-with-a-direction-each",
        ),
        pytest.param(
            "sort_key=disk_format&sort_key=status&sort_dir=asc", "b, a, no name, empty, b again", id="one-direction"
        ),
        pytest.param("sort=name:asc,name:desc", "no name, empty, a, b again, b", id="key-named-twice"),
    ],
)
def test_images_come_in_the_order_asked_for(shelf: Shelf, query: str, order: str) -> None:
    assert shelf.order(query) == order.split(", ")


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("key", ["name", "status", "container_format", "disk_format", "id", "created_at", "updated_at"])
def test_pages_are_cut_from_one_order(shelf: Shelf, key: str, direction: str) -> None:
    """Ties and missing values included. (With missing sizes the real service loses its way.)"""
    query = f"sort={key}:{direction}"
    whole = [shelf.ids[label] for label in shelf.order(query)]
    for limit in (1, 2):
        assert shelf.owner.listed(f"?owner={shelf.owner.project}&{query}&limit={limit}") == whole


def test_sorting_by_size(producer: Actor) -> None:
    images = [producer.active_image(b"x" * size)["id"] for size in (2, 30, 1)]
    query = f"?owner={producer.project}&limit=1&sort=size"
    assert producer.listed(query + ":asc") == [images[2], images[0], images[1]]
    assert producer.listed(query + ":desc") == [images[1], images[0], images[2]]


def test_images_without_a_size_are_smallest(producer: Actor) -> None:
    large, none = producer.active_image()["id"], producer.image()["id"]
    assert producer.listed(f"?owner={producer.project}&sort=size:asc") == [none, large]


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("sort=owner", id="owner"),
        pytest.param("sort=visibility", id="visibility"),
        pytest.param("sort=checksum", id="checksum"),
        pytest.param("sort=min_disk", id="min-disk"),
        pytest.param("sort=virtual_size", id="virtual-size"),
        pytest.param("sort=protected", id="protected"),
        pytest.param("sort=os_hidden", id="os-hidden"),
        pytest.param("sort=os_version", id="custom-property"),
        pytest.param("sort=NAME", id="upper-case-key"),
        pytest.param("sort=", id="empty"),
        pytest.param("sort=name,", id="trailing-comma"),
        pytest.param("sort=name:up", id="unknown-direction"),
        pytest.param("sort=name:DESC", id="upper-case-direction"),
        pytest.param("sort=name:asc:desc", id="two-directions"),
        pytest.param("sort_key=", id="empty-key"),
        pytest.param("sort_key=owner", id="unknown-key"),
        pytest.param("sort_dir=up", id="unknown-dir"),
        pytest.param("sort_key=name&sort_dir=ASC", id="upper-case-dir"),
        pytest.param("sort_key=name&sort_dir=", id="empty-dir"),
        pytest.param("sort_key=name&sort_dir=asc&sort_dir=desc", id="more-directions-than-keys"),
        pytest.param("sort=name&sort_key=name", id="sort-with-sort-key"),
        pytest.param("sort=name&sort_dir=asc", id="sort-with-sort-dir"),
    ],
)
def test_other_orders_are_refused(producer: Actor, query: str) -> None:
    assert producer.get(f"/v2/images?{query}").status_code == 400
