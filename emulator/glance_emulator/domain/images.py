"""Images as records: found, created, changed, deleted. Their bytes are in `data`, the lists in `listing`."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, Table, bindparam, select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image, Member
from glance_emulator.db.rows import Reader, Row, Statement
from glance_emulator.domain import blobs, limits, policy
from glance_emulator.domain.visibility import readable, viewer
from glance_emulator.errors import BadRequest, Conflict, Forbidden, NotFound, TooLarge

READ_ONLY = frozenset({
    "id", "status", "size", "virtual_size", "checksum", "os_hash_algo", "os_hash_value", "created_at", "updated_at",
    "self", "file", "schema", "direct_url",
})  # fmt: skip
RESERVED = frozenset({"deleted", "deleted_at", "location"})
# What a new image may not be given, but an image may get by PATCH, and the other way round, as the real service has it.
READ_ONLY_AT_BIRTH = READ_ONLY - {"id", "os_hash_algo", "os_hash_value"} | {"stores"}
RESERVED_AT_BIRTH = RESERVED | {"locations"}

DEFAULTS: Mapping[str, Any] = {
    "name": None,
    "disk_format": None,
    "container_format": None,
    "visibility": "shared",
    "protected": False,
    "os_hidden": False,
    "min_disk": 0,
    "min_ram": 0,
}
ATTRIBUTES = frozenset(DEFAULTS) | {"owner", "tags"}
"""What an image's owner may say of it, besides properties of their own."""
COLUMNS: Table = Image.__table__  # type: ignore[assignment]  # SQLAlchemy types it more widely than it is
LARGEST_MINIMUM = 2**31 - 1


@dataclass(frozen=True)
class Operation:
    """One change of an image, as a PATCH asks for it."""

    op: str
    path: tuple[str, ...]
    value: Any = None
    fault: str | None = None
    """Why the value does not fit the attribute; None if it does."""


# Statements are built once: to build one takes longer than to execute it.
_ID = Image.id == bindparam("id", type_=String())
_READ = {admin: Statement(select(COLUMNS).where(_ID, readable(admin))) for admin in (False, True)}
_GET = {admin: select(Image).where(_ID, readable(admin)).with_for_update() for admin in (False, True)}


def read(reader: Reader, caller: Caller, image_id: str) -> Row:
    """Return the image as a row of its columns; raise NotFound if the caller may not know of it."""
    row = reader.one_or_none(_READ[caller.is_admin], {"id": image_id, **viewer(caller)})
    if row is None or not policy.allows(caller, "get_image"):
        raise not_found(image_id)
    return row


def get(session: Session, caller: Caller, image_id: str) -> Image:
    """Return the image, to be changed; raise NotFound if the caller may not know of it."""
    image = session.scalars(_GET[caller.is_admin], {"id": image_id, **viewer(caller)}).one_or_none()
    if image is None or not policy.allows(caller, "get_image"):
        raise not_found(image_id)
    return image


def not_found(image_id: str) -> NotFound:
    """Return the refusal for an image that is not there, or that the caller may not know of."""
    return NotFound(f"There is no image {image_id} that you can see.")


def create(session: Session, caller: Caller, attributes: Mapping[str, Any], now: datetime) -> Image:
    """Add an image that has no data yet.

    Raises Forbidden for attributes that are not the caller's to set, BadRequest for minima out of range, TooLarge
    over a quota, Conflict when the id was given to an image before, be it deleted or not visible.
    """
    for name in attributes:
        if name in READ_ONLY_AT_BIRTH or _reserved(name, RESERVED_AT_BIRTH):
            raise Forbidden(f"The attribute {name} cannot be set.")
    policy.enforce(caller, "add_image")
    given = {**DEFAULTS, **{name: attributes[name] for name in DEFAULTS if name in attributes}}
    owner = attributes.get("owner", caller.project_id)
    if owner != caller.project_id:
        policy.enforce(caller, "reassign_image")
    _check_visibility(caller, given["visibility"])
    for name in ("min_disk", "min_ram"):
        _check_minimum(name, given[name])
    properties = {
        name: value
        for name, value in attributes.items()
        if name not in ATTRIBUTES and name not in ("id", "os_hash_algo", "os_hash_value")
    }
    tags = sorted(set(attributes.get("tags", ())))
    _check_quotas(properties, tags)
    image_id = attributes.get("id") or str(uuid.uuid4())
    if "id" in attributes and session.get(Image, image_id) is not None:
        raise Conflict(f"The id {image_id} is or was that of an image.")
    image = Image(
        id=image_id, owner=owner, status="queued", created_at=now, updated_at=now, properties=properties, tags=tags,
        locations=[], size=None, virtual_size=None, checksum=None, os_hash_algo=None, os_hash_value=None,
        deleted_at=None, **given,
    )  # fmt: skip
    session.add(image)
    session.flush()
    return image


