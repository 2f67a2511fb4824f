"""Tags, one at a time; a whole set of them is changed as an attribute of the image."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image
from glance_emulator.domain import images, limits, policy
from glance_emulator.errors import BadRequest, NotFound, TooLarge

LONGEST = 255


def add(session: Session, caller: Caller, image_id: str, tag: str, now: datetime) -> None:
    """Give the image a tag, if it has not got it; raise BadRequest, NotFound, Forbidden, TooLarge in that order."""
    if len(tag.encode()) > LONGEST:
        raise BadRequest(f"A tag may be {LONGEST} bytes long.")
    image = _owned(session, caller, image_id)
    if tag in image.tags:
        return
    if len(image.tags) >= limits.TAGS:
        raise TooLarge(f"An image may have {limits.TAGS} tags.")
    image.tags = sorted([*image.tags, tag])
    image.updated_at = now


def remove(session: Session, caller: Caller, image_id: str, tag: str, now: datetime) -> None:
    """Take a tag off the image; raise NotFound (for the tag last), Forbidden."""
    image = _owned(session, caller, image_id)
    if tag not in image.tags:
        raise NotFound(f"The image {image_id} has no tag {tag}.")
    image.tags = [other for other in image.tags if other != tag]
    image.updated_at = now


def _owned(session: Session, caller: Caller, image_id: str) -> Image:
    image = images.get(session, caller, image_id)
    policy.enforce(caller, "modify_image", image.owner, image)
    return image
