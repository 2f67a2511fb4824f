"""/panel/servers: booted from images, listed, shown with their lineage, snapshotted, deleted."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from glance_emulator.db.servers import Server
from glance_emulator.domain import blobs, compute_policy, images, listing, server_images, servers
from glance_emulator.domain.flavors import FLAVORS
from glance_emulator.domain.server_states import CHANGES, shown
from glance_emulator.domain.servers import Query, Wish
from glance_emulator.errors import BadRequest, NotFound
from glance_emulator.panel import lineage
from glance_emulator.panel.frame import at, go, only, page
from glance_emulator.web.transaction import reader, reading, transaction, world

blueprint = Blueprint("panel_servers", __name__, url_prefix="/panel/servers")

PAGE = 25
CHOICES = 200
"""Images that can be chosen from when a server is booted."""
VERBS = {"os-start": "Start", "os-stop": "Stop", "reboot-soft": "Reboot"}


def _may(action: str) -> bool:
    return compute_policy.allows(g.caller, f"{servers.SERVERS}:{action}", g.caller.project_id)


@blueprint.get("")
def index() -> Response:
    """List the project's servers."""
    with reading() as session:
        found = servers.index(session, g.caller, Query(limit=PAGE + 1, marker=request.args.get("marker") or None))
        return page(
            "servers", servers=found[:PAGE], next=found[PAGE - 1].id if len(found) > PAGE else None,
            flavors=FLAVORS, status=_status, may_boot=_may("create"),
        )  # fmt: skip


def _status(server: Server) -> str:
    return shown(server.status, server.task_state)


@blueprint.get("/new")
def new() -> Response:
    """Ask what is to be booted."""
    only(_may("create"))
    image_id = request.args.get("image", "")
    with reader() as rows:
        asked = listing.Asked([("limit", str(CHOICES)), ("status", "active"), ("sort", "name:asc")])
        found = list(listing.allowed(g.caller, listing.index(rows, g.caller, listing.parse(asked))))
    if image_id and image_id not in {image.id for image in found}:
        with reader() as rows:
            found.insert(0, images.read(rows, g.caller, image_id))
    return page("new_server", images=found, chosen=image_id, flavors=FLAVORS.values())


@blueprint.post("/new")
def create() -> Response:
    """Boot a server."""
    form = request.form
    name = form.get("name", "").strip()
    if not 0 < len(name) <= 255:
        raise BadRequest("A server has a name of 1 to 255 characters.")
    details = {"connected": False, "reservation_id": f"r-{world().controls.hex('reservation')[:8]}", "launch_index": 0}
    wish = Wish(name=name, image_id=form["image"], flavor_id=form["flavor"], details=details)
    with transaction() as session:
        server_id = servers.boot(session, g.caller, wish, world().clock()).id
    world().runner.wake()
    return go(at("servers", server_id), f"The server {name} is being built.")


@blueprint.get("/<server_id>")
def show(server_id: str) -> Response:
    """Show a server, and what it came from and what came of it."""
    with reading() as session:
        server = servers.show(session, g.caller, server_id)
        verbs = [(name, verb) for name, verb in VERBS.items() if _possible(server, name)]
        return page(
            "server",
            server=server,
            flavor=FLAVORS[server.flavor_id],
            status=_status(server),
            verbs=verbs,
            may_snapshot=_may("create_image") and _possible(server, "createImage"),
            may_delete=_may("delete"),
            lineage=lineage.of_server(session, server),
        )


def _possible(server: Server, action: str) -> bool:
    change = CHANGES[action]
    permitted = action == "createImage" or compute_policy.allows(g.caller, servers.ACTIONS[action], server.project_id)
    return permitted and server.status in change.begins_in and server.task_state is None


@blueprint.post("/<server_id>/actions/<action>")
def act(server_id: str, action: str) -> Response:
    """Start, stop or reboot a server."""
    if action not in VERBS:
        raise NotFound("There is no such action.")
    with transaction() as session:
        servers.act(session, g.caller, server_id, action, world().clock())
    world().runner.wake()
    return go(at("servers", server_id), "It is under way.")


@blueprint.post("/<server_id>/snapshot")
def snapshot(server_id: str) -> Response:
    """Make an image of a server."""
    name = request.form.get("name", "").strip()
    if not 0 < len(name) <= 255:
        raise BadRequest("A snapshot has a name of 1 to 255 characters.")
    with transaction() as session:
        server_images.create(session, g.caller, server_id, name, {}, world().clock())
    world().runner.wake()
    return go(at("servers", server_id), f"The snapshot {name} is being made.")


@blueprint.get("/<server_id>/delete")
def ask(server_id: str) -> Response:
    """Ask whether the server is really to go."""
    with reading() as session:
        name = servers.show(session, g.caller, server_id).name
    only(_may("delete"))
    return page(
        "confirm", title="Delete this server?", name=name, verb="Delete the server",
        target=at("servers", server_id, "delete"), back=at("servers", server_id), told="Its snapshots stay.",
    )  # fmt: skip


@blueprint.post("/<server_id>/delete")
def delete(server_id: str) -> Response:
    """Delete a server."""
    with transaction() as session:
        garbage = servers.delete(session, g.caller, server_id, world().clock())
    blobs.remove(world().places, garbage)
    return go(at("servers"), "The server is deleted.")
