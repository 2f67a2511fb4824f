"""Lists of images: their order, and pages that together are the whole."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from glance_emulator.caller import Caller
from glance_emulator.db.rows import Reader
from glance_emulator.domain import limits, listing
from glance_emulator.domain.keyset import Order
from glance_emulator.domain.listing import NULLABLE, SORT_KEYS, Asked, parse
from glance_emulator.domain.worlds import World
from glance_emulator.errors import BadRequest, Forbidden
from tests.domain.people import ADMIN, CONSUMER, NOBODY, NOW, PRODUCER, member_of, offer, put_image
from tests.worlds import bare_world

IMAGES = 300


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a world of images that have every attribute in common with others, or have none."""
    made = bare_world(Path(tmp_path_factory.mktemp("listing")))
    many = itertools.product((None, "a", "b", ""), (None, 0, 7), (None, "raw", "iso"), ("queued", "active"), range(5))
    for number, (name, size, format_, status, minute) in enumerate(itertools.islice(many, IMAGES)):
        put_image(
            made, name=name, size=size, disk_format=format_, container_format=format_ and "bare", status=status,
            created_at=NOW + timedelta(minutes=minute % 3), updated_at=NOW + timedelta(hours=number % 4),
            owner="producer" if number % 3 else "consumer",
            visibility=("public", "shared", "community", "private")[number % 4],
        )  # fmt: skip
    yield made
    made.engine.dispose()


def page(world: World, caller: Caller, **asked: str) -> Sequence[Any]:
    with Reader(world.engine) as reader:
        return listing.index(reader, caller, parse(Asked(asked.items())))


def paged(world: World, caller: Caller, size: int, **asked: str) -> list[str]:
    """Walk through all pages; return the ids."""
    found: list[str] = []
    while images := page(world, caller, limit=str(size), **asked):
        found += [image.id for image in images]
        asked["marker"] = found[-1]
    return found


def in_order(images: Sequence[Any], order: Sequence[Order]) -> list[str]:
    """Sort as SQL should have: the least significant key first; nulls are less than everything."""
    found = list(images)
    for key, direction in reversed(order):

        def rank(image: Any, key: str = key) -> tuple[bool, Any]:
            value = getattr(image, key)
            return (value is not None, value if value is not None else 0)

        found.sort(key=rank, reverse=direction == "desc")
    return [image.id for image in found]


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("key", SORT_KEYS)
class TestOneKey:
    def test_the_order_is_total(self, world: World, key: str, direction: str) -> None:
        found = page(world, ADMIN, sort=f"{key}:{direction}", limit="1000", visibility="all")
        ties = [(tie, direction) for tie in ("created_at", "id") if tie != key]
        assert len(found) == IMAGES
        assert [image.id for image in found] == in_order(found, [(key, direction), *ties])

    @pytest.mark.parametrize("caller", [PRODUCER, ADMIN], ids=lambda caller: caller.user_id)
    @pytest.mark.parametrize("visibility", ["", "all"], ids=["default list", "all"])
    def test_the_pages_are_the_list(
        self, world: World, key: str, direction: str, caller: Caller, visibility: str
    ) -> None:
        asked = {"sort": f"{key}:{direction}"} | ({"visibility": visibility} if visibility else {})
        whole = [image.id for image in page(world, caller, limit="1000", **asked)]
        assert paged(world, caller, 17, **asked) == whole

    def test_the_list_begins_and_ends_where_nothing_is_said(self, world: World, key: str, direction: str) -> None:
        found = page(world, ADMIN, sort_key=key, sort_dir=direction, limit="1000", visibility="all")
        absent = [getattr(image, key) is None for image in found]
        assert absent == sorted(absent, reverse=direction == "asc")
        assert any(absent) == (key in NULLABLE)


@pytest.mark.parametrize(
    "sort",
    [
        pytest.param("size:asc,name:desc", id="two nullable keys"),
        pytest.param("name,size,disk_format,status", id="four keys"),
        pytest.param("status:desc,size:asc,id:desc", id="mixed directions"),
        pytest.param("updated_at:asc,name:asc,created_at:desc", id="times"),
    ],
)
@pytest.mark.parametrize("size", [1, 50, IMAGES])
def test_pages_of_several_keys_are_the_list(world: World, sort: str, size: int) -> None:
    asked = {"sort": sort, "visibility": "all"}
    whole = [image.id for image in page(world, ADMIN, limit="1000", **asked)]
    assert len(whole) == IMAGES
    assert paged(world, ADMIN, size, **asked) == whole


def test_pages_of_a_filtered_list_are_that_list(world: World) -> None:
    asked = {"sort": "size:desc", "status": "active"}
    whole = page(world, PRODUCER, limit="1000", **asked)
    assert {image.status for image in whole} == {"active"}
    assert paged(world, PRODUCER, 7, **asked) == [image.id for image in whole]


ORDERS = [
    pytest.param([], "created_at:desc id:desc", id="none"),
    pytest.param([("sort", "name")], "name:desc created_at:desc id:desc", id="new style, no direction"),
    pytest.param([("sort", "name:asc")], "name:asc created_at:asc id:asc", id="one direction is that of the ties"),
    pytest.param([("sort", " name : asc ,size")], "name:asc size:desc created_at:desc id:desc", id="spaces"),
    pytest.param([("sort_key", "name")], "name:desc created_at:desc id:desc", id="classic, no direction"),
    pytest.param([("sort_dir", "asc")], "created_at:asc id:asc", id="classic, no key"),
    pytest.param(
        [("sort_key", "name"), ("sort_key", "size"), ("sort_dir", "asc")],
        "name:asc size:asc created_at:asc id:asc",
        id="classic, one direction for all",
    ),
    pytest.param(
        [("sort_key", "name"), ("sort_key", "size"), ("sort_dir", "asc"), ("sort_dir", "desc")],
        "name:asc size:desc created_at:desc id:desc",
        id="classic, a direction each",
    ),
    pytest.param([("sort_key", "id"), ("sort_dir", "asc")], "id:asc created_at:asc", id="a tie that is a key"),
]


