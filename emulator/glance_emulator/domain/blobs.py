"""Bytes that images share: counted references to blobs by content, per store."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.db.images import Blob, Locations
from glance_emulator.storage import Incoming, Store

STAGING = "os_glance_staging_store"
"""The store where data wait for their import, each image's as a blob with its id; users' have other names."""
CACHE = "os_glance_cache"
"""The store of the image cache."""


class Garbage(NamedTuple):
    """A blob whose last reference is gone."""

    store: str
    blob: str


def find(session: Session, store: str, digest: str) -> Blob | None:
    """Return the blob with this content, locked so that it stays, or None."""
    return session.scalars(
        select(Blob).where(Blob.store == store, Blob.digest == digest).with_for_update()
    ).one_or_none()


def add(session: Session, store: str, digest: str, size: int) -> Blob:
    """Return a new blob without references; its bytes are to be kept under its id."""
    blob = Blob(id=uuid.uuid4().hex, store=store, digest=digest, size=size, references=0)
    session.add(blob)
    return blob


def keep(session: Session, store: str, digest: str, size: int, incoming: Incoming) -> dict[str, Any]:
    """Refer to the blob with this content, which is made of `incoming` unless the store has it; see `location`."""
    blob = find(session, store, digest)
    if blob is None:
        blob = add(session, store, digest, size)
        incoming.keep(blob.id)
    return location(blob)


def location(blob: Blob) -> dict[str, Any]:
    """Refer to a blob once more; return what an image's locations say of it."""
    blob.references += 1
    return {"store": blob.store, "blob": blob.id, "metadata": {"store": blob.store}}


def shared(session: Session, locations: Locations) -> list[dict[str, Any]]:
    """Refer to the same data once more; return what is to be written down of it."""
    for reference in locations:
        if "blob" in reference:
            session.get_one(Blob, reference["blob"], with_for_update=True).references += 1
    return list(locations)


def release(session: Session, locations: Locations) -> list[Garbage]:
    """Take these references back; return the blobs that were left without any."""
    garbage = []
    for reference in locations:
        if "blob" not in reference:
            continue  # what is elsewhere is not ours to count
        blob = session.get_one(Blob, reference["blob"], with_for_update=True)
        blob.references -= 1
        if blob.references == 0:
            session.delete(blob)
            garbage.append(Garbage(blob.store, blob.id))
    session.flush()
    return garbage


def remove(stores: Mapping[str, Store], garbage: Iterable[Garbage]) -> None:
    """Remove the bytes of released blobs, once the release is committed."""
    for store, blob in garbage:
        if store in stores:  # a cache may have been kept before, and be swept when it is kept again
            stores[store].remove(blob)
