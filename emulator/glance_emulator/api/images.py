"""/v2/images and /v2/images/{id}: images as records."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, request

from glance_emulator.domain import blobs, images, listing, locations
from glance_emulator.errors import BadRequest, UnsupportedMediaType
from glance_emulator.web import paging
from glance_emulator.web.body import answer, check, document, empty
from glance_emulator.web.caller import base_url
from glance_emulator.web.transaction import reader, transaction, world
from glance_schemas import patches
from glance_schemas.images import ImageAttributes, image_document

blueprint = Blueprint("images", __name__, url_prefix="/v2/images")


@blueprint.get("")
def index() -> Response:
    """List a page of the images that the caller sees, with the way to the next page if this one is full."""
    asked = paging.parameters()
    query = listing.parse(listing.Asked(asked), g.caller.lacks)
    with reader() as rows:
        found = listing.index(rows, g.caller, query)
    shown = listing.allowed(g.caller, found)
    last = shown[-1].id if shown and len(found) == query.limit else None
    links = paging.links("/v2/images", asked, last)
    return answer({"images": [_document(image) for image in shown], **links, "schema": "/v2/schemas/images"})


def _document(image: Any) -> dict[str, Any]:
    hidden = images.hidden(g.caller, image)
    if not world().features.locations:
        document = image_document(image, hidden)
    else:
        shown = [] if "stores" in hidden else locations.shown(world().stores, image)
        document = image_document(image, hidden, shown)
    if g.caller.lacks:
        for name in images.unknown(g.caller):
            document.pop(name, None)
    return document


@blueprint.post("")
def create() -> Response:
    """Create an image without data."""
    given = document()
    images.refuse_links(given if isinstance(given, dict) else ())
    body = check(ImageAttributes, given)
    with transaction() as session:
        image = images.create(session, g.caller, body, world().clock())
        shown = _document(image)
    headers = {
        "Location": f"{base_url()}/v2/images/{image.id}",
        "OpenStack-image-import-methods": ",".join(world().features.import_methods),
        "OpenStack-image-store-ids": ",".join(world().stores),
    }
    if "image-stores" in g.caller.lacks:
        del headers["OpenStack-image-store-ids"]
    return answer(shown, 201, headers)


@blueprint.get("/<image_id>")
def show_image(image_id: str) -> Response:
    """Show an image."""
    with reader() as rows:
        return answer(_document(images.read(rows, g.caller, image_id)))


@blueprint.patch("/<image_id>")
def update(image_id: str) -> Response:
    """Change an image by a list of operations."""
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip()
    if media_type not in patches.MEDIA_TYPES:
        accepted = ", ".join(sorted(patches.MEDIA_TYPES))
        raise UnsupportedMediaType(f"Changes come as {accepted}.", {"Accept-Patch": accepted})
    try:
        changes = patches.parse(document(), media_type)
    except patches.PatchError as fault:
        raise BadRequest(str(fault)) from None
    operations = [images.Operation(*change) for change in changes]
    places = _places(operations) if world().features.locations else None
    with transaction() as session:
        image = images.update(session, g.caller, image_id, operations, world().clock(), places)
        shown = _document(image)
    if places:
        blobs.remove(world().stores, places.garbage)
    return answer(shown)


def _places(operations: list[images.Operation]) -> locations.Places:
    """Look at the places that the operations name, before a transaction begins."""
    named = [operation.value for operation in operations if operation.path[0] == "locations" and not operation.fault]
    described = [one for value in named if value for one in (value if isinstance(value, list) else [value])]
    return locations.survey(world().stores, (one["url"] for one in described))


@blueprint.delete("/<image_id>")
def delete(image_id: str) -> Response:
    """Delete an image, and its data if no other image has them."""
    with transaction() as session:
        garbage = images.delete(session, g.caller, image_id, world().clock())
    blobs.remove(world().places, garbage)
    return empty()
