"""Entries of the image cache as rows: entered, used and forgotten, whoever it is that asks."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, select, update
from sqlalchemy.orm import Session

from glance_emulator.db.cache import CacheEntry
from glance_emulator.db.rows import Reader, Statement
from glance_emulator.domain.blobs import CACHE, Garbage
from glance_emulator.storage import Incoming

_CACHED = Statement(
    select(CacheEntry.blob).where(CacheEntry.image_id == bindparam("image_id"), CacheEntry.blob.is_not(None))
)


def find(session: Session, image_id: str) -> CacheEntry | None:
    """Return an image's entry, cached or queued, locked so that it stays."""
    return session.scalars(select(CacheEntry).where(CacheEntry.image_id == image_id).with_for_update()).one_or_none()


def blob_of(reader: Reader, image_id: str) -> str | None:
    """Return the name of an image's bytes in the cache; None if they are not there."""
    row = reader.one_or_none(_CACHED, {"image_id": image_id})
    return None if row is None else row.blob


def queue(session: Session, image_id: str, now: datetime) -> bool:
    """Note that an image is to be cached; say whether that is news."""
    if find(session, image_id) is not None:
        return False
    session.add(_entry(image_id, now))
    return True


def enter(session: Session, image_id: str, size: int, incoming: Incoming, now: datetime) -> None:
    """Put what has come in among the cached, unless the image is there."""
    entry = find(session, image_id)
    if entry is None:
        entry = _entry(image_id, now)
        session.add(entry)
    elif entry.blob is not None:
        return
    entry.blob, entry.size = uuid.uuid4().hex, size
    entry.last_accessed = entry.last_modified = now.timestamp()
    incoming.keep(entry.blob)


def _entry(image_id: str, now: datetime) -> CacheEntry:
    moment = now.timestamp()
    return CacheEntry(image_id=image_id, blob=None, size=0, hits=0, last_accessed=moment, last_modified=moment)


def hit(session: Session, image_id: str, now: datetime) -> None:
    """Note that an image was had from the cache."""
    session.execute(
        update(CacheEntry)
        .where(CacheEntry.image_id == image_id)
        .values(hits=CacheEntry.hits + 1, last_accessed=now.timestamp())
    )


def forget(session: Session, *which: ColumnElement[bool]) -> list[Garbage]:
    """Remove entries; return the bytes that are to be removed from the cache after the commit."""
    return garbage(session.scalars(delete(CacheEntry).where(*which).returning(CacheEntry.blob)))


def garbage(names: Iterable[Any]) -> list[Garbage]:
    """Return what is to be removed; of entries that are only queued, nothing."""
    return [Garbage(CACHE, blob) for blob in names if blob is not None]
