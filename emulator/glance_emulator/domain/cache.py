"""The image cache: copies of images that were downloaded as a whole, or that an admin had fetched.

It is there only if the world has one. A plain deployment refuses in the same order, and then knows of no cache.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.cache import CacheEntry
from glance_emulator.db.images import Image
from glance_emulator.db.rows import Reader, Row
from glance_emulator.domain import background, blobs, cache_entries, data, images, policy
from glance_emulator.errors import BadRequest, NotFound
from glance_emulator.storage import Store

if TYPE_CHECKING:
    from glance_emulator.domain.worlds import World

PIECE = 1 << 18
TARGETS = {
    "": (),
    "cache": (CacheEntry.blob.is_not(None),),
    "queue": (CacheEntry.blob.is_(None),),
}
"""What can be cleared at once: everything, what is cached, what is queued."""


class Contents(NamedTuple):
    """What the cache holds."""

    cached_images: Sequence[CacheEntry]
    queued_images: Sequence[str]


class Pruned(NamedTuple):
    """What was removed to make room."""

    files: int
    size: int
    """In bytes."""
    garbage: list[blobs.Garbage]


def contents(session: Session, caller: Caller, cache: Store | None) -> Contents:
    """Return what is cached and what is queued; raise Forbidden, NotFound without a cache."""
    policy.enforce(caller, "cache_list")
    _require(cache)
    entries = session.scalars(select(CacheEntry).order_by(CacheEntry.id)).all()
    return Contents(
        [entry for entry in entries if entry.blob is not None],
        [entry.image_id for entry in entries if entry.blob is None],
    )


def clear(session: Session, caller: Caller, cache: Store | None, target: str) -> list[blobs.Garbage]:
    """Forget all that is cached, or queued, or both (see TARGETS); return what is to be removed after the commit.

    Raises Forbidden, NotFound without a cache, BadRequest for a target that there is not.
    """
    policy.enforce(caller, "cache_delete")
    _require(cache)
    if target.lower() not in TARGETS:
        raise BadRequest(f"There is nothing to clear that is called {target!r}; there are cache and queue.")
    return cache_entries.forget(session, *TARGETS[target.lower()])


def order(session: Session, caller: Caller, cache: Store | None, image_id: str, now: datetime) -> None:
    """Let an image be cached, once the runner is woken; an image that is cached or queued stays so.

    Raises NotFound, Forbidden, NotFound without a cache, BadRequest unless the image is active.
    """
    image = images.get(session, caller, image_id)
    policy.enforce(caller, "cache_image")
    _require(cache)
    if image.status != "active":
        raise BadRequest(f"The image {image_id} is {image.status}; only an active one can be queued.")
    if cache_entries.queue(session, image_id, now):
        background.submit(session, "cache", now, image_id=image_id)


def remove(session: Session, caller: Caller, cache: Store | None, image_id: str) -> list[blobs.Garbage]:
    """Forget an image, cached or queued, if it is; raise NotFound, Forbidden, NotFound without a cache."""
    images.get(session, caller, image_id)
    policy.enforce(caller, "cache_delete")
    _require(cache)
    return cache_entries.forget(session, CacheEntry.image_id == image_id)


def holds(reader: Reader, caller: Caller, cache: Store | None, image_id: str) -> bool:
    """Say whether an image is cached; raise Forbidden, NotFound without a cache or image."""
    policy.enforce(caller, "list_cached_nodes")
    _require(cache)
    images.find(reader, caller, image_id)
    return cache_entries.blob_of(reader, image_id) is not None


def clean(session: Session, caller: Caller, cache: Store | None) -> list[blobs.Garbage]:
    """Forget entries without bytes; return the bytes without an entry. Raises Forbidden, NotFound without a cache."""
    policy.enforce(caller, "cache_clean")
    there = set(_require(cache).blobs())
    # Whoever enters bytes keeps them within a transaction as well, and writers take turns.
    known = set(session.scalars(select(CacheEntry.blob).where(CacheEntry.blob.is_not(None))))
    cache_entries.forget(session, CacheEntry.blob.in_(known - there))
    return cache_entries.garbage(there - known)


def prune(session: Session, caller: Caller, cache: Store | None, size: int) -> Pruned:
    """Forget what was used longest ago until the cached images have at most `size` bytes.

    Raises Forbidden, NotFound without a cache.
    """
    policy.enforce(caller, "cache_prune")
    _require(cache)
    entries = session.scalars(select(CacheEntry).where(CacheEntry.blob.is_not(None)))
    latest = sorted(entries, key=lambda entry: (entry.last_accessed, entry.id), reverse=True)
    gone = []
    for entry in latest:
        size -= entry.size
        if size < 0:
            gone.append(entry)
            session.delete(entry)
    return Pruned(len(gone), sum(entry.size for entry in gone), cache_entries.garbage(entry.blob for entry in gone))


def _require(cache: Store | None) -> Store:
    if cache is None:
        raise NotFound("There is no cache here.")
    return cache


# Downloads


def opened(world: World, cache: Store, image: Row, whole: bool) -> BinaryIO | None:
    """Open an image's data in the cache, if they are there; a download of the whole counts as a hit."""
    with Reader(world.engine) as reader:
        blob = cache_entries.blob_of(reader, image.id)
    if blob is None:
        return None
    try:
        file = cache.open(blob)
    except FileNotFoundError:  # cleared a moment ago, or taken out of the folder by hand
        return None
    if whole:
        with world.writing() as session:
            cache_entries.hit(session, image.id, world.clock())
    return file


def filling(world: World, cache: Store, image: Row, file: BinaryIO) -> Iterator[bytes]:
    """Yield an image's data, which are in the cache once all have been taken."""
    incoming = cache.receive(image.id)
    size = 0
    try:
        with file:
            while piece := file.read(PIECE):
                size += len(piece)
                incoming.write(piece)
                yield piece
        if size == image.size:
            with world.writing() as session:
                if _is_there(session, image.id):
                    cache_entries.enter(session, image.id, size, incoming, world.clock())
    finally:
        incoming.drop()


# In the background


def run(world: World, image_id: str) -> None:
    """Fetch a queued image; do nothing if it is queued no more."""
    with world.writing() as session:
        entry = cache_entries.find(session, image_id)
        image = session.get_one(Image, image_id)
    if world.cache is None or entry is None or entry.blob is not None:
        return
    incoming = world.cache.receive(image_id)
    try:
        with data.open_blob(world.stores, image) as file:
            incoming.copy(file)
        with world.writing() as session:
            if cache_entries.find(session, image_id) is not None and _is_there(session, image_id):
                cache_entries.enter(session, image_id, image.size or 0, incoming, world.clock())
    finally:
        incoming.drop()


def fail(world: World, reason: Exception, image_id: str) -> None:
    """Let an image that cannot be fetched be queued no more."""
    with world.writing() as session, suppress(NotFound):
        cache_entries.forget(session, CacheEntry.image_id == image_id, CacheEntry.blob.is_(None))


def _is_there(session: Session, image_id: str) -> bool:
    """Say whether the image is there still; if so, it stays until the transaction is over."""
    return (
        session.scalars(
            select(Image.id).where(Image.id == image_id, Image.deleted_at.is_(None)).with_for_update()
        ).one_or_none()
        is not None
    )
