"""/v2/images/{id}/import: an image's data, imported in the background."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, g, request

from glance_emulator.domain import imports
from glance_emulator.web.body import load
from glance_emulator.web.catalogs import image_service
from glance_emulator.web.hooks import request_id
from glance_emulator.web.transaction import transaction, world
from glance_schemas.imports import ImageImport

blueprint = Blueprint("imports", __name__, url_prefix="/v2/images/<image_id>/import")


@blueprint.post("")
def create(image_id: str) -> Response:
    """Begin to import the image's data."""
    body = load(ImageImport)
    if "import-to-stores" in g.caller.lacks:  # which then said nothing
        body = {name: value for name, value in body.items() if name == "method"}
    method = body["method"]
    if method["name"] == "glance-download":
        method.setdefault("glance_service_interface", "public")
    fault = imports.fault(method, g.caller.lacks)
    order = imports.Order(body, request.headers.get("x-image-meta-store"), fault, {} if fault else _source(method))
    with transaction() as session:
        imports.submit(session, g.caller, world(), image_id, order, request_id(), world().clock())
    world().runner.wake()
    return Response(status=202, content_type="text/html; charset=UTF-8")


def _source(method: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what an import needs to fetch the data, if they are to be fetched."""
    if method["name"] == "web-download":
        return {"url": method["uri"]}
    if method["name"] != "glance-download":
        return {}
    service = image_service(method["glance_region"], method["glance_service_interface"])
    path = f"/v2/images/{uuid.UUID(method['glance_image_id'])}"
    return {"url": service and service + path, "token": request.headers.get("X-Auth-Token")}
