"""Images as records: made, changed, deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image
from glance_emulator.domain import images, limits
from glance_emulator.domain.images import LARGEST_MINIMUM, Operation
from glance_emulator.domain.worlds import World
from glance_emulator.errors import BadRequest, Conflict, Forbidden, NotFound, Refusal, TooLarge
from tests.domain.people import (
    ADMIN,
    CONSUMER,
    LATER,
    NOBODY,
    NOW,
    OUTSIDER,
    PRODUCER,
    READER,
    add_image,
    memberships,
    offer,
    put_image,
    seen,
    stored,
    upload,
)  # fmt: skip

ID = "11111111-1111-4111-8111-111111111111"


def change(world: World, image_id: str, *operations: Operation, caller: Caller = PRODUCER) -> None:
    with world.writing() as session:
        images.update(session, caller, image_id, operations, LATER)


def remove(world: World, image_id: str, caller: Caller = PRODUCER) -> list[Any]:
    with world.writing() as session:
        return list(images.delete(session, caller, image_id, LATER))


class TestCreate:
    def test_a_new_image_is_queued_shared_and_its_makers(self, world: World) -> None:
        image = stored(world, add_image(world, disk_format=None, container_format=None))
        assert (image.status, image.visibility, image.owner) == ("queued", "shared", "producer")
        assert (image.name, image.disk_format, image.container_format, image.size) == (None, None, None, None)
        assert (image.protected, image.os_hidden, image.min_disk, image.min_ram) == (False, False, 0, 0)
        assert (image.created_at, image.updated_at, image.deleted_at) == (NOW, NOW, None)
        assert (image.properties, image.tags, image.locations) == ({}, [], [])

    def test_what_is_no_attribute_is_a_property(self, world: World) -> None:
        image = stored(world, add_image(world, name="x", os_distro="z", tags=["b", "a", "b"]))
        assert (image.properties, image.tags) == ({"os_distro": "z"}, ["a", "b"])

    @pytest.mark.parametrize("name", ["os_hash_algo", "os_hash_value"])
    def test_hashes_that_are_given_are_dropped(self, world: World, name: str) -> None:
        image = stored(world, add_image(world, **{name: "x"}))
        assert getattr(image, name) is None
        assert image.properties == {}

    @pytest.mark.parametrize(
        ("caller", "attributes", "refusal"),
        [
            pytest.param(READER, {}, Forbidden, id="readers make nothing"),
            pytest.param(PRODUCER, {"visibility": "public"}, Forbidden, id="members publish nothing"),
            pytest.param(PRODUCER, {"owner": "consumer"}, Forbidden, id="members give nothing away"),
            pytest.param(PRODUCER, {"owner": None}, Forbidden, id="nor disown it"),
            pytest.param(NOBODY, {"owner": "consumer"}, Forbidden, id="nor do those without a project"),
            pytest.param(PRODUCER, {"status": "active"}, Forbidden, id="status"),
            pytest.param(ADMIN, {"size": 5}, Forbidden, id="size, for admins too"),
            pytest.param(PRODUCER, {"locations": []}, Forbidden, id="locations"),
            pytest.param(PRODUCER, {"stores": "local"}, Forbidden, id="stores"),
            pytest.param(PRODUCER, {"deleted": "x"}, Forbidden, id="deleted"),
            pytest.param(PRODUCER, {"os_glance_failed_import": "x"}, Forbidden, id="the service's own properties"),
            pytest.param(PRODUCER, {"min_disk": -1}, BadRequest, id="negative minimum"),
            pytest.param(PRODUCER, {"min_ram": LARGEST_MINIMUM + 1}, BadRequest, id="minimum too large"),
            pytest.param(PRODUCER, {"tags": list(map(str, range(limits.TAGS + 1)))}, TooLarge, id="too many tags"),
            pytest.param(
                PRODUCER, {f"p{n}": "" for n in range(limits.PROPERTIES + 1)}, TooLarge, id="too many properties"
            ),
        ],
    )
    def test_what_cannot_be_made(
        self, world: World, caller: Caller, attributes: dict[str, Any], refusal: type[Refusal]
    ) -> None:
        with pytest.raises(refusal):
            add_image(world, caller, **attributes)
        with world.reading() as session:
            assert session.query(Image).count() == 0

    @pytest.mark.parametrize(
        "attributes",
        [
            pytest.param({"owner": "producer"}, id="own project"),
            pytest.param({"min_disk": LARGEST_MINIMUM}, id="largest minimum"),
            pytest.param({"tags": list(map(str, range(limits.TAGS)))}, id="as many tags as there may be"),
            pytest.param({f"p{n}": "" for n in range(limits.PROPERTIES)}, id="as many properties as there may be"),
        ],
    )
    def test_what_just_can(self, world: World, attributes: dict[str, Any]) -> None:
        assert add_image(world, **attributes)

    def test_an_admin_publishes_and_gives_away(self, world: World) -> None:
        image = stored(world, add_image(world, ADMIN, visibility="public", owner="consumer"))
        assert (image.visibility, image.owner) == ("public", "consumer")

    def test_an_id_is_given_once_and_never_again(self, world: World) -> None:
        assert add_image(world, id=ID) == ID
        for caller in (PRODUCER, OUTSIDER):
            with pytest.raises(Conflict):
                add_image(world, caller, id=ID)
        remove(world, ID)
        with pytest.raises(Conflict):
            add_image(world, id=ID)


class TestUpdate:
    def test_changes_are_made_in_order(self, world: World) -> None:
        image_id = add_image(world, os="a")
        change(
            world,
            image_id,
            Operation("replace", ("name",), "new"),
            Operation("remove", ("os",)),
            Operation("add", ("os",), "b"),
            Operation("replace", ("os",), "c"),
            Operation("add", ("tags",), ["y", "x", "y"]),
        )
        image = stored(world, image_id)
        assert (image.name, image.properties, image.tags) == ("new", {"os": "c"}, ["x", "y"])
        assert (image.created_at, image.updated_at) == (NOW, LATER)

    def test_one_refusal_undoes_them_all(self, world: World) -> None:
        image_id = add_image(world, name="old", os="a")
        with pytest.raises(Conflict):
            change(
                world,
                image_id,
                Operation("replace", ("name",), "new"),
                Operation("remove", ("os",)),
                Operation("remove", ("os",)),
            )
        image = stored(world, image_id)
        assert (image.name, image.properties, image.updated_at) == ("old", {"os": "a"}, NOW)

    def test_no_changes_leave_it_as_it_was_and_ask_for_nothing(self, world: World) -> None:
        image_id = add_image(world, visibility="community")
        change(world, image_id, caller=OUTSIDER)
        assert stored(world, image_id).updated_at == NOW

    @pytest.mark.parametrize(
        ("operation", "refusal"),
        [
            *(
                pytest.param(Operation("replace", (name,), "x"), Forbidden, id=name)
                for name in sorted(images.READ_ONLY | images.RESERVED | {"os_glance_x"})
            ),
            pytest.param(Operation("replace", ("name",), 5, "not a string"), BadRequest, id="value that does not fit"),
            pytest.param(Operation("replace", ("locations",), []), Forbidden, id="locations"),
            pytest.param(Operation("remove", ("name",)), Forbidden, id="attributes stay"),
            pytest.param(Operation("remove", ("tags",)), Forbidden, id="tags too"),
            pytest.param(Operation("replace", ("none",), "x"), Conflict, id="replace what is not there"),
            pytest.param(Operation("remove", ("none",)), Conflict, id="remove what is not there"),
            pytest.param(Operation("replace", ("visibility",), "public"), Forbidden, id="publish"),
            pytest.param(Operation("replace", ("owner",), "consumer"), Forbidden, id="give away"),
            pytest.param(Operation("replace", ("min_disk",), -1), BadRequest, id="negative minimum"),
            pytest.param(
                Operation("add", ("tags",), list(map(str, range(limits.TAGS + 1)))), TooLarge, id="too many tags"
            ),
            pytest.param(Operation("add", ("tags",), ["x"] * (limits.TAGS + 1)), TooLarge, id="repeated tags count"),
        ],
    )
    def test_what_cannot_be_changed(self, world: World, operation: Operation, refusal: type[Refusal]) -> None:
        image_id = add_image(world, name="x")
        with pytest.raises(refusal):
            change(world, image_id, operation)

    def test_one_property_too_many(self, world: World) -> None:
        image_id = add_image(world, **{f"p{n}": "" for n in range(limits.PROPERTIES)})
        with pytest.raises(TooLarge):
            change(world, image_id, Operation("add", ("another",), "x"))
        change(world, image_id, Operation("remove", ("p0",)), Operation("add", ("another",), "x"))

    @pytest.mark.parametrize("name", ["disk_format", "container_format"])
    def test_formats_are_fixed_once_there_are_data(self, world: World, name: str) -> None:
        image_id = add_image(world)
        change(world, image_id, Operation("replace", (name,), "ami"))
        change(world, image_id, Operation("replace", (name,), "raw" if name == "disk_format" else "bare"))
        upload(world, image_id, [b"x"])
        with pytest.raises(Forbidden):
            change(world, image_id, Operation("replace", (name,), "ami"))

    def test_an_admin_publishes_and_gives_away(self, world: World) -> None:
        image_id = add_image(world)
        publish, give = Operation("replace", ("visibility",), "public"), Operation("replace", ("owner",), "consumer")
        change(world, image_id, publish, give, caller=ADMIN)
        image = stored(world, image_id)
        assert (image.visibility, image.owner) == ("public", "consumer")

    def test_what_no_image_allows_is_refused_before_the_image_is_looked_for(self, world: World) -> None:
        with pytest.raises(Forbidden):
            change(world, ID, Operation("replace", ("id",), "x"))
        with pytest.raises(BadRequest):
            change(world, ID, Operation("replace", ("name",), 5, "not a string"))
        with pytest.raises(NotFound):
            change(world, ID, Operation("replace", ("none",), "x"))


RENAME = Operation("replace", ("name",), "new")
WAYS: list[Any] = [
    pytest.param(lambda world, image_id, caller: change(world, image_id, RENAME, caller=caller), id="update"),
    pytest.param(lambda world, image_id, caller: remove(world, image_id, caller), id="delete"),
    pytest.param(lambda world, image_id, caller: upload(world, image_id, [b"x"], caller=caller), id="upload"),
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("caller", "visibility", "refusal"),
    [
        pytest.param(OUTSIDER, "shared", NotFound, id="what is not seen is not there"),
        pytest.param(OUTSIDER, "community", Forbidden, id="what is seen is refused"),
        pytest.param(CONSUMER, "shared", Forbidden, id="members of the image change nothing"),
        pytest.param(READER, "private", Forbidden, id="readers of the project neither"),
        pytest.param(Caller("user", "producer"), "private", NotFound, id="without a role nothing is there"),
        pytest.param(PRODUCER, "private", None, id="owner"),
        pytest.param(ADMIN, "private", None, id="admin"),
    ],
)
def test_whose_changes_are_taken(
    world: World,
    way: Callable[[World, str, Caller], object],
    caller: Caller,
    visibility: str,
    refusal: type[Refusal] | None,
) -> None:
    image_id = add_image(world, name="old", visibility=visibility)
    if visibility == "shared":
        offer(world, image_id)
    if refusal is None:
        way(world, image_id, caller)
        return
    with pytest.raises(refusal):
        way(world, image_id, caller)
    image = stored(world, image_id)
    assert (image.name, image.status, image.deleted_at) == ("old", "queued", None)


class TestDelete:
    def test_a_deleted_image_is_not_there_for_anybody(self, world: World) -> None:
        image_id = add_image(world)
        assert remove(world, image_id) == []
        image = stored(world, image_id)
        assert (image.status, image.deleted_at, image.updated_at) == ("deleted", LATER, LATER)
        for caller in (PRODUCER, ADMIN):
            with pytest.raises(NotFound):
                seen(world, caller, image_id)
            with pytest.raises(NotFound):
                remove(world, image_id, caller)

    def test_its_offers_go_with_it(self, world: World) -> None:
        image_id, other = add_image(world), add_image(world)
        offer(world, image_id, "accepted")
        offer(world, image_id, "removed", OUTSIDER)
        offer(world, other)
        remove(world, image_id)
        assert [member.image_id for member in memberships(world)] == [other]

    @pytest.mark.parametrize("caller", [PRODUCER, ADMIN], ids=["owner", "admin"])
    def test_a_protected_image_stays(self, world: World, caller: Caller) -> None:
        image_id = add_image(world, protected=True)
        with pytest.raises(Forbidden):
            remove(world, image_id, caller)
        change(world, image_id, Operation("replace", ("protected",), False))
        remove(world, image_id, caller)

    def test_an_image_without_an_owner_is_for_admins(self, world: World) -> None:
        image_id = put_image(world, owner=None, visibility="public")
        with pytest.raises(Forbidden):
            remove(world, image_id, NOBODY)
        remove(world, image_id, ADMIN)
