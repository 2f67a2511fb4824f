"""Who calls the domain's functions in these tests, and what they have."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image, Member
from glance_emulator.db.rows import Reader
from glance_emulator.domain import data, images, members, transfer
from glance_emulator.domain.worlds import World


def member_of(project: str | None, *roles: str) -> Caller:
    """Return a user of the project, with the roles member and reader unless others are named."""
    return Caller(f"user of {project}", project, frozenset(roles or ("member", "reader")))


PRODUCER = member_of("producer")
CONSUMER = member_of("consumer")
OUTSIDER = member_of("outsider")
READER = member_of("producer", "reader")
NOBODY = member_of(None)
"""Somebody whose token is for no project."""
ADMIN = member_of("admin", "admin", "member", "reader")

NOW = datetime.fromisoformat("2026-01-31T12:00:00")
LATER = datetime.fromisoformat("2026-01-31T13:00:00")


def add_image(world: World, caller: Caller = PRODUCER, /, **attributes: Any) -> str:
    """Create an image as its owner would; return its id."""
    body = {"disk_format": "raw", "container_format": "bare", **attributes}
    with world.writing() as session:
        return images.create(session, caller, body, NOW).id


def put_image(world: World, **columns: Any) -> str:
    """Write the row of an image, whatever is in it; return its id."""
    defaults: dict[str, Any] = {
        "id": str(uuid.uuid4()), "owner": "producer", "status": "queued", "visibility": "shared", "os_hidden": False,
        "protected": False, "min_disk": 0, "min_ram": 0, "created_at": NOW, "updated_at": NOW, "properties": {},
        "tags": [], "locations": [],
    }  # fmt: skip
    row = {**defaults, **columns}
    with world.writing() as session:
        session.add(Image(**row))
    return str(row["id"])


def offer(world: World, image_id: str, status: str = "pending", to: Caller = CONSUMER) -> None:
    """Make the project of `to` a member of the producer's image; `removed` is a status here too."""
    assert to.project_id is not None
    with world.writing() as session:
        members.add(session, PRODUCER, image_id, to.project_id, NOW)
        if status == "removed":
            members.revoke(session, PRODUCER, image_id, to.project_id, NOW)
        elif status != "pending":
            members.answer(session, to, image_id, to.project_id, status, NOW)


def upload(
    world: World,
    image_id: str,
    pieces: Iterable[bytes],
    declared: int | None = None,
    store: str = "local",
    caller: Caller = PRODUCER,
) -> None:
    """Upload an image's data, in the steps in which a request does."""
    with world.writing() as session:
        inspector = data.begin(session, caller, image_id)
    incoming = world.stores[store].receive(image_id)
    try:
        received = transfer.receive(incoming, pieces, inspector, declared)
        with world.writing() as session:
            data.finish(session, image_id, store, received, LATER)
    except BaseException:
        with world.writing() as session:
            data.abandon(session, image_id)
        raise
    finally:
        incoming.drop()


def stored(world: World, image_id: str) -> Image:
    """Return an image as it lies in the database."""
    with world.reading() as session:
        return session.get_one(Image, image_id)


def memberships(world: World) -> list[Member]:
    with world.reading() as session:
        return list(session.scalars(select(Member)))


def seen(world: World, caller: Caller, image_id: str) -> Any:
    """Return the image as the caller reads it."""
    with Reader(world.engine) as reader:
        return images.read(reader, caller, image_id)
