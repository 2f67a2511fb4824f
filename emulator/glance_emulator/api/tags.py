"""/v2/images/{id}/tags/{tag}: one tag of an image."""

from __future__ import annotations

from flask import Blueprint, Response, g

from glance_emulator.domain import tags
from glance_emulator.web.body import empty
from glance_emulator.web.transaction import transaction, world

blueprint = Blueprint("tags", __name__, url_prefix="/v2/images/<image_id>/tags/<tag>")


@blueprint.put("")
def update(image_id: str, tag: str) -> Response:
    """Give the image the tag."""
    with transaction() as session:
        tags.add(session, g.caller, image_id, tag, world().clock())
    return empty()


@blueprint.delete("")
def delete(image_id: str, tag: str) -> Response:
    """Take the tag off the image."""
    with transaction() as session:
        tags.remove(session, g.caller, image_id, tag, world().clock())
    return empty()
