"""Offers: who makes them, who answers, who sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image
from glance_emulator.db.rows import Reader
from glance_emulator.domain import limits, members
from glance_emulator.domain.visibility import MEMBER_STATUSES
from glance_emulator.domain.worlds import World
from glance_emulator.errors import BadRequest, Conflict, Forbidden, NotFound, Refusal, TooLarge
from tests.domain.people import (
    ADMIN,
    CONSUMER,
    LATER,
    NOW,
    OUTSIDER,
    PRODUCER,
    READER,
    add_image,
    member_of,
    offer,
    put_image,
)  # fmt: skip

ANOTHER = member_of("another")


def add(world: World, image_id: str, caller: Caller = PRODUCER, member: str = "new") -> Any:
    with world.writing() as session:
        return members.add(session, caller, image_id, member, LATER)


def answer(world: World, image_id: str, caller: Caller, status: str = "accepted", member: str = "consumer") -> Any:
    with world.writing() as session:
        return members.answer(session, caller, image_id, member, status, LATER)


def revoke(world: World, image_id: str, caller: Caller = PRODUCER, member: str = "consumer") -> None:
    with world.writing() as session:
        members.revoke(session, caller, image_id, member, LATER)


def show(world: World, image_id: str, caller: Caller, member: str = "consumer") -> Any:
    with Reader(world.engine) as reader:
        return members.read(reader, caller, image_id, member)


def index(world: World, image_id: str, caller: Caller = PRODUCER) -> list[tuple[str, str]]:
    with Reader(world.engine) as reader:
        return [(row.member_id, row.status) for row in members.index(reader, caller, image_id)]


@pytest.fixture
def image_id(world: World) -> str:
    """Give an image that is offered to the consumer and to another."""
    made = add_image(world)
    offer(world, made)
    offer(world, made, to=ANOTHER)
    return made


OPERATIONS: dict[str, Callable[[World, str, Caller], object]] = {
    "list": lambda world, image_id, caller: index(world, image_id, caller),
    "show": show,
    "add": add,
    "accept": answer,
    "revoke": revoke,
}
#                 on an image that is shared            list       show       add        accept     revoke
SHARED = {
    "owner": (PRODUCER, None, None, None, Forbidden, None),
    "reader of the owner's project": (READER, None, None, Forbidden, Forbidden, Forbidden),
    "the member": (CONSUMER, None, None, Forbidden, None, Forbidden),
    "reader of the member's project": (member_of("consumer", "reader"), None, None, Forbidden, Forbidden, Forbidden),
    "another member": (ANOTHER, None, NotFound, Forbidden, NotFound, NotFound),
    "outsider": (OUTSIDER, NotFound, NotFound, NotFound, NotFound, NotFound),
    "without a role": (Caller("user", "consumer"), NotFound, NotFound, NotFound, NotFound, NotFound),
    "admin": (ADMIN, None, None, None, None, None),
}
CELLS = [
    pytest.param(operation, caller, refusal, id=f"{who}-{operation}")
    for who, (caller, *refusals) in SHARED.items()
    for operation, refusal in zip(OPERATIONS, refusals, strict=True)
]


@pytest.mark.parametrize(("operation", "caller", "refusal"), CELLS)
def test_who_may_do_what_with_offers(
    world: World, image_id: str, operation: str, caller: Caller, refusal: type[Refusal] | None
) -> None:
    if refusal is None:
        OPERATIONS[operation](world, image_id, caller)
        return
    before = index(world, image_id)
    with pytest.raises(refusal):
        OPERATIONS[operation](world, image_id, caller)
    assert index(world, image_id) == before


@pytest.mark.parametrize("caller", [PRODUCER, ADMIN], ids=["owner", "admin"])
@pytest.mark.parametrize("visibility", ["private", "community", "public"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_only_shared_images_have_members(
    world: World, image_id: str, operation: str, visibility: str, caller: Caller
) -> None:
    with world.writing() as session:
        session.get_one(Image, image_id).visibility = visibility
    with pytest.raises(NotFound if operation == "show" else Forbidden):
        OPERATIONS[operation](world, image_id, caller)


@pytest.mark.parametrize("status", MEMBER_STATUSES)
def test_an_answer_is_kept_and_may_change(world: World, image_id: str, status: str) -> None:
    for earlier in MEMBER_STATUSES:
        answer(world, image_id, CONSUMER, earlier)
        assert answer(world, image_id, CONSUMER, status).status == status
        assert show(world, image_id, PRODUCER).status == status


def test_the_same_answer_again_changes_nothing(world: World, image_id: str) -> None:
    assert answer(world, image_id, CONSUMER, "pending").updated_at == NOW
    assert answer(world, image_id, CONSUMER, "rejected").updated_at == LATER


def test_what_is_wrong_with_an_answer_is_said_last_of_all(world: World, image_id: str) -> None:
    for caller, refusal in ((CONSUMER, BadRequest), (PRODUCER, Forbidden), (OUTSIDER, NotFound)):
        with world.writing() as session, pytest.raises(refusal):
            members.answer(session, caller, image_id, "consumer", "maybe", LATER, "No such status.")
    assert show(world, image_id, CONSUMER).status == "pending"


def test_an_owner_that_is_offered_its_own_image_cannot_answer(world: World, image_id: str) -> None:
    add(world, image_id, member="producer")
    with pytest.raises(Forbidden):
        answer(world, image_id, PRODUCER, member="producer")
    assert answer(world, image_id, ADMIN, member="producer").status == "accepted"


def test_an_offer_is_made_once(world: World, image_id: str) -> None:
    answer(world, image_id, CONSUMER, "rejected")
    with pytest.raises(Conflict):
        add(world, image_id, member="consumer")
    assert show(world, image_id, CONSUMER).status == "rejected"


def test_a_removed_member_that_is_added_again_waits_at_its_old_place(world: World, image_id: str) -> None:
    answer(world, image_id, CONSUMER)
    revoke(world, image_id)
    assert index(world, image_id) == [("another", "pending")]
    with pytest.raises(NotFound):
        revoke(world, image_id)
    again = add(world, image_id, member="consumer")
    assert (again.status, again.created_at, again.updated_at) == ("pending", NOW, LATER)
    assert index(world, image_id) == [("another", "pending"), ("consumer", "pending")]


def test_members_are_listed_in_the_order_of_their_offers(world: World, image_id: str) -> None:
    add(world, image_id, member="a latecomer")
    assert [member for member, _ in index(world, image_id)] == ["another", "consumer", "a latecomer"]


def test_a_member_sees_only_itself(world: World, image_id: str) -> None:
    assert index(world, image_id, CONSUMER) == [("consumer", "pending")]
    assert len(index(world, image_id, ADMIN)) == 2


def test_what_is_revoked_is_not_seen_any_more(world: World, image_id: str) -> None:
    answer(world, image_id, CONSUMER)
    revoke(world, image_id)
    for operation in OPERATIONS.values():
        with pytest.raises(NotFound):
            operation(world, image_id, CONSUMER)


def test_members_are_counted_while_they_are_members(world: World) -> None:
    image_id = add_image(world)
    for number in range(limits.MEMBERS):
        add(world, image_id, member=str(number))
    with pytest.raises(TooLarge):
        add(world, image_id, member="one more")
    with pytest.raises(TooLarge):  # the quota is looked at first
        add(world, image_id, member="0")
    revoke(world, image_id, member="0")
    add(world, image_id, member="one more")


def test_a_member_whose_id_is_not_ascii_is_never_found_again(world: World, image_id: str) -> None:
    add(world, image_id, member="zoë")
    assert ("zoë", "pending") in index(world, image_id)
    with pytest.raises(NotFound):
        show(world, image_id, PRODUCER, "zoë")
    with pytest.raises(NotFound):
        answer(world, image_id, member_of("zoë"), member="zoë")


def test_members_of_a_deleted_image_are_not_found(world: World) -> None:
    image_id = put_image(world, status="deleted", deleted_at=NOW)
    for operation in OPERATIONS.values():
        with pytest.raises(NotFound):
            operation(world, image_id, ADMIN)
