"""Taking an image's data out of one store; contract/test_store_delete tells what is refused."""

from __future__ import annotations

import pytest

from glance_emulator.db.images import Blob
from glance_emulator.domain import blobs, stores
from glance_emulator.domain.worlds import World
from glance_emulator.errors import Forbidden, NotFound
from tests.domain.people import ADMIN, LATER, PRODUCER, add_image, stored, upload


def everywhere(world: World) -> str:
    """Return the id of an image that has its data in both stores."""
    image_id, other = add_image(world), add_image(world)
    upload(world, image_id, [b"bytes"], store="local")
    upload(world, other, [b"bytes"], store="far")
    far = stored(world, other).locations[0]["blob"]
    with world.writing() as session:
        image = session.merge(stored(world, image_id))
        image.locations = [*image.locations, blobs.location(session.get_one(Blob, far))]
    return image_id


def remove(world: World, store: str, image_id: str) -> list[blobs.Garbage]:
    with world.writing() as session:
        return stores.remove(session, ADMIN, world.stores, store, image_id, LATER)


def test_bytes_that_nobody_else_has_are_garbage(world: World) -> None:
    image_id = everywhere(world)
    (location, _) = stored(world, image_id).locations
    assert remove(world, "local", image_id) == [blobs.Garbage("local", location["blob"])]
    image = stored(world, image_id)
    assert ([location["store"] for location in image.locations], image.updated_at) == (["far"], LATER)


def test_bytes_that_another_image_has_too_stay(world: World) -> None:
    image_id = everywhere(world)
    assert remove(world, "far", image_id) == []
    with pytest.raises(Forbidden):
        remove(world, "local", image_id)


def test_a_refusal_changes_nothing(world: World) -> None:
    image_id = everywhere(world)
    with pytest.raises(NotFound):
        remove(world, "os_glance_tasks_store", image_id)
    assert len(stored(world, image_id).locations) == 2


def test_details_tell_where_a_store_is(world: World) -> None:
    assert [(store.id, store.default) for store in stores.index(world.stores)] == [("local", True), ("far", False)]
    described = stores.detail(ADMIN, world.stores)[1]
    assert described.details["properties"]["data_dir"].endswith("/far")
    with pytest.raises(Forbidden):
        stores.detail(PRODUCER, world.stores)
