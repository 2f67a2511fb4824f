"""Data that wait for their import: staged once, taken by an import, gone with the image.

Staging is two short transactions with the bytes between them, as an upload is. Until the second the image has no size,
which tells that its data are not complete.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image
from glance_emulator.domain import images, policy, quotas
from glance_emulator.errors import Conflict
from glance_emulator.storage import Incoming, Store


def begin(session: Session, caller: Caller, image_id: str, size: int | None = None) -> None:
    """Claim the image for staging of `size` bytes, if that is known.

    Raises TooLarge over the project's quota before all else, then NotFound, Forbidden, Conflict unless it is queued,
    TooLarge while others are uploaded.
    """
    quotas.check_size(session, caller, quotas.STAGED, size)
    image = images.get(session, caller, image_id)
    policy.enforce(caller, "modify_image", image.owner, image)
    if image.status != "queued":
        raise Conflict(f"The image {image_id} is {image.status}; data are staged for a queued image only.")
    image.status, image.size = "uploading", None
    quotas.check(session, caller, quotas.UPLOADING)


def finish(session: Session, image_id: str, staging: Store, incoming: Incoming, size: int, now: datetime) -> None:
    """Let the data received, of `size` bytes, wait for their import; raise NotFound if the image was deleted."""
    image = _coming(session, image_id)
    if image is None:
        raise images.not_found(image_id)
    staging.remove(image_id)  # what a crash may have left
    incoming.keep(image_id)
    image.size, image.updated_at = size, now


def abandon(session: Session, image_id: str) -> None:
    """Let the image wait for data again, after staging that came to nothing."""
    image = _coming(session, image_id)
    if image is not None:
        image.status = "queued"


def _coming(session: Session, image_id: str) -> Image | None:
    coming = (Image.status == "uploading", Image.size.is_(None))
    return session.scalars(select(Image).where(Image.id == image_id, *coming).with_for_update()).one_or_none()
