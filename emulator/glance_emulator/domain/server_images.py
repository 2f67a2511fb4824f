"""Snapshots: images that are made of servers, and belong to the project of the server alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.identity import Project, User
from glance_emulator.db.images import Image
from glance_emulator.db.servers import Server
from glance_emulator.domain import background, blobs, flavors, images, quotas, servers
from glance_emulator.domain.server_runs import find

if TYPE_CHECKING:
    from glance_emulator.domain.worlds import World

NOT_INHERITED = ("cache_in_nova", "bittorrent", "img_signature", "img_signature_hash_method",
                 "img_signature_key_type", "img_signature_certificate_uuid")  # fmt: skip
"""Properties of the image that hold for it alone; so do those of the Image service's own, `os_glance…`."""


def create(
    session: Session, caller: Caller, server_id: str, name: str, metadata: Mapping[str, str], now: datetime
) -> Image:
    """Make an image of a server, once the runner is woken; until then it is queued.

    Raises NotFound, Forbidden, Conflict while the server is locked, busy or in a wrong state, and all that creating an
    image raises, as quotas are those of the Image service.
    """
    server = servers.changeable(session, caller, server_id, f"{servers.SERVERS}:create_image")
    servers.begin(server, "createImage", now)
    quotas.check(session, caller, quotas.SIZE)
    image = images.create(session, caller, _attributes(session, caller, server, name, metadata), now)
    background.submit(session, "snapshot", now, server_id=server.id, image_id=image.id)
    return image


def _attributes(
    session: Session, caller: Caller, server: Server, name: str, metadata: Mapping[str, str]
) -> dict[str, Any]:
    """Return what Nova writes of a snapshot, after what it inherits from the image and what the caller says."""
    base = server.image
    inherited = {
        name: text
        for name, text in base["properties"].items()
        if name not in NOT_INHERITED and not name.startswith("os_glance")
    }
    return {
        **inherited,
        **{name: text for name, text in metadata.items() if name not in images.ATTRIBUTES and name != "id"},
        "name": name,
        "visibility": "private",
        "disk_format": base["disk_format"],
        "container_format": base["container_format"],
        "min_disk": max(base["min_disk"], flavors.get(server.flavor_id).disk),
        "min_ram": base["min_ram"],
        "image_type": "snapshot",
        "image_location": "snapshot",
        "image_state": "available",
        "instance_uuid": server.id,
        "base_image_ref": server.image_id,
        "user_id": caller.user_id or "",
        "owner_id": server.project_id,
        "owner_user_name": _name(session, User, caller.user_id),
        "owner_project_name": _name(session, Project, caller.project_id),
        "boot_roles": ",".join(sorted(caller.roles)),
    }


def _name(session: Session, kind: type[User | Project], known: str | None) -> str:
    """Return the name of a user or project; where another Identity knows it, the id has to do."""
    return session.scalar(select(kind.name).where(kind.id == known)) or known or ""


def run(world: World, server_id: str, image_id: str) -> None:
    """Give the image the server's data, which costs no bytes."""
    with world.writing() as session:
        server, image = find(session, server_id), _waiting(session, image_id)
        if server is None and image is not None:
            image.status, image.deleted_at = "deleted", world.clock()
        if server is None:
            return
        if image is not None:
            image.locations = blobs.shared(session, server.locations)
            for name in ("size", "virtual_size", "checksum", "os_hash_algo", "os_hash_value"):
                setattr(image, name, server.image[name])
            image.status, image.updated_at = "active", world.clock()
        server.task_state, server.updated_at = None, world.clock()


def fail(world: World, reason: Exception, server_id: str, image_id: str) -> None:
    """Let there be no image, as Nova would."""
    with world.writing() as session:
        server, image = find(session, server_id), _waiting(session, image_id)
        if image is not None:
            image.status, image.deleted_at = "deleted", world.clock()
        if server is not None:
            server.task_state, server.updated_at = None, world.clock()


def _waiting(session: Session, image_id: str) -> Image | None:
    """Return the image if it waits for its data still."""
    return session.scalars(
        select(Image).where(Image.id == image_id, Image.status == "queued").with_for_update()
    ).one_or_none()
