"""/v2/images/{id}/actions: deactivate and reactivate."""

from __future__ import annotations

from flask import Blueprint, Response, g

from glance_emulator.domain import actions
from glance_emulator.web.body import empty
from glance_emulator.web.transaction import transaction, world

blueprint = Blueprint("actions", __name__, url_prefix="/v2/images/<image_id>/actions")


@blueprint.post("/<any(deactivate, reactivate):action>")
def create(image_id: str, action: str) -> Response:
    """Withhold the image's data, or give them again."""
    with transaction() as session:
        actions.act(session, g.caller, image_id, action, world().clock())
    return empty()
