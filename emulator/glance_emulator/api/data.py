"""/v2/images/{id}/file: an image's data, up and down."""

from __future__ import annotations

from flask import Blueprint, Response, request

from glance_emulator.errors import BadRequest
from glance_emulator.web import streams, transfers
from glance_emulator.web.body import empty
from glance_emulator.web.transaction import world

blueprint = Blueprint("data", __name__, url_prefix="/v2/images/<image_id>/file")


@blueprint.put("")
def update(image_id: str) -> Response:
    """Take the image's data as they come."""
    streams.check_media_type()
    declared, store = streams.declared_size(), _store()
    transfers.take(image_id, store, streams.body(), declared or request.content_length, declared)
    return empty()


def _store() -> str:
    stores = world().stores
    name = request.headers.get("x-image-meta-store", next(iter(stores)))
    if name not in stores:
        raise BadRequest(f"There is no store {name!r}; there are {', '.join(stores)}.")
    return name


@blueprint.get("")
def show(image_id: str) -> Response:
    """Send the image's data, or a part of them."""
    return transfers.give(image_id)