def update(session: Session, caller: Caller, image_id: str, operations: Sequence[Operation], now: datetime) -> Image:
    """Apply all operations in order, or none.

    Raises Forbidden and BadRequest for what no image allows before NotFound, then Forbidden for what this caller or
    this image does not allow, Conflict for a property that is not there, TooLarge over a quota.
    """
    for operation in operations:
        name = operation.path[0]
        if name in READ_ONLY or _reserved(name, RESERVED):
            raise Forbidden(f"The attribute {name} cannot be changed.")
        if operation.fault:
            raise BadRequest(operation.fault)
    image = get(session, caller, image_id)
    if not operations:
        return image
    policy.enforce(caller, "modify_image", image.owner)
    image.properties = dict(image.properties)  # a new object, so that SQLAlchemy sees what changes in it
    for operation in operations:
        _apply(caller, image, operation)
    _check_quotas(image.properties, image.tags)
    image.updated_at = now
    session.flush()
    return image


def _apply(caller: Caller, image: Image, operation: Operation) -> None:
    name = operation.path[0]
    if name == "locations":
        raise Forbidden("Locations are not open to change.")
    if name not in ATTRIBUTES:
        _apply_to_property(image.properties, name, operation)
        return
    if operation.op == "remove":
        raise Forbidden(f"The attribute {name} cannot be removed.")
    if name in ("disk_format", "container_format") and image.status != "queued":
        raise Forbidden(f"The attribute {name} is fixed once there is image data.")
    if name == "owner":
        policy.enforce(caller, "reassign_image")
    if name == "visibility":
        _check_visibility(caller, operation.value)
    if name in ("min_disk", "min_ram"):
        _check_minimum(name, operation.value)
    if name == "tags" and len(operation.value) > limits.TAGS:
        raise TooLarge(f"An image may have {limits.TAGS} tags, and repeated ones count here.")
    setattr(image, name, sorted(set(operation.value)) if name == "tags" else operation.value)


def _apply_to_property(properties: dict[str, str], name: str, operation: Operation) -> None:
    if operation.op != "add" and name not in properties:
        raise Conflict(f"The image has no property {name}.")
    if operation.op == "remove":
        del properties[name]
    else:
        properties[name] = operation.value


def delete(session: Session, caller: Caller, image_id: str, now: datetime) -> list[blobs.Garbage]:
    """Delete an image; return the blobs that nobody refers to any more, to be removed after the commit.

    Raises NotFound, or Forbidden for others' and for protected images.
    """
    image = get(session, caller, image_id)
    policy.enforce(caller, "delete_image", image.owner)
    if image.protected:
        raise Forbidden(f"The image {image_id} is protected; unset `protected` first.")
    garbage = blobs.release(session, image.locations)
    for member in session.scalars(select(Member).where(Member.image_id == image_id)):
        session.delete(member)
    image.status = "deleted"
    image.deleted_at = image.updated_at = now
    image.locations = []
    return garbage


def _reserved(name: str, names: frozenset[str]) -> bool:
    return name in names or name.startswith("os_glance")


def _check_visibility(caller: Caller, visibility: str) -> None:
    if visibility == "public":
        policy.enforce(caller, "publicize_image")


def _check_minimum(name: str, value: int) -> None:
    if not 0 <= value <= LARGEST_MINIMUM:
        raise BadRequest(f"{name} must be between 0 and {LARGEST_MINIMUM}.")


def _check_quotas(properties: Mapping[str, str], tags: Sequence[str]) -> None:
    for what, number, limit in (("properties", len(properties), limits.PROPERTIES), ("tags", len(tags), limits.TAGS)):
        if number > limit:
            raise TooLarge(f"An image may have {limit} {what}, this one would have {number}.")
