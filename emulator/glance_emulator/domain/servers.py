"""Servers: booted from images, changed, snapshotted, deleted.

A server is its project's alone. What it was booted from stays with it: its own references to the image's data, and what
the image told of itself, so that neither revocation nor deletion of the image changes anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image
from glance_emulator.db.servers import Server
from glance_emulator.domain import background, blobs, compute_policy, controls, flavors, images, members, policy
from glance_emulator.domain.flavors import Flavor
from glance_emulator.domain.server_states import CHANGES
from glance_emulator.errors import BadRequest, Conflict, Forbidden, NotFound

SERVERS = "os_compute_api:servers"
METADATA_OF_SERVERS = "os_compute_api:server-metadata"
OVERRIDE = "os_compute_api:os-lock-server:unlock:unlock_override"
METADATA = 128
"""Items of metadata that a server may have."""
GIB = 1 << 30
PAGE = 1000
SORT_KEYS = {
    "created_at": Server.created_at, "updated_at": Server.updated_at, "display_name": Server.name,
    "name": Server.name, "status": Server.status, "vm_state": Server.status, "uuid": Server.id, "id": Server.id,
    "launched_at": Server.launched_at,
}  # fmt: skip
KEPT = ("disk_format", "container_format", "min_disk", "min_ram", "size", "virtual_size", "checksum", "os_hash_algo",
        "os_hash_value")  # fmt: skip
"""What a server remembers of the image besides its properties."""


ACTIONS = {
    "os-start": f"{SERVERS}:start",
    "os-stop": f"{SERVERS}:stop",
    "reboot-soft": f"{SERVERS}:reboot",
    "reboot-hard": f"{SERVERS}:reboot",
    "pause": "os_compute_api:os-pause-server:pause",
    "unpause": "os_compute_api:os-pause-server:unpause",
    "suspend": "os_compute_api:os-suspend-server:suspend",
    "resume": "os_compute_api:os-suspend-server:resume",
}
"""What policy calls the changes that have no arguments."""


@dataclass(frozen=True)
class Wish:
    """What is to be booted."""

    name: str
    image_id: str
    flavor_id: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    description: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    """What is only shown later: key_name, config_drive, availability_zone, hostname, tags, …"""


@dataclass(frozen=True)
class Query:
    """Which servers are asked for."""

    name: str | None = None
    """A regular expression."""
    status: Sequence[str] = ()
    image: str | None = None
    flavor: str | None = None
    deleted: bool = False
    changes_since: datetime | None = None
    all_projects: bool = False
    project_id: str | None = None
    sort: Sequence[tuple[str, str]] = (("created_at", "desc"),)
    limit: int = PAGE
    marker: str | None = None


def boot(session: Session, caller: Caller, wish: Wish, now: datetime) -> Server:
    """Boot a server, once the runner is woken.

    Raises Forbidden for who may not create in the project, BadRequest for an image that the caller may not read, that
    has no data to give, or that does not fit the flavor, Forbidden for one whose data the caller may not have, NotFound
    for one that was lost by its rejection.
    """
    compute_policy.enforce(caller, f"{SERVERS}:create", caller.project_id)
    flavor = _flavor(wish.flavor_id)
    image = _bootable(session, caller, wish.image_id, flavor)
    _check_metadata(wish.metadata)
    server = Server(
        id=controls.new_id(session, Server, "server"), project_id=caller.project_id, user_id=caller.user_id,
        name=wish.name, description=wish.description, status="BUILD", task_state="scheduling", locked=False,
        locked_reason=None, flavor_id=flavor.id, properties=dict(wish.metadata), details=dict(wish.details),
        created_at=now, updated_at=now, launched_at=None, deleted_at=None, **_taken_from(session, image),
    )  # fmt: skip
    session.add(server)
    background.submit(session, "server", now, server_id=server.id, action="build")
    return server


def _flavor(flavor_id: str) -> Flavor:
    try:
        return flavors.get(flavor_id)
    except NotFound as refusal:
        raise BadRequest(refusal.message) from None


def _bootable(session: Session, caller: Caller, image_id: str, flavor: Flavor) -> Image:
    """Return an image that the caller may boot: by the rule by which its data may be had."""
    try:
        image = images.get(session, caller, image_id)
    except NotFound:
        if members.lost(session, caller, image_id):
            raise
        raise BadRequest(f"There is no image {image_id} that can be used.") from None
    if image.status != "active":
        raise BadRequest(f"The image {image_id} is {image.status}; only an active one can be booted.")
    policy.enforce(caller, "download_image", image.owner, image)
    if flavor.ram < image.min_ram:
        raise BadRequest(f"The flavor {flavor.name} has {flavor.ram} MiB of memory; the image needs {image.min_ram}.")
    if flavor.disk and flavor.disk < image.min_disk:
        raise BadRequest(f"The flavor {flavor.name} has {flavor.disk} GiB of disk; the image needs {image.min_disk}.")
    if flavor.disk and max(image.size or 0, image.virtual_size or 0) > flavor.disk * GIB:
        raise BadRequest(f"The image is larger than the {flavor.disk} GiB of disk of the flavor {flavor.name}.")
    return image


def _taken_from(session: Session, image: Image) -> dict[str, Any]:
    """Return what a server has of its image, the references to its data counted."""
    facts = {name: getattr(image, name) for name in KEPT}
    return {
        "image_id": image.id,
        "image": {**facts, "properties": dict(image.properties)},
        "locations": blobs.shared(session, image.locations),
    }


def get(session: Session, caller: Caller, server_id: str) -> Server:
    """Return a server, to be changed; raise NotFound if it is not there for the caller."""
    return _found(session, _select(caller, server_id).with_for_update(), server_id)


def show(session: Session, caller: Caller, server_id: str) -> Server:
    """Return a server; raise NotFound, or Forbidden for who may not even read."""
    compute_policy.enforce(caller, f"{SERVERS}:show", caller.project_id)
    return _found(session, _select(caller, server_id), server_id)


def _select(caller: Caller, server_id: str) -> Select[Server]:
    return select(Server).where(Server.id == server_id, Server.deleted_at.is_(None), *_own(caller))


def _found(session: Session, statement: Select[Server], server_id: str) -> Server:
    server = session.scalars(statement).one_or_none()
    if server is None:
        raise NotFound(f"There is no server {server_id}.")
    return server


def _own(caller: Caller) -> Sequence[ColumnElement[bool]]:
    return () if caller.is_admin else (Server.project_id == caller.project_id,)


def index(session: Session, caller: Caller, query: Query) -> Sequence[Server]:
    """Return a page of the caller's servers, or, for admins, of everybody's.

    Raises Forbidden for other projects' servers, BadRequest for a marker that there is not or an odd expression.
    """
    compute_policy.enforce(caller, f"{SERVERS}:index", caller.project_id)
    if query.all_projects or query.deleted:
        compute_policy.enforce(caller, f"{SERVERS}:index:get_all_tenants", caller.project_id)
    statement = select(Server).where(*_conditions(caller, query))
    order = [
        SORT_KEYS[key].desc() if direction == "desc" else SORT_KEYS[key].asc() for key, direction in query.sort
    ] + [Server.id.desc()]
    found: Sequence[Server] = session.scalars(statement.order_by(*order)).all()
    if query.name is not None:
        pattern = _pattern(query.name)
        found = [server for server in found if pattern.search(server.name)]
    if query.marker is not None:
        places = [place for place, server in enumerate(found) if server.id == query.marker]
        if not places:
            raise BadRequest(f"There is no server {query.marker} to begin after.")
        found = found[places[0] + 1 :]
    return found[: query.limit]


def _conditions(caller: Caller, query: Query) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if not query.all_projects:
        found.append(Server.project_id == caller.project_id)
    elif query.project_id is not None:
        found.append(Server.project_id == query.project_id)
    if query.changes_since is not None:
        found.append(Server.updated_at >= query.changes_since)  # the deleted ones among them
    else:
        found.append(Server.deleted_at.is_not(None) if query.deleted else Server.deleted_at.is_(None))
    if query.status:
        found.append(Server.status.in_(query.status))
    if query.image is not None:
        found.append(Server.image_id == query.image)
    if query.flavor is not None:
        found.append(Server.flavor_id == query.flavor)
    return found


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error:
        raise BadRequest(f"{text!r} is no regular expression.") from None


def update(session: Session, caller: Caller, server_id: str, changes: Mapping[str, Any], now: datetime) -> Server:
    """Change `name`, `description` or `hostname`; raise NotFound, Forbidden."""
    server = changeable(session, caller, server_id, f"{SERVERS}:update", unlocked=False)
    for name, value in changes.items():
        if name == "hostname":
            server.details = {**server.details, "hostname": value}
        else:
            setattr(server, name, value)
    server.updated_at = now
    return server


def delete(session: Session, caller: Caller, server_id: str, now: datetime) -> list[blobs.Garbage]:
    """Delete a server; return the blobs that nobody refers to any more. Raises NotFound, Forbidden, Conflict."""
    server = changeable(session, caller, server_id, f"{SERVERS}:delete")
    garbage = blobs.release(session, server.locations)
    server.status, server.task_state, server.locations = "DELETED", None, []
    server.deleted_at = server.updated_at = now
    return garbage


def act(session: Session, caller: Caller, server_id: str, action: str, now: datetime) -> None:
    """Let something be done to a server that CHANGES knows, once the runner is woken.

    Raises NotFound, Forbidden, Conflict while it is locked, while something else is done, or in a wrong state.
    """
    server = changeable(session, caller, server_id, ACTIONS[action])
    begin(server, action, now)
    background.submit(session, "server", now, server_id=server.id, action=action)


def begin(server: Server, action: str, now: datetime) -> None:
    """Show what is about to be done; raise Conflict if it cannot be."""
    change = CHANGES[action]
    if server.status not in change.begins_in or server.task_state is not None:
        doing = f" and {server.task_state}" if server.task_state else ""
        raise Conflict(f"Cannot {action!r} the server {server.id} while it is {server.status}{doing}.")
    server.task_state, server.updated_at = change.task_state, now


def rebuild(
    session: Session, caller: Caller, server_id: str, image_id: str, changes: Mapping[str, Any], now: datetime
) -> tuple[Server, list[blobs.Garbage]]:
    """Boot a server anew, perhaps from another image; return it, and the blobs that nobody refers to any more.

    Raises what `boot` and `act` raise.
    """
    server = changeable(session, caller, server_id, f"{SERVERS}:rebuild")
    begin(server, "rebuild", now)
    image = _bootable(session, caller, image_id, flavors.get(server.flavor_id))
    before = server.locations
    for name, value in _taken_from(session, image).items():
        setattr(server, name, value)
    garbage = blobs.release(session, before)
    if "metadata" in changes:
        _check_metadata(changes["metadata"])
        server.properties = dict(changes["metadata"])
    for name in ("name", "description"):
        if name in changes:
            setattr(server, name, changes[name])
    background.submit(session, "server", now, server_id=server.id, action="rebuild")
    return server, garbage


def lock(session: Session, caller: Caller, server_id: str, reason: str | None, now: datetime) -> None:
    """Keep a server from being changed by others than admins; raise NotFound, Forbidden."""
    server = changeable(session, caller, server_id, "os_compute_api:os-lock-server:lock", unlocked=False)
    server.locked, server.locked_reason, server.updated_at = True, reason, now


def unlock(session: Session, caller: Caller, server_id: str, now: datetime) -> None:
    """Let a server be changed again; raise NotFound, Forbidden."""
    server = changeable(session, caller, server_id, "os_compute_api:os-lock-server:unlock", unlocked=False)
    server.locked, server.locked_reason, server.updated_at = False, None, now


def set_metadata(
    session: Session, caller: Caller, server_id: str, items: Mapping[str, str], now: datetime, *, replace: bool = False
) -> Mapping[str, str]:
    """Set items of a server's metadata, or all; return them.

    Raises NotFound, Forbidden (too many as well), Conflict while it is locked.
    """
    server = changeable(session, caller, server_id, f"{METADATA_OF_SERVERS}:update_all")
    wanted = {**({} if replace else server.properties), **items}
    _check_metadata(wanted)
    server.properties, server.updated_at = wanted, now
    return wanted


def remove_metadata(session: Session, caller: Caller, server_id: str, key: str, now: datetime) -> None:
    """Remove an item of a server's metadata; raise NotFound, Forbidden, Conflict while it is locked."""
    server = changeable(session, caller, server_id, f"{METADATA_OF_SERVERS}:delete")
    if key not in server.properties:
        raise NotFound(f"The server {server_id} has no metadata {key!r}.")
    server.properties = {name: value for name, value in server.properties.items() if name != key}
    server.updated_at = now


