"""/v2/images/{id}/locations: where an image's data are, told to services; and data that stay where they are."""

from __future__ import annotations

from typing import NoReturn

from flask import Blueprint, Response, g
from werkzeug.exceptions import MethodNotAllowed

from glance_emulator.domain import location_orders
from glance_emulator.web.body import answer, load
from glance_emulator.web.hooks import request_id
from glance_emulator.web.routing import ANY
from glance_emulator.web.transaction import reader, transaction, world
from glance_schemas.locations import LocationCreate

blueprint = Blueprint("locations", __name__, url_prefix="/v2/images/<image_id>/locations")


@blueprint.get("")
def index(image_id: str) -> Response:
    """List where the image's data are."""
    with reader() as rows:
        return answer(location_orders.index(rows, g.caller, image_id, world().stores))


@blueprint.post("")
def create(image_id: str) -> Response:
    """Let the image have data that are somewhere already."""
    body = load(LocationCreate)
    here = world()
    with transaction() as session:
        location_orders.order(
            session, g.caller, image_id, body["url"], body.get("validation_data", {}), here.stores, request_id(),
            here.clock(),
        )  # fmt: skip
    here.runner.wake()
    return Response(status=202, content_type="text/html; charset=UTF-8")


@blueprint.route("", methods=[ANY])
def reject(image_id: str) -> NoReturn:
    """Know only POST, as the real service has it, although there is GET."""
    raise MethodNotAllowed(["POST"])