@pytest.mark.parametrize(("asked", "order"), ORDERS)
def test_what_order_is_asked_for(asked: list[tuple[str, str]], order: str) -> None:
    assert " ".join(f"{key}:{direction}" for key, direction in parse(Asked(asked)).order) == order


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param([("sort", "owner")], id="no key"),
        pytest.param([("sort", "")], id="empty"),
        pytest.param([("sort", "name:up")], id="no direction"),
        pytest.param([("sort_key", "name"), ("sort_dir", "up")], id="no classic direction"),
        pytest.param([("sort", "name"), ("sort_key", "name")], id="both styles"),
        pytest.param([("sort", "name"), ("sort_dir", "asc")], id="new key, classic direction"),
        pytest.param([("sort_key", "name"), ("sort_dir", "asc"), ("sort_dir", "asc")], id="more directions than keys"),
        pytest.param([("limit", "-1")], id="negative limit"),
        pytest.param([("limit", "x")], id="limit that is no number"),
        pytest.param([("limit", "")], id="empty limit"),
        pytest.param([("visibility", "visible")], id="no visibility"),
        pytest.param([("member_status", "maybe")], id="no member status"),
        pytest.param([("member_status", "")], id="empty member status"),
        pytest.param([("os_hidden", "1")], id="no boolean"),
    ],
)
def test_what_cannot_be_asked_for(asked: list[tuple[str, str]]) -> None:
    with pytest.raises(BadRequest):
        parse(Asked(asked))


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        pytest.param(None, limits.PAGE, id="default"),
        pytest.param("0", 0, id="nothing"),
        pytest.param("3", 3, id="as asked"),
        pytest.param(str(limits.LONGEST_PAGE + 1), limits.LONGEST_PAGE, id="longest"),
    ],
)
def test_how_long_a_page_is(world: World, limit: str | None, expected: int) -> None:
    asked = {} if limit is None else {"limit": limit}
    assert parse(Asked(asked.items())).limit == expected
    assert len(page(world, ADMIN, visibility="all", **asked)) == min(expected, IMAGES)


def test_an_empty_visibility_finds_nothing(world: World) -> None:
    assert page(world, ADMIN, visibility="") == []


def test_a_reader_may_list_and_somebody_without_a_role_may_not(world: World) -> None:
    assert page(world, member_of("producer", "reader"))
    with pytest.raises(Forbidden):
        page(world, Caller("user", "producer"))


class TestHidden:
    @pytest.mark.parametrize(
        ("asked", "hidden"),
        [
            pytest.param({}, False, id="default"),
            *(pytest.param({"os_hidden": t}, t == "True", id=t) for t in ("True", "false")),
        ],
    )
    def test_hidden_images_have_a_list_of_their_own(self, tmp_path: Path, asked: dict[str, str], hidden: bool) -> None:
        world = bare_world(tmp_path)
        ids = {kind: put_image(world, os_hidden=kind) for kind in (False, True)}
        assert [image.id for image in page(world, PRODUCER, **asked)] == [ids[hidden]]


class TestMarker:
    @pytest.fixture
    def own(self, tmp_path: Path) -> Iterator[World]:
        made = bare_world(tmp_path)
        put_image(made, id="first", created_at=NOW + timedelta(minutes=9))
        put_image(made, id="marker", created_at=NOW + timedelta(minutes=5), owner="consumer", visibility="private")
        put_image(made, id="last")
        yield made
        made.engine.dispose()

    def change(self, world: World, **columns: Any) -> None:
        from glance_emulator.db.images import Image

        with world.writing() as session:
            for name, value in columns.items():
                setattr(session.get_one(Image, "marker"), name, value)

    def test_one_that_is_no_image(self, own: World) -> None:
        with pytest.raises(BadRequest):
            page(own, PRODUCER, marker="none")

    def test_one_that_is_not_seen(self, own: World) -> None:
        with pytest.raises(Forbidden):
            page(own, PRODUCER, marker="marker")

    def test_one_that_can_be_read_but_is_not_in_the_list(self, own: World) -> None:
        self.change(own, visibility="community")
        assert [image.id for image in page(own, PRODUCER)] == ["first", "last"]
        assert [image.id for image in page(own, PRODUCER, marker="marker")] == ["last"]

    def test_one_that_was_deleted_is_one_for_admins_alone(self, own: World) -> None:
        self.change(own, deleted_at=NOW, status="deleted", visibility="public")
        for caller in (PRODUCER, CONSUMER, NOBODY):
            with pytest.raises(BadRequest):
                page(own, caller, marker="marker")
        assert [image.id for image in page(own, ADMIN, marker="marker")] == ["last"]

    def test_an_offer_that_waits_is_one(self, own: World) -> None:
        self.change(own, owner="producer", visibility="shared")
        offer(own, "marker")
        put_image(own, id="consumer's", owner="consumer")
        assert [image.id for image in page(own, CONSUMER, marker="marker")] == ["consumer's"]


def test_parameters_said_twice_stay_as_filters() -> None:
    asked = Asked([("limit", "1"), ("limit", "2"), ("x", "1"), ("x", "2"), ("tag", "a"), ("tag", "b")])
    assert asked.take("limit") == "1"
    assert asked.take_all("tag") == ["a", "b"]
    assert asked.take("none", "otherwise") == "otherwise"
    assert asked.rest() == {"limit": "2", "x": "2"}
    assert asked.take_last("x", "3") == "2"
    assert asked.take_last("x", "3") == "3"