def used(session: Session, caller: Caller) -> tuple[int, int, int]:
    """Return how many servers, virtual CPUs and MiB of memory the caller's project uses; raise Forbidden."""
    compute_policy.enforce(caller, "os_compute_api:limits", caller.project_id)
    there = session.execute(
        select(Server.flavor_id, func.count())
        .where(Server.project_id == caller.project_id, Server.deleted_at.is_(None))
        .group_by(Server.flavor_id)
    ).all()
    sizes = [(flavors.get(flavor_id), number) for flavor_id, number in there]
    return (
        sum(number for _, number in sizes),
        sum(flavor.vcpus * number for flavor, number in sizes),
        sum(flavor.ram * number for flavor, number in sizes),
    )


def changeable(session: Session, caller: Caller, server_id: str, action: str, *, unlocked: bool = True) -> Server:
    """Return a server for `action` (a key of the policy); raise NotFound, Forbidden, Conflict while it is locked."""
    server = get(session, caller, server_id)
    compute_policy.enforce(caller, action, server.project_id)
    if unlocked and server.locked and not compute_policy.allows(caller, OVERRIDE, server.project_id):
        raise Conflict(f"The server {server_id} is locked.")
    return server


def _check_metadata(metadata: Mapping[str, str]) -> None:
    if len(metadata) > METADATA:
        raise Forbidden(f"A server may have {METADATA} items of metadata, this one would have {len(metadata)}.")
