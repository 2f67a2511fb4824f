"""The data of images: uploaded once, downloaded by who may.

An upload is two short transactions with the bytes between them: `begin` makes the image `saving`, `finish` makes it
`active`, `abandon` makes it `queued` again.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image
from glance_emulator.db.rows import Reader, Row
from glance_emulator.domain import blobs, images, policy, quotas
from glance_emulator.domain.formats import Inspector
from glance_emulator.domain.transfer import Content, Received
from glance_emulator.errors import BadRequest, Conflict, Forbidden, Gone
from glance_emulator.storage import Store


def begin(session: Session, caller: Caller, image_id: str, size: int | None = None) -> Inspector:
    """Claim the image for an upload of `size` bytes, if that is known; return who is to look at its data.

    Raises TooLarge over the project's quota before all else, then NotFound, Forbidden, Conflict unless it is queued,
    BadRequest while it has no formats, TooLarge while others are uploaded.
    """
    quotas.check_size(session, caller, quotas.SIZE, size)
    image = images.get(session, caller, image_id)
    policy.enforce(caller, "upload_image", image.owner, image)
    if image.status != "queued":
        raise Conflict(f"The image {image_id} is {image.status}; only a queued image takes data.")
    if image.disk_format is None or image.container_format is None:
        raise BadRequest(f"The image {image_id} needs a disk_format and a container_format before it takes data.")
    image.status = "saving"
    quotas.check(session, caller, quotas.UPLOADING)
    return Inspector(image.disk_format, image.container_format, caller.lacks)


def finish(session: Session, image_id: str, store: str, received: Received, now: datetime) -> None:
    """Give the image the data received; raise Gone if it was deleted meanwhile."""
    image = _saving(session, image_id)
    if image is None:
        raise Gone(f"The image {image_id} was deleted while its data came.")
    image.locations = [*image.locations, blobs.keep(session, store, received.sha512, received.size, received.incoming)]
    image.status, image.updated_at = "active", now
    describe(image, received)


def describe(image: Image, content: Content) -> None:
    """Let the image tell what its data are."""
    image.size, image.virtual_size = content.size, content.virtual_size
    image.checksum, image.os_hash_algo, image.os_hash_value = content.md5, "sha512", content.sha512


def described(image: Image) -> Content | None:
    """Return what the image tells of its data; None where it does not know them."""
    if image.size is None or image.checksum is None or image.os_hash_value is None:
        return None
    return Content(image.size, image.virtual_size, image.checksum, image.os_hash_value)


def abandon(session: Session, image_id: str) -> None:
    """Let the image wait for data again, after an upload that came to nothing."""
    image = _saving(session, image_id)
    if image is not None:
        image.status = "queued"


def _saving(session: Session, image_id: str) -> Image | None:
    return session.scalars(
        select(Image).where(Image.id == image_id, Image.status == "saving").with_for_update()
    ).one_or_none()


def find(reader: Reader, caller: Caller, image_id: str) -> Row:
    """Return an image whose data the caller may have; raise NotFound or Forbidden."""
    image = images.find(reader, caller, image_id)
    if image.status == "deactivated" and not caller.is_admin:
        raise Forbidden(f"The image {image_id} is deactivated.")
    policy.enforce(caller, "download_image", image.owner, image)
    return image


def open_blob(stores: Mapping[str, Store], image: Image | Row) -> BinaryIO:
    """Open an image's data, at the first of their locations where they can be had.

    Raises NotFound if the image was deleted just now, FileNotFoundError if what was on the web has gone.
    """
    for location in image.locations:
        with suppress(FileNotFoundError):
            return stores[location["store"]].open(location.get("blob") or location["url"])
    if any("url" in location for location in image.locations):
        raise FileNotFoundError(image.id)
    raise images.not_found(image.id)
