"""/v2/images/{id}/stage: an image's data, to be imported later."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from glance_emulator.domain import blobs, staging, transfer
from glance_emulator.web import streams, transfers
from glance_emulator.web.body import empty
from glance_emulator.web.transaction import transaction, world

blueprint = Blueprint("staging", __name__, url_prefix="/v2/images/<image_id>/stage")


@blueprint.put("")
def update(image_id: str) -> Response:
    """Take the image's data as they come."""
    streams.check_media_type()
    declared = streams.declared_size()
    store = world().places[blobs.STAGING]
    with transaction() as session:
        staging.begin(session, g.caller, image_id, declared or request.content_length)
        # Before the commit: should this process die, what it was receiving tells which image waits in vain.
        incoming = store.receive(image_id)
    with transfers.arriving(incoming, image_id, staging.abandon):
        size = sum(map(len, transfer.written(incoming, streams.body(), declared)))
        with transaction() as session:
            staging.finish(session, image_id, store, incoming, size, world().clock())
    return empty()
