"""What a crash left behind: uploads and background work that were cut off, and bytes that nothing refers to."""

from __future__ import annotations

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from glance_emulator.db.cache import CacheEntry
from glance_emulator.db.images import Blob, Image
from glance_emulator.domain import background, blobs
from glance_emulator.domain.worlds import World

_RECEIVING = or_(Image.status == "saving", and_(Image.status == "uploading", Image.size.is_(None)))
"""The image's data, or what is staged of them, are on their way. What a job fetches is for the job to begin again."""


class _AllBut:
    """Every process but one: which others live is not known, and their uploads are not to be touched."""

    def __init__(self, process: int) -> None:
        self._process = process

    def __contains__(self, process: object) -> bool:
        return process != self._process


def after_stop(world: World) -> None:
    """Put in order what the last server on this world left; to be called while no other process serves it."""
    for store in world.places.values():
        store.sweep()
    with world.writing() as session:
        background.give_back(session)
        session.execute(update(Image).where(_RECEIVING).values(status="queued"))
        session.execute(delete(Blob).where(Blob.references <= 0))
        wanted = kept(session)
    for name, store in world.places.items():
        for blob in store.blobs():
            if (name, blob) not in wanted:
                store.remove(blob)


def kept(session: Session) -> set[tuple[str, str]]:
    """Return what is to be on the disk: by place and blob."""
    found = {(store, blob) for store, blob in session.execute(select(Blob.store, Blob.id))}
    staged = select(Image.id).where(Image.status.in_(("uploading", "importing")))
    found |= {(blobs.STAGING, image_id) for image_id in session.scalars(staged)}
    return found | {(blobs.CACHE, blob) for blob in session.scalars(select(CacheEntry.blob)) if blob}


def after_process(world: World, process: int) -> None:
    """Put in order what one process left, while others serve on."""
    living = _AllBut(process)
    with world.writing() as session:
        background.give_back(session, process)
    cut_off = {image_id for store in world.places.values() for image_id in store.sweep(living)}
    if cut_off:
        with world.writing() as session:
            session.execute(update(Image).where(Image.id.in_(cut_off), _RECEIVING).values(status="queued"))
