"""Who sees which image: every visibility, every relation to it, every state of an offer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image
from glance_emulator.domain.visibility import MEMBER_STATUSES, VISIBILITIES, listed, readable, viewer
from glance_emulator.domain.worlds import World
from tests.domain.people import ADMIN, CONSUMER, NOBODY, NOW, OUTSIDER, PRODUCER, offer, put_image
from tests.worlds import bare_world

OFFERS = ("pending", "accepted", "rejected", "removed")
CALLERS = {
    "owner": PRODUCER,
    "outsider": OUTSIDER,
    "projectless": NOBODY,
    "admin": ADMIN,
    "admin without a project": Caller("root", None, frozenset({"admin"})),
    **dict.fromkeys(OFFERS, CONSUMER),
}
"""By their relation to the producer's image; those that are named like a status have been offered it."""

EVERYBODY = frozenset(CALLERS)
ADMINS = frozenset({"admin", "admin without a project"})
MEMBERS = frozenset(MEMBER_STATUSES)
READ = {
    "public": EVERYBODY,
    "community": EVERYBODY,
    "shared": {"owner"} | ADMINS | MEMBERS,
    "private": {"owner"} | ADMINS,
}
"""Who may read the producer's image, given its id."""
LISTED = {
    "public": EVERYBODY,
    "community": {"owner"},
    "shared": {"owner", "accepted"} | ADMINS,
    "private": {"owner"} | ADMINS,
}
"""In whose default list it stands."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a world with one image of the producer's for each visibility and state of an offer, and others."""
    made = bare_world(Path(tmp_path_factory.mktemp("visibility")))
    for visibility in VISIBILITIES:
        put_image(made, id=f"{visibility}", visibility=visibility)
        for status in OFFERS:
            # Offered while it was shared; what it became since then decides.
            image_id = put_image(made, id=f"{visibility} {status}")
            offer(made, image_id, status)
            with made.writing() as session:
                session.get_one(Image, image_id).visibility = visibility
        put_image(made, id=f"deleted {visibility}", visibility=visibility, status="deleted", deleted_at=NOW)
        put_image(made, id=f"ownerless {visibility}", visibility=visibility, owner=None)
        put_image(made, id=f"outsider's {visibility}", visibility=visibility, owner="outsider")
        put_image(made, id=f"consumer's {visibility}", visibility=visibility, owner="consumer")
        put_image(made, id=f"admin's {visibility}", visibility=visibility, owner="admin")
    yield made
    made.engine.dispose()


def reads(world: World, caller: Caller) -> set[str]:
    with world.reading() as session:
        return set(session.scalars(select(Image.id).where(readable(caller.is_admin)), viewer(caller)))


def parts(world: World, caller: Caller, visibility: str | None = None, status: str = "accepted") -> list[str]:
    """Return what the parts of the list hold, one after another."""
    with world.reading() as session:
        return [
            image_id
            for part in listed(caller.is_admin, visibility, status)
            for image_id in session.scalars(select(Image.id).where(part), viewer(caller))
        ]


@pytest.mark.parametrize("visibility", VISIBILITIES)
@pytest.mark.parametrize("relation", CALLERS)
class TestEveryRelation:
    def name(self, visibility: str, relation: str) -> str:
        return f"{visibility} {relation}" if relation in OFFERS else visibility

    def test_reading_by_id(self, world: World, visibility: str, relation: str) -> None:
        found = self.name(visibility, relation) in reads(world, CALLERS[relation])
        assert found == (relation in READ[visibility])

    def test_the_default_list(self, world: World, visibility: str, relation: str) -> None:
        found = self.name(visibility, relation) in parts(world, CALLERS[relation])
        assert found == (relation in LISTED[visibility])

    def test_deleted_images_are_seen_by_nobody(self, world: World, visibility: str, relation: str) -> None:
        caller, name = CALLERS[relation], f"deleted {visibility}"
        assert name not in reads(world, caller)
        assert name not in parts(world, caller, "all", "all")

    def test_an_image_without_an_owner_is_nobodys(self, world: World, visibility: str, relation: str) -> None:
        found = f"ownerless {visibility}" in reads(world, CALLERS[relation])
        assert found == (visibility in ("public", "community") or relation in ADMINS)


@pytest.mark.parametrize("caller", [PRODUCER, CONSUMER, OUTSIDER, NOBODY, ADMIN], ids=lambda caller: caller.user_id)
@pytest.mark.parametrize("status", [*MEMBER_STATUSES, "all"])
class TestEveryList:
    @pytest.mark.parametrize("visibility", [None, "all", *VISIBILITIES])
    def test_no_image_is_in_two_parts(self, world: World, caller: Caller, status: str, visibility: str | None) -> None:
        found = parts(world, caller, visibility, status)
        assert len(found) == len(set(found))

    @pytest.mark.parametrize("visibility", [None, "all", *VISIBILITIES])
    def test_what_is_listed_can_be_read(
        self, world: World, caller: Caller, status: str, visibility: str | None
    ) -> None:
        assert set(parts(world, caller, visibility, status)) <= reads(world, caller)

    def test_all_is_what_the_visibilities_are_together(self, world: World, caller: Caller, status: str) -> None:
        single = [image for visibility in VISIBILITIES for image in parts(world, caller, visibility, status)]
        assert sorted(single) == sorted(parts(world, caller, "all", status))

    def test_the_default_list_leaves_out_others_community_images_alone(
        self, world: World, caller: Caller, status: str
    ) -> None:
        with world.reading() as session:
            community = session.scalars(select(Image).where(Image.visibility == "community"))
            of_others = {image.id for image in community if image.owner is None or image.owner != caller.project_id}
        assert set(parts(world, caller, None, status)) == set(parts(world, caller, "all", status)) - of_others


@pytest.mark.parametrize("caller", [PRODUCER, CONSUMER, OUTSIDER, NOBODY, ADMIN], ids=lambda caller: caller.user_id)
def test_the_widest_list_is_all_that_can_be_read(world: World, caller: Caller) -> None:
    assert set(parts(world, caller, "all", "all")) == reads(world, caller)


@pytest.mark.parametrize("asked", [*MEMBER_STATUSES, "all"])
@pytest.mark.parametrize("status", OFFERS)
def test_member_status_says_which_offers_are_listed(world: World, asked: str, status: str) -> None:
    expected = status != "removed" and asked in (status, "all")
    assert (f"shared {status}" in parts(world, CONSUMER, None, asked)) == expected
    assert (f"shared {status}" in parts(world, CONSUMER, "shared", asked)) == expected


@pytest.mark.parametrize("asked", [*MEMBER_STATUSES, "all"])
def test_member_status_narrows_nothing_but_offers(world: World, asked: str) -> None:
    unoffered = {image for image in parts(world, CONSUMER, "all") if not image.startswith("shared ")}
    assert unoffered <= set(parts(world, CONSUMER, "all", asked))
    assert set(parts(world, PRODUCER, "all", asked)) == set(parts(world, PRODUCER, "all"))
    assert set(parts(world, ADMIN, "all", asked)) == set(parts(world, ADMIN, "all"))
