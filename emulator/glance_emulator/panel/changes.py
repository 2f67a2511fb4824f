"""/panel/images/{id}/edit, /delete, /actions: changing an image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, g, request

from glance_emulator.db.rows import Row
from glance_emulator.domain import actions, blobs, images, policy
from glance_emulator.domain.images import Operation
from glance_emulator.errors import Conflict, NotFound
from glance_emulator.panel.frame import at, go, only, page, whole
from glance_emulator.web.transaction import reader, transaction, world
from glance_schemas import patches
from glance_schemas.images import CONTAINER_FORMATS, DISK_FORMATS, VISIBILITIES

blueprint = Blueprint("panel_changes", __name__, url_prefix="/panel/images/<image_id>")

EMPTY_ROWS = 3
TEXTS = ("name", "visibility", "disk_format", "container_format")
NUMBERS = ("min_disk", "min_ram")
FLAGS = ("protected", "os_hidden")
DONE = {"deactivate": "The image is deactivated.", "reactivate": "The image is active again."}
MEDIA_TYPE = "application/openstack-images-v2.1-json-patch"
Change = dict[str, Any]


@blueprint.get("/edit")
def edit(image_id: str) -> Response:
    """Ask what is to be different."""
    image = _for(image_id, "modify_image")
    return page(
        "edit_image", image=image, properties=_shown(image), rows=EMPTY_ROWS, seen=_version(image),
        visibilities=VISIBILITIES, formatless=image.status in images.FORMATLESS,
        disk_formats=DISK_FORMATS, container_formats=CONTAINER_FORMATS,
    )  # fmt: skip


def _for(image_id: str, action: str) -> Row:
    """Return an image to ask about; raise Forbidden where the answer would be refused."""
    with reader() as rows:
        image = images.read(rows, g.caller, image_id)
    only(policy.allows(g.caller, action, image.owner, image))
    return image


@blueprint.post("/edit")
def update(image_id: str) -> Response:
    """Change what is different in the form, if nobody else has changed the image meanwhile."""
    with reader() as rows:
        image = images.read(rows, g.caller, image_id)
    if request.form.get("seen") != _version(image):
        raise Conflict("Somebody else has changed the image since you loaded the form: look at it again.")
    asked = [*_attributes(image), *_properties(image)]
    operations = [Operation(*change) for change in patches.parse(asked, MEDIA_TYPE)]
    with transaction() as session:
        images.update(session, g.caller, image_id, operations, world().clock())
    return go(at("images", image_id), "Your changes are saved." if asked else "Nothing was different.")


def _version(image: Row) -> str:
    return str(image.updated_at.isoformat())


def _shown(image: Row) -> dict[str, str]:
    hidden = images.hidden(g.caller, image)
    return {name: text for name, text in sorted(image.properties.items()) if name not in hidden}


def _attributes(image: Row) -> Iterator[Change]:
    """Yield changes of what every image has, where the form says something else."""
    form = request.form
    given: dict[str, Any] = {name: form[name] or None for name in TEXTS if name in form}
    given |= {name: whole(form[name]) for name in NUMBERS if name in form}
    given |= {name: name in form for name in FLAGS}
    if "tags" in form:
        given["tags"] = [line.strip() for line in _lines(form["tags"]).split("\n") if line.strip()]
    for name, value in given.items():
        now = getattr(image, name)
        if (sorted(set(value)) != sorted(now)) if name == "tags" else (value != now and (value or now)):
            yield _replace(name, value)


def _properties(image: Row) -> Iterator[Change]:
    """Yield changes of properties: each row of the form has the name that it had, its name and its value now."""
    form, before = request.form, _shown(image)
    for old, name, text in zip(form.getlist("old"), form.getlist("property"), form.getlist("value"), strict=True):
        value = _lines(text)
        if old and old != name:
            yield {"op": "remove", "path": _pointer(old)}
        if name and (old != name or _lines(before.get(name, "")) != value):
            yield {"op": "add", "path": _pointer(name), "value": value}


def _lines(text: str) -> str:
    """Return the text with the ends of lines that it had before a form changed them."""
    return text.replace("\r\n", "\n")


def _replace(name: str, value: Any) -> Change:
    return {"op": "replace", "path": _pointer(name), "value": value}


def _pointer(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")


@blueprint.get("/delete")
def ask(image_id: str) -> Response:
    """Ask whether the image is really to go."""
    image = _for(image_id, "delete_image")
    return page(
        "confirm", title="Delete this image?", name=image.name or image.id, verb="Delete the image",
        target=at("images", image_id, "delete"), back=at("images", image_id),
        told="Its data go with it. Servers that were booted from it, and their snapshots, stay.",
    )  # fmt: skip


@blueprint.post("/delete")
def delete(image_id: str) -> Response:
    """Delete the image."""
    with transaction() as session:
        garbage = images.delete(session, g.caller, image_id, world().clock())
    blobs.remove(world().places, garbage)
    return go(at("images"), "The image is deleted.")


@blueprint.post("/actions/<action>")
def act(image_id: str, action: str) -> Response:
    """Withhold the image's data, or give them again."""
    if action not in DONE:
        raise NotFound("There is no such action.")
    with transaction() as session:
        actions.act(session, g.caller, image_id, action, world().clock())
    return go(at("images", image_id), DONE[action])
