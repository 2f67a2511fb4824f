"""/_emulator/worlds: worlds made, listed, deleted; /_emulator/reset and /seed: what is in the one that is spoken to."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any, cast

from flask import Blueprint, Response, current_app, request

from glance_emulator import seeds
from glance_emulator.domain.universe import Universe
from glance_emulator.domain.worlds import DEFAULT
from glance_emulator.errors import BadRequest, NotFound
from glance_emulator.web import guard
from glance_emulator.web.body import answer, empty, load
from glance_emulator.web.caller import base_url
from glance_emulator.web.places import BELOW, PREFIX
from glance_emulator.web.transaction import world
from glance_schemas.control import WorldCreate

blueprint = Blueprint("control_worlds", __name__, url_prefix="/_emulator/worlds")
contents = Blueprint("control_contents", __name__, url_prefix="/_emulator")

LARGEST = 16 << 20


def universe() -> Universe:
    """Return all worlds."""
    return cast(Universe, current_app.extensions["glance_emulator"])


@blueprint.before_request
def _at_the_root() -> None:
    """Let who may do everything in one world do nothing to others."""
    if request.environ[BELOW]:
        raise NotFound("Worlds are made, listed and deleted at the root.")


def _shown(name: str) -> dict[str, Any]:
    url = base_url() + ("" if name == DEFAULT else f"{PREFIX}{name}")
    return {"name": name, "url": url, "auth_url": f"{url}/identity/v3"}


@blueprint.get("")
def index() -> Response:
    """List the worlds."""
    return answer({"worlds": [_shown(name) for name in universe().names()]})


@blueprint.post("")
def create() -> Response:
    """Make a world: empty, or as another is."""
    wanted = load(WorldCreate)
    name = wanted["name"] if "name" in wanted else uuid.uuid4().hex[:12]
    options: dict[str, Any] = {key: wanted[key] for key in ("rejected_members", "quotas") if key in wanted}
    universe().create(name, wanted.get("source"), wanted.get("snapshot"), options)
    return answer(_shown(name), 201)


@blueprint.get("/<name>")
def show(name: str) -> Response:
    """Show where a world is."""
    universe().find(name)
    return answer(_shown(name))


@blueprint.delete("/<name>")
def delete(name: str) -> Response:
    """Delete a world and all that is in it."""
    universe().delete(name)
    return empty(None)


@contents.post("/reset")
def reset() -> Response:
    """Let the world be as a new one is."""
    universe().reset(world())
    world().runner.wake()
    return empty(None)


@contents.post("/seed")
def seed() -> Response:
    """Make what a seed file says; `base` is the folder from which it names files, for callers on this machine."""
    text = request.stream.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise BadRequest(f"A seed file may have {LARGEST} bytes.")
    base = request.args.get("base") if guard.local() else None
    try:
        decoded = text.decode()
    except UnicodeDecodeError:
        raise BadRequest("A seed file is text in UTF-8.") from None
    made = seeds.plant(world(), decoded, Path(base) if base else None, request.args.get("name", "seed"))
    world().runner.wake()
    return answer(made, 201)
