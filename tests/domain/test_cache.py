"""The image cache: what is pruned and cleaned, and what stays out of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest
from sqlalchemy import select

from glance_emulator.clock import system_clock
from glance_emulator.db.cache import CacheEntry
from glance_emulator.db.images import Image
from glance_emulator.db.rows import Reader, Row
from glance_emulator.db.tasks import Job
from glance_emulator.domain import blobs, cache, cache_entries, data, images, recovery
from glance_emulator.domain.worlds import World
from glance_emulator.errors import SetupError
from glance_emulator.settings import Settings
from glance_emulator.storage.disk import Disk
from tests.domain.people import ADMIN, PRODUCER, add_image, upload
from tests.worlds import bare_world


@pytest.fixture
def store(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "cache")


@pytest.fixture
def world(tmp_path: Path, store: Disk) -> Iterator[World]:
    made = bare_world(tmp_path)
    yield World(made.engine, made.stores, cache=store)
    made.engine.dispose()


def image(world: World, content: bytes) -> str:
    """Make an image with data; return its id."""
    image_id = add_image(world)
    upload(world, image_id, [content])
    return image_id


def row(world: World, image_id: str) -> Row:
    with Reader(world.engine) as reader:
        return data.find(reader, PRODUCER, image_id)


def opened(world: World, image_id: str) -> BinaryIO:
    return data.open_blob(world.stores, row(world, image_id))


def filled(world: World, store: Disk, content: bytes) -> str:
    """Make an image and download it; return its id."""
    image_id = image(world, content)
    assert b"".join(cache.filling(world, store, row(world, image_id), opened(world, image_id))) == content
    return image_id


def cached(world: World) -> list[str]:
    with world.reading() as session:
        return [entry.image_id for entry in cache.contents(session, ADMIN, world.cache).cached_images]


def queued(world: World) -> list[str]:
    with world.reading() as session:
        return list(cache.contents(session, ADMIN, world.cache).queued_images)


def order(world: World, image_id: str) -> None:
    with world.writing() as session:
        cache.order(session, ADMIN, world.cache, image_id, system_clock())


@pytest.mark.parametrize(("room", "left"), [(60, 3), (59, 2), (50, 2), (49, 1), (30, 1), (29, 0), (0, 0)])
def test_what_was_used_longest_ago_goes_first(world: World, store: Disk, room: int, left: int) -> None:
    ids = [filled(world, store, b"x" * size) for size in (10, 20, 30)]
    with world.writing() as session:
        cache_entries.hit(session, ids[1], system_clock() + timedelta(seconds=5))
        cache_entries.hit(session, ids[2], system_clock() + timedelta(seconds=9))
    with world.writing() as session:
        pruned = cache.prune(session, ADMIN, store, room)
    blobs.remove(world.places, pruned.garbage)
    assert cached(world) == (ids[-left:] if left else [])
    assert (pruned.files, pruned.size) == (3 - left, sum((10, 20, 30)[: 3 - left]))
    assert len(list(store.blobs())) == left


def test_what_breaks_off_is_not_cached(world: World, store: Disk) -> None:
    image_id = image(world, b"x" * 3 * cache.PIECE)
    pieces = cache.filling(world, store, row(world, image_id), opened(world, image_id))
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]  # it is a generator
    assert cached(world) == []
    assert list(store.blobs()) == store.sweep() == []


def test_what_is_shorter_than_the_image_is_not_cached(world: World, store: Disk) -> None:
    image_id = image(world, b"some bytes")
    assert b"".join(cache.filling(world, store, row(world, image_id), BytesIO(b"some"))) == b"some"
    assert cached(world) == list(store.blobs()) == []


def test_what_was_deleted_meanwhile_is_not_cached(world: World, store: Disk) -> None:
    image_id = image(world, b"some bytes")
    pieces = cache.filling(world, store, row(world, image_id), opened(world, image_id))
    next(pieces)
    with world.writing() as session:
        images.delete(session, PRODUCER, image_id, system_clock())
    assert list(pieces) == []
    assert cached(world) == list(store.blobs()) == []


def test_two_downloads_at_a_time_are_one_entry(world: World, store: Disk) -> None:
    image_id = image(world, b"some bytes")
    both = [cache.filling(world, store, row(world, image_id), opened(world, image_id)) for _ in range(2)]
    for pieces in both:
        next(pieces)
    assert [list(pieces) for pieces in both] == [[], []]
    assert cached(world) == [image_id]
    assert len(list(store.blobs())) == 1


def test_what_is_not_there_any_more_comes_from_elsewhere(world: World, store: Disk) -> None:
    image_id = filled(world, store, b"some bytes")
    for blob in list(store.blobs()):
        store.remove(blob)
    assert cache.opened(world, store, row(world, image_id), whole=True) is None
    with world.writing() as session:
        assert cache.clean(session, ADMIN, store) == []
    assert cached(world) == []


def test_cleaning_removes_what_nobody_knows(world: World, store: Disk) -> None:
    image_id = filled(world, store, b"some bytes")
    stray = store.receive("x")
    stray.keep("stray")
    stray.drop()
    with world.writing() as session:
        garbage = cache.clean(session, ADMIN, store)
    assert garbage == [blobs.Garbage(blobs.CACHE, "stray")]
    assert cached(world) == [image_id]


def test_an_order_is_one_job(world: World) -> None:
    image_id = image(world, b"some bytes")
    order(world, image_id)
    order(world, image_id)
    assert (cached(world), queued(world)) == ([], [image_id])
    with world.reading() as session:
        assert [job.arguments for job in session.scalars(select(Job))] == [{"image_id": image_id}]


def test_an_order_that_was_taken_back_is_not_done(world: World, store: Disk) -> None:
    image_id = image(world, b"some bytes")
    order(world, image_id)
    with world.writing() as session:
        assert cache.remove(session, ADMIN, store, image_id) == []
    cache.run(world, image_id)
    assert cached(world) == queued(world) == list(store.blobs()) == []


def test_an_order_that_was_cut_off_can_be_done_again(world: World, store: Disk) -> None:
    image_id = image(world, b"some bytes")
    order(world, image_id)
    for _ in range(2):
        cache.run(world, image_id)
    assert (cached(world), queued(world)) == ([image_id], [])
    assert len(list(store.blobs())) == 1


def test_what_cannot_be_fetched_is_queued_no_more(world: World) -> None:
    image_id = image(world, b"some bytes")
    order(world, image_id)
    cache.fail(world, OSError(), image_id)
    assert queued(world) == []


def test_an_image_that_is_deleted_is_queued_no_more(world: World) -> None:
    image_id = image(world, b"some bytes")
    order(world, image_id)
    with world.writing() as session:
        images.delete(session, PRODUCER, image_id, system_clock())
    assert queued(world) == []
    cache.run(world, image_id)
    assert cached(world) == []


def test_the_cache_outlives_a_stop(world: World, store: Disk) -> None:
    image_id = filled(world, store, b"some bytes")
    stray = store.receive(image_id)  # a download that was cut off
    stray.keep("stray")
    recovery.after_stop(world)
    assert cached(world) == [image_id]
    file = cache.opened(world, store, row(world, image_id), whole=False)
    assert file is not None
    with file:
        assert file.read() == b"some bytes"
    assert len(list(store.blobs())) == 1


def test_a_world_without_a_cache_forgets_entries_with_their_images(world: World, store: Disk) -> None:
    image_id = filled(world, store, b"some bytes")
    without = World(world.engine, world.stores)
    with without.writing() as session:
        garbage = images.delete(session, PRODUCER, image_id, system_clock())
    blobs.remove(without.places, garbage)
    with without.reading() as session:
        assert session.scalars(select(CacheEntry)).all() == []
        assert session.get_one(Image, image_id).status == "deleted"


def test_a_size_is_not_negative() -> None:
    with pytest.raises(SetupError, match="cache_size"):
        Settings(cache_size=-1)
