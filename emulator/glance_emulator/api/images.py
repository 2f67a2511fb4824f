"""/v2/images and /v2/images/{id}: images as records."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, g, request

from glance_emulator.domain import blobs, images, listing
from glance_emulator.errors import BadRequest, UnsupportedMediaType
from glance_emulator.web.body import answer, check, document, empty
from glance_emulator.web.caller import base_url
from glance_emulator.web.transaction import reader, transaction, world
from glance_schemas import patches
from glance_schemas.images import ImageAttributes, image_document

blueprint = Blueprint("images", __name__, url_prefix="/v2/images")


@blueprint.get("")
def index() -> Response:
    """List a page of the images that the caller sees, with the way to the next page if this one is full."""
    asked = _query()
    given = dict(asked)
    query = listing.parse(listing.Asked(asked))
    with reader() as rows:
        found = listing.index(rows, g.caller, query)
    shown = listing.allowed(g.caller, found)
    given.pop("marker", None)
    page: dict[str, Any] = {"images": [_document(image) for image in shown], "first": _link(given)}
    if shown and len(found) == query.limit:
        page["next"] = _link({**given, "marker": shown[-1].id})
    page["schema"] = "/v2/schemas/images"
    return answer(page)


def _query() -> list[tuple[str, str]]:
    """Return the parameters in the order given."""
    try:
        return parse_qsl(request.query_string.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise BadRequest("The query string is not UTF-8.") from None


def _document(image: Any) -> dict[str, Any]:
    return image_document(image, images.hidden(g.caller, image))


def _link(given: dict[str, str]) -> str:
    return f"/v2/images?{urlencode(given)}" if given else "/v2/images"


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
    with transaction() as session:
        return answer(_document(images.update(session, g.caller, image_id, operations, world().clock())))


@blueprint.delete("/<image_id>")
def delete(image_id: str) -> Response:
    """Delete an image, and its data if no other image has them."""
    with transaction() as session:
        garbage = images.delete(session, g.caller, image_id, world().clock())
    blobs.remove(world().places, garbage)
    return empty()
