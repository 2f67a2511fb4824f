"""/compute/v2.1/servers: booted, listed, shown, changed, deleted."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, request

from glance_emulator.api.compute import documents
from glance_emulator.api.compute.networks import NOTHING
from glance_emulator.api.compute.queries import check_version, servers_query
from glance_emulator.db.servers import Server
from glance_emulator.domain import blobs, servers
from glance_emulator.domain.servers import Wish
from glance_emulator.errors import BadRequest
from glance_emulator.web.body import answer, empty, load
from glance_emulator.web.caller import base_url
from glance_emulator.web.microversions import at_least
from glance_emulator.web.transaction import reading, transaction, world
from glance_schemas.compute import ServerCreateBody, ServerUpdateBody

blueprint = Blueprint("servers", __name__, url_prefix="/compute/v2.1/servers")

DETAILS = ("disk_config", "key_name", "user_data", "config_drive", "availability_zone", "accessIPv4", "accessIPv6",
           "tags", "hostname")  # fmt: skip
"""What is said of a server when it is created, and only shown later."""


def new_password() -> str:
    """Return a password for a server that was not given one."""
    return world().controls.token("password", 9)


@blueprint.post("")
def create() -> Response:
    """Boot one server or several."""
    wanted = load(ServerCreateBody)["server"]
    check_version(wanted)
    connected = _connected(wanted)
    number = max(wanted.get("min_count", 1), wanted.get("max_count", 1))
    if wanted.get("min_count", 1) > wanted.get("max_count", number):
        raise BadRequest("min_count is more than max_count.")
    image_id = wanted.get("imageRef") or wanted["block_device_mapping_v2"][0]["uuid"]
    reservation = f"r-{world().controls.hex('reservation')[:8]}"
    with transaction() as session:
        made = [
            servers.boot(
                session,
                g.caller,
                Wish(
                    name=wanted["name"] if number == 1 else f"{wanted['name']}-{place + 1}",
                    image_id=image_id,
                    flavor_id=wanted["flavorRef"],
                    metadata=wanted["metadata"],
                    description=wanted.get("description"),
                    details={
                        **{name: wanted[name] for name in DETAILS if name in wanted},
                        "connected": connected,
                        "reservation_id": reservation,
                        "launch_index": place,
                    },
                ),
                world().clock(),
            )
            for place in range(number)
        ]
        first = made[0].id
    world().runner.wake()
    if wanted["return_reservation_id"]:
        return answer({"reservation_id": reservation}, 202)
    document = {
        "id": first,
        "links": documents.links("servers", first),
        "OS-DCF:diskConfig": wanted.get("disk_config", "MANUAL"),
        "security_groups": wanted.get("security_groups", [{"name": "default"}]),
        "adminPass": wanted.get("adminPass") or new_password(),
    }
    return answer({"server": document}, 202, {"Location": document["links"][0]["href"]})


def _connected(wanted: dict[str, Any]) -> bool:
    """Say whether the server is to have an address; raise BadRequest for networks that there are not."""
    networks = wanted.get("networks")
    if at_least(37):
        if networks is None:
            raise BadRequest("networks are needed since the microversion 2.37: auto, none, or a list.")
        if networks in ("auto", "none"):
            return bool(networks == "auto")
    elif isinstance(networks, str):
        raise BadRequest("networks: auto and none came with the microversion 2.37.")
    if networks is not None and not isinstance(networks, list):
        raise BadRequest("networks must be a list.")
    if any(network != {"uuid": NOTHING} for network in networks or ()):
        raise BadRequest("There is no network service here: say networks none or auto, or an empty list.")
    return not networks


@blueprint.get("")
def index() -> Response:
    """List servers by name."""
    return _list(documents.stub, "")


@blueprint.get("/detail")
def detail() -> Response:
    """List servers with all that is to tell."""
    return _list(documents.server, "/detail")


def _list(shown: Any, path: str) -> Response:
    query = servers_query(request.args)
    with reading() as session:
        found = servers.index(session, g.caller, query)
        document: dict[str, Any] = {"servers": [shown(server) for server in found]}
    if found and len(found) == query.limit:
        said = {**request.args.to_dict(), "marker": found[-1].id}
        href = f"{base_url()}/compute/v2.1/servers{path}?{urlencode(said)}"
        document["servers_links"] = [{"rel": "next", "href": href}]
    return answer(document)


@blueprint.get("/<server_id>")
def show(server_id: str) -> Response:
    """Show a server."""
    with reading() as session:
        return answer({"server": documents.server(servers.show(session, g.caller, server_id))})


@blueprint.get("/<server_id>/ips")
def ips(server_id: str) -> Response:
    """Show a server's addresses."""
    with reading() as session:
        return answer({"addresses": documents.addresses(servers.show(session, g.caller, server_id))})


@blueprint.get("/<server_id>/os-security-groups", endpoint="security_groups")
def security_groups(server_id: str) -> Response:
    """Show a server's security groups: there is no network."""
    with reading() as session:
        servers.show(session, g.caller, server_id)
    return answer({"security_groups": []})


@blueprint.get("/<server_id>/os-interface", endpoint="interfaces")
def interfaces(server_id: str) -> Response:
    """Show a server's interfaces: there is no network."""
    with reading() as session:
        servers.show(session, g.caller, server_id)
    return answer({"interfaceAttachments": []})


@blueprint.get("/<server_id>/os-volume_attachments", endpoint="volumes")
def volumes(server_id: str) -> Response:
    """Show a server's volumes: there are none."""
    with reading() as session:
        servers.show(session, g.caller, server_id)
    return answer({"volumeAttachments": []})


@blueprint.put("/<server_id>")
def update(server_id: str) -> Response:
    """Change a server's name or description."""
    changes = load(ServerUpdateBody)["server"]
    check_version(changes)
    kept = {name: value for name, value in changes.items() if name in ("name", "description", "hostname")}
    with transaction() as session:
        server: Server = servers.update(session, g.caller, server_id, kept, world().clock())
        return answer({"server": documents.server(server)})


@blueprint.delete("/<server_id>")
def delete(server_id: str) -> Response:
    """Delete a server; its snapshots stay."""
    with transaction() as session:
        garbage = servers.delete(session, g.caller, server_id, world().clock())
    blobs.remove(world().places, garbage)
    return empty("application/json")
