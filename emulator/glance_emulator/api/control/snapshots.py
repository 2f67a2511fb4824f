"""/_emulator/snapshots: the world as it was, saved, restored, carried from one emulator to another."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from marshmallow import ValidationError

from glance_emulator.api.control.worlds import universe
from glance_emulator.domain import archives, controls, snapshots
from glance_emulator.domain.snapshots import Snapshot
from glance_emulator.errors import BadRequest, NotFound
from glance_emulator.web import streams
from glance_emulator.web.body import answer, empty, load
from glance_emulator.web.transaction import world
from glance_schemas.control import SavedControls, SnapshotCreate, WorldCreate

blueprint = Blueprint("control_snapshots", __name__, url_prefix="/_emulator/snapshots")


DOCUMENTS = {controls.FILE: SavedControls(), snapshots.OPTIONS: WorldCreate(only=("rejected_members", "quotas"))}


def _shown(snapshot: Snapshot) -> dict[str, Any]:
    return {"name": snapshot.name, "created_at": f"{snapshot.created_at:%Y-%m-%dT%H:%M:%SZ}"}


@blueprint.get("")
def index() -> Response:
    """List the world's snapshots."""
    return answer({"snapshots": [_shown(one) for one in snapshots.index(world())]})


@blueprint.post("")
def create() -> Response:
    """Save the world."""
    return answer(_shown(snapshots.save(world(), load(SnapshotCreate)["name"], universe().maker.open)), 201)


@blueprint.get("/<name>")
def show(name: str) -> Response:
    """Show a snapshot."""
    return answer(_shown(snapshots.find(world(), name)))


@blueprint.delete("/<name>")
def delete(name: str) -> Response:
    """Forget a snapshot."""
    snapshots.delete(world(), name)
    return empty(None)


@blueprint.post("/<name>/restore")
def restore(name: str) -> Response:
    """Let the world be again as it was."""
    snapshots.restore(world(), name, universe().maker.open)
    world().runner.wake()
    return empty(None)


@blueprint.get("/<name>/file")
def download(name: str) -> Response:
    """Send a snapshot as one file."""
    snapshot = snapshots.find(world(), name)
    try:
        pieces = archives.packed(snapshot.folder)
    except FileNotFoundError:
        raise NotFound(f"There is no snapshot {name} any more.") from None
    response = Response(pieces, content_type="application/x-tar")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.tar"'
    return response


@blueprint.put("/<name>/file")
def upload(name: str) -> Response:
    """Take a snapshot that was sent by another emulator."""
    request.max_content_length = None
    return answer(_shown(archives.unpack(world(), name, streams.body(), universe().maker.open, _check)), 201)


def _check(part: str, content: Any) -> None:
    try:
        DOCUMENTS[part].load(content)
    except ValidationError as fault:
        raise BadRequest(f"This is no snapshot that can be used here: {part}: {fault}.") from None
