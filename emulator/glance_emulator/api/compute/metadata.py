"""/compute/v2.1/servers/{id}/metadata: names and texts of the user's own."""

from __future__ import annotations

from flask import Blueprint, Response, g

from glance_emulator.domain import servers
from glance_emulator.errors import BadRequest, NotFound
from glance_emulator.web.body import answer, empty, load
from glance_emulator.web.transaction import reading, transaction, world
from glance_schemas.compute import MetadataBody, MetadataItemBody

blueprint = Blueprint("server_metadata", __name__, url_prefix="/compute/v2.1/servers/<server_id>/metadata")


@blueprint.get("")
def index(server_id: str) -> Response:
    """Show all."""
    with reading() as session:
        return answer({"metadata": servers.show(session, g.caller, server_id).properties})


@blueprint.put("", defaults={"replace": True}, endpoint="replace")
@blueprint.post("", defaults={"replace": False})
def create(server_id: str, replace: bool) -> Response:
    """Set some, or all."""
    items = load(MetadataBody)["metadata"]
    with transaction() as session:
        now = world().clock()
        return answer({"metadata": servers.set_metadata(session, g.caller, server_id, items, now, replace=replace)})


@blueprint.get("/<key>")
def show(server_id: str, key: str) -> Response:
    """Show one item."""
    with reading() as session:
        found = servers.show(session, g.caller, server_id).properties
    if key not in found:
        raise NotFound(f"The server {server_id} has no metadata {key!r}.")
    return answer({"meta": {key: found[key]}})


@blueprint.put("/<key>")
def update(server_id: str, key: str) -> Response:
    """Set one item."""
    item = load(MetadataItemBody)["meta"]
    if key not in item:
        raise BadRequest("The body names another item than the path.")
    with transaction() as session:
        servers.set_metadata(session, g.caller, server_id, item, world().clock())
    return answer({"meta": item})


@blueprint.delete("/<key>")
def delete(server_id: str, key: str) -> Response:
    """Remove one item."""
    with transaction() as session:
        servers.remove_metadata(session, g.caller, server_id, key, world().clock())
    return empty("application/json")
