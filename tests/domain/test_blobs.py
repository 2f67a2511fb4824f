"""Bytes that images share: kept once, and as long as somebody refers to them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from glance_emulator.caller import Caller
from glance_emulator.db.images import Blob
from glance_emulator.db.rows import Reader
from glance_emulator.domain import blobs, data, images
from glance_emulator.domain.blobs import Garbage
from glance_emulator.domain.worlds import World
from tests.domain.people import CONSUMER, LATER, PRODUCER, add_image, stored, upload

CONTENT = b"some bytes"


def uploaded(world: World, content: bytes = CONTENT, store: str = "local", caller: Caller = PRODUCER) -> str:
    image_id = add_image(world, caller)
    upload(world, image_id, [content], store=store, caller=caller)
    return image_id


def delete(world: World, image_id: str, caller: Caller = PRODUCER) -> list[Garbage]:
    with world.writing() as session:
        return images.delete(session, caller, image_id, LATER)


def content(world: World, image_id: str) -> bytes:
    with Reader(world.engine) as reader:
        image = data.find(reader, PRODUCER, image_id)
    with data.open_blob(world.stores, image) as file:
        return file.read()


def references(world: World) -> list[int]:
    with world.reading() as session:
        return sorted(session.scalars(select(Blob.references)))


def kept(world: World) -> dict[str, int]:
    return {name: len(list(store.blobs())) for name, store in world.stores.items()}


def test_the_same_content_is_kept_once(world: World) -> None:
    first, second = uploaded(world), uploaded(world, caller=CONSUMER)
    assert references(world) == [2]
    assert kept(world) == {"local": 1, "far": 0}
    assert stored(world, first).locations == stored(world, second).locations


def test_each_store_has_its_own(world: World) -> None:
    uploaded(world), uploaded(world, store="far"), uploaded(world, b"other bytes")
    assert references(world) == [1, 1, 1]
    assert kept(world) == {"local": 2, "far": 1}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first goes first", "first goes last"])
def test_bytes_stay_until_the_last_image_goes(world: World, order: tuple[int, int]) -> None:
    both = [uploaded(world), uploaded(world)]
    assert delete(world, both[order[0]]) == []
    assert references(world) == [1]
    assert content(world, both[order[1]]) == CONTENT
    garbage = delete(world, both[order[1]])
    assert len(garbage) == 1
    assert references(world) == []
    assert kept(world)["local"] == 1  # until the release is committed
    blobs.remove(world.stores, garbage)
    assert kept(world)["local"] == 0
    blobs.remove(world.stores, garbage)


def test_a_release_that_is_rolled_back_takes_nothing(world: World) -> None:
    image_id = uploaded(world)

    def fail() -> None:
        with world.writing() as session:
            images.delete(session, PRODUCER, image_id, LATER)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert references(world) == [1]
    assert content(world, image_id) == CONTENT


def test_content_that_comes_again_while_it_is_removed_is_safe(world: World) -> None:
    garbage = delete(world, uploaded(world))
    again = uploaded(world)
    blobs.remove(world.stores, garbage)  # as late as can be
    assert content(world, again) == CONTENT
    assert references(world) == [1]


def test_an_image_without_data_leaves_no_garbage(world: World) -> None:
    assert delete(world, add_image(world)) == []
