"""The data of images: uploaded once, downloaded by who may.

An upload is two short transactions with the bytes between them: `begin` makes the image `saving`, `finish` makes it
`active`, `abandon` makes it `queued` again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image
from glance_emulator.db.rows import Reader, Row
from glance_emulator.domain import blobs, images, policy
from glance_emulator.domain.formats import Inspector
from glance_emulator.domain.transfer import Received
from glance_emulator.errors import BadRequest, Conflict, Forbidden, Gone
from glance_emulator.storage import Store


def begin(session: Session, caller: Caller, image_id: str) -> Inspector:
    """Claim the image for an upload; return who is to look at its data.

    Raises NotFound, Forbidden, Conflict unless it is queued, BadRequest while it has no formats.
    """
    image = images.get(session, caller, image_id)
    policy.enforce(caller, "upload_image", image.owner, image)
    if image.status != "queued":
        raise Conflict(f"The image {image_id} is {image.status}; only a queued image takes data.")
    if image.disk_format is None or image.container_format is None:
        raise BadRequest(f"The image {image_id} needs a disk_format and a container_format before it takes data.")
    image.status = "saving"
    return Inspector(image.disk_format, image.container_format)


def finish(session: Session, image_id: str, store: str, received: Received, now: datetime) -> None:
    """Give the image the data received; raise Gone if it was deleted meanwhile."""
    image = _saving(session, image_id)
    if image is None:
        raise Gone(f"The image {image_id} was deleted while its data came.")
    blob = blobs.find(session, store, received.sha512)
    if blob is None:
        blob = blobs.add(session, store, received.sha512, received.size)
        received.incoming.keep(blob.id)
    image.locations = [blobs.location(blob)]
    image.status, image.updated_at = "active", now
    image.size, image.virtual_size = received.size, received.virtual_size
    image.checksum, image.os_hash_algo, image.os_hash_value = received.md5, "sha512", received.sha512


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
    image = images.read(reader, caller, image_id, "download_image")
    if image.status == "deactivated" and not caller.is_admin:
        raise Forbidden(f"The image {image_id} is deactivated.")
    return image


def open_blob(stores: Mapping[str, Store], image: Row) -> BinaryIO:
    """Open an image's data; raise NotFound if the image was deleted just now."""
    location = image.locations[0]
    try:
        return stores[location["store"]].open(location["blob"])
    except FileNotFoundError:
        raise images.not_found(image.id) from None
