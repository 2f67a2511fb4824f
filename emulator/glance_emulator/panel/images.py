"""/panel/images: lists of images, one image, a new one, and the data up and down."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, g, request
from werkzeug.datastructures import FileStorage

from glance_emulator.db.rows import Row
from glance_emulator.domain import compute_policy, images, listing, members, offers, policy, servers
from glance_emulator.domain.filters import named_like
from glance_emulator.errors import Forbidden, NotFound, Refusal
from glance_emulator.panel import lineage
from glance_emulator.panel.frame import at, go, only, page, whole
from glance_emulator.panel.projects import namer
from glance_emulator.web import streams, transfers
from glance_emulator.web.body import check
from glance_emulator.web.transaction import reader, reading, transaction, world
from glance_schemas.images import CONTAINER_FORMATS, DISK_FORMATS, VISIBILITIES, ImageAttributes

blueprint = Blueprint("panel_images", __name__, url_prefix="/panel/images")

PAGE = 25
TABS = (
    ("mine", "Mine"), ("accepted", "Shared with me"), ("pending", "Offers"), ("rejected", "Rejected"),
    ("public", "Public"), ("community", "Community"), ("hidden", "Hidden"),
)  # fmt: skip
ACTIONS = {
    "modify_image": "edit", "delete_image": "delete", "upload_image": "upload", "download_image": "download",
    "add_member": "share", "delete_member": "remove", "deactivate": "deactivate", "reactivate": "reactivate",
}  # fmt: skip
"""What policy calls what a page offers."""


@blueprint.get("")
def index() -> Response:
    """List images of one kind."""
    tab = request.args.get("tab", "mine")
    kind = tab if tab in dict(TABS) else "mine"
    name, marker = request.args.get("name", "").strip(), request.args.get("marker", "")
    facts: dict[str, Any] = {"tabs": TABS, "tab": kind, "name": name, "may_create": _may_create()}
    if kind in ("accepted", "pending", "rejected"):
        start = int(marker) if marker.isdecimal() and len(marker) < 9 else 0
        with reader() as rows:
            found = offers.index(rows, g.caller, kind, name, start, PAGE + 1)
        following = start + PAGE if len(found) > PAGE else None
        owners = namer(offer.image.owner for offer in found if offer.image)
        answers = policy.allows(g.caller, "modify_member", g.caller.project_id)
        return page("offers", offers=found[:PAGE], next=following, owner=owners, may_answer=answers, **facts)
    found = _listed(kind, name, marker)
    following = found[PAGE - 1].id if len(found) > PAGE else None
    return page("images", images=found[:PAGE], next=following, owner=namer(row.owner for row in found), **facts)


def _listed(kind: str, name: str, marker: str) -> list[Row]:
    own = kind in ("mine", "hidden")
    asked = [("limit", str(PAGE + 1)), ("visibility", "all" if own else kind), ("os_hidden", str(kind == "hidden"))]
    if own:
        asked.append(("owner", g.caller.project_id))
    if marker:
        asked.append(("marker", marker))
    query = listing.parse(listing.Asked(asked))
    if name:
        query = replace(query, filters=[*query.filters, named_like(name)])
    with reader() as rows:
        return list(listing.allowed(g.caller, listing.index(rows, g.caller, query)))


def _may_create() -> bool:
    wanted = {"project_id": g.caller.project_id, "owner": g.caller.project_id, "visibility": "private"}
    return policy.allows(g.caller, "add_image", g.caller.project_id, wanted)


@blueprint.get("/<image_id>")
def show(image_id: str) -> Response:
    """Show all of an image, and what can be done with it."""
    with reader() as rows:
        image = images.read(rows, g.caller, image_id)
    shared, own = _members(image), None
    if image.owner != g.caller.project_id:
        own = next((member for member in shared if member.member_id == g.caller.project_id), None)
    hidden = images.hidden(g.caller, image)
    with reading() as session:
        drawn = lineage.of_image(session, image)
    return page(
        "image",
        image=image,
        properties={name: text for name, text in image.properties.items() if name not in hidden},
        stores=[] if "stores" in hidden else [location["store"] for location in image.locations],
        members=shared,
        own=own,
        may=permitted(image),
        lineage=drawn,
        named=namer([image.owner, *(member.member_id for member in shared)]),
    )


def _members(image: Row) -> list[Row]:
    if image.visibility == "shared":
        with suppress(Forbidden, NotFound), reader() as rows:
            return list(members.index(rows, g.caller, image.id))
    return []


def permitted(image: Row) -> set[str]:
    """Return what the caller may do with the image, as far as policy goes."""
    found = {name for action, name in ACTIONS.items() if policy.allows(g.caller, action, image.owner, image)}
    if policy.allows(g.caller, "modify_member", g.caller.project_id, image):
        found.add("answer")
    if compute_policy.allows(g.caller, f"{servers.SERVERS}:create", g.caller.project_id):
        found.add("boot")
    return found


@blueprint.get("/new")
def new() -> Response:
    """Ask for a new image."""
    only(_may_create())
    choices: dict[str, Any] = {
        "disk_formats": DISK_FORMATS,
        "container_formats": CONTAINER_FORMATS,
        "visibilities": VISIBILITIES,
    }
    return page("new_image", **choices)


@blueprint.post("/new")
def create() -> Response:
    """Make an image, with its data if they came along."""
    form = request.form
    given: dict[str, Any] = {name: form[name] for name in ("disk_format", "container_format", "visibility")}
    given |= {"name": form.get("name") or None, "tags": form.get("tags", "").split()}
    given |= {name: whole(form[name]) for name in ("min_disk", "min_ram") if form.get(name)}
    with transaction() as session:
        image_id = images.create(session, g.caller, check(ImageAttributes, given), world().clock()).id
    file = request.files.get("file")
    if file is None or not file.filename:
        return go(at("images", image_id), "The image is there; it has no data yet.")
    try:
        _take(image_id, file)
    except Refusal as refusal:
        return go(at("images", image_id), f"The image is there, but its data were refused: {refusal.message}")
    return go(at("images", image_id), "The image and its data are there.")


@blueprint.post("/<image_id>/file")
def upload(image_id: str) -> Response:
    """Take an image's data from a form."""
    _take(image_id, request.files["file"])
    return go(at("images", image_id), "The data are there.")


@blueprint.put("/<image_id>/file")
def stream(image_id: str) -> Response:
    """Take an image's data as they come, from the script that shows how far they are."""
    transfers.take(image_id, next(iter(world().stores)), streams.body(), request.content_length)
    return Response(status=204)


def _take(image_id: str, file: FileStorage) -> None:
    pieces = iter(partial(file.stream.read, streams.PIECE), b"")
    transfers.take(image_id, next(iter(world().stores)), pieces, None)


@blueprint.get("/<image_id>/file")
def download(image_id: str) -> Response:
    """Send an image's data as a file."""
    with reader() as rows:
        image = images.read(rows, g.caller, image_id)
    response = transfers.give(image_id)
    name = f"{image.name or image.id}.{image.disk_format or 'img'}".replace("/", "_")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return response
