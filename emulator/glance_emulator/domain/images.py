"""Images as records: found, created, changed, deleted. Their bytes are in `data`, the lists in `listing`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import String, Table, bindparam, select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.cache import CacheEntry
from glance_emulator.db.images import Image, Member
from glance_emulator.db.rows import Reader, Row, Statement
from glance_emulator.domain import blobs, cache_entries, controls, limits, locations, policy, quotas
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
# Of these, what the real service refuses only once the images of the project are counted.
FIXED_AFTER_COUNTING = frozenset({
    "size", "virtual_size", "status", "checksum", "created_at", "updated_at", "locations",
})  # fmt: skip

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
FORMATLESS = ("queued", "importing")
"""The states of an image whose formats may change; while it is `uploading` they may not, as in the real service."""


@dataclass(frozen=True)
class Operation:
    """One change of an image, as a PATCH asks for it; `add` overwrites, `create` does not."""

    op: str
    path: tuple[str, ...]
    value: Any = None
    fault: str | None = None
    """Why the value does not fit the attribute; None if it does."""


# Statements are built once: to build one takes longer than to execute it.
_ID = Image.id == bindparam("id", type_=String())
# By whether the caller is an admin, and whether rejections have the other meaning.
_KINDS = tuple(product((False, True), repeat=2))
_READ = {kind: Statement(select(COLUMNS).where(_ID, readable(*kind))) for kind in _KINDS}
_GET = {kind: select(Image).where(_ID, readable(*kind)).with_for_update() for kind in _KINDS}


def read(reader: Reader, caller: Caller, image_id: str, action: str = "get_image") -> Row:
    """Return the image as a row of its columns; raise NotFound if the caller may not know of it.

    Whoever has something else in mind than to look at it names that `action`; raises Forbidden then as well.
    """
    row = find(reader, caller, image_id)
    policy.enforce(caller, action, row.owner, row)
    return row


def find(reader: Reader, caller: Caller, image_id: str) -> Row:
    """Return the image as a row; raise NotFound if it is not there for the caller. Policy is not asked yet."""
    row = reader.one_or_none(_READ[caller.is_admin, caller.lost_by_rejection], {"id": image_id, **viewer(caller)})
    if row is None:
        raise not_found(image_id)
    return row


def get(session: Session, caller: Caller, image_id: str) -> Image:
    """Return the image, to be changed; raise NotFound if it is not there for the caller.

    Policy is not asked yet: it is the action's to say whether the caller may know of the image.
    """
    image = session.scalars(
        _GET[caller.is_admin, caller.lost_by_rejection], {"id": image_id, **viewer(caller)}
    ).one_or_none()
    if image is None:
        raise not_found(image_id)
    return image


def not_found(image_id: str) -> NotFound:
    """Return the refusal for an image that is not there, or that the caller may not know of."""
    return NotFound(f"There is no image {image_id} that you can see.")


def refuse_links(names: Collection[str]) -> None:
    """Raise Forbidden for what a document says by itself: the real service looks at these before it looks at values."""
    for name in ("self", "file", "schema", "direct_url", "stores"):
        if name in names:
            raise Forbidden(f"The attribute {name} cannot be set.")


def create(session: Session, caller: Caller, attributes: Mapping[str, Any], now: datetime) -> Image:
    """Add an image that has no data yet.

    Raises Forbidden for attributes that are not the caller's to set, BadRequest for minima out of range, TooLarge
    over a quota, BadRequest for characters that cannot be stored, Conflict when the id was given to an image before,
    be it deleted or not visible.
    """
    _check_formats(caller, attributes.get("container_format"))
    _refuse_fixed(caller, (name for name in attributes if name not in FIXED_AFTER_COUNTING))
    given = {**DEFAULTS, **{name: attributes[name] for name in DEFAULTS if name in attributes}}
    owner = attributes.get("owner", caller.project_id)
    # So the real service describes to policy what there is to be: a visibility that is not given is `private` here.
    visibility = attributes.get("visibility", "private")
    wanted = {"project_id": caller.project_id, "owner": owner, "visibility": visibility}
    policy.enforce(caller, "add_image", owner, wanted)
    if owner != caller.project_id:
        _check_reassignment(caller)
    _check_visibility(caller, given["visibility"], owner, wanted)
    quotas.check(session, caller, quotas.COUNT, 1)
    _refuse_fixed(caller, attributes)
    for name in ("min_disk", "min_ram"):
        _check_minimum(name, given[name])
    properties = {
        name: value
        for name, value in attributes.items()
        if name not in ATTRIBUTES and name not in ("id", "os_hash_algo", "os_hash_value")
    }
    for name in properties:
        _check_protection(caller, "create", name)
    tags = sorted(set(attributes.get("tags", ())))
    _check_quotas(properties, attributes.get("tags", ()))  # repeated ones count
    _check_storable(attributes)
    image_id = attributes.get("id") or controls.new_id(session, Image, "image")
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


def update(
    session: Session,
    caller: Caller,
    image_id: str,
    operations: Sequence[Operation],
    now: datetime,
    places: locations.Places | None = None,
) -> Image:
    """Apply all operations in order, or none; those on locations only with `places`.

    Raises Forbidden and BadRequest for what no image allows before NotFound, then Forbidden for what this caller or
    this image does not allow, Conflict for a property that is not there, TooLarge over a quota, BadRequest for
    characters that cannot be stored.
    """
    for operation in operations:
        name = operation.path[0]
        if name in READ_ONLY or _reserved(caller, name, RESERVED):
            raise Forbidden(f"The attribute {name} cannot be changed.")
        if operation.fault:
            raise BadRequest(operation.fault)
        if name == "container_format":
            _check_formats(caller, operation.value)
    image = get(session, caller, image_id)
    if not operations:
        return image
    image.properties = dict(image.properties)  # a new object, so that SQLAlchemy sees what changes in it
    for operation in operations:
        # So the real service judges each: its own privilege first, even for who may not know of the image.
        _check_privilege(caller, image, operation, places)
        policy.enforce(caller, "modify_image", image.owner, image)
        if operation.path[0] == "locations":
            locations.change(session, caller, image, operation.op, operation.path, operation.value, places)
        else:
            _apply(caller, image, operation)
    _check_quotas(image.properties, image.tags)
    _check_storable({operation.path[0]: operation.value for operation in operations})
    image.updated_at = now
    session.flush()
    return image


def _check_privilege(caller: Caller, image: Image, operation: Operation, places: locations.Places | None) -> None:
    name = operation.path[0]
    # Who owns the image may say so again, if by `add`.
    confirmed = operation.op == "add" and operation.value == image.owner == caller.project_id
    if name == "owner" and operation.op != "create" and not confirmed:
        _check_reassignment(caller)
    if name == "visibility":
        _check_visibility(caller, operation.value, image.owner, image)
    if name == "locations" and places is None:
        raise Forbidden("Locations are not open to change.")


def _apply(caller: Caller, image: Image, operation: Operation) -> None:
    name = operation.path[0]
    if name not in ATTRIBUTES:
        _apply_to_property(caller, image.properties, name, operation)
        return
    if operation.op == "remove":
        raise Forbidden(f"The attribute {name} cannot be removed.")
    if operation.op == "create":
        raise Conflict(f"The image has a {name}, be it null.")
    if name in ("disk_format", "container_format") and image.status not in FORMATLESS:
        raise Forbidden(f"The attribute {name} is fixed once there is image data.")
    if name in ("min_disk", "min_ram"):
        _check_minimum(name, operation.value)
    if name == "tags" and len(operation.value) > limits.TAGS:
        raise TooLarge(f"An image may have {limits.TAGS} tags, and repeated ones count here.")
    setattr(image, name, sorted(set(operation.value)) if name == "tags" else operation.value)


def _apply_to_property(caller: Caller, properties: dict[str, str], name: str, operation: Operation) -> None:
    known = name in properties and _may(caller, "read", name)
    if not known and operation.op not in ("add", "create"):
        raise Conflict(f"The image has no property {name}.")
    if known and operation.op == "create":
        raise Conflict(f"The image has a property {name}.")
    if not known:
        _check_protection(caller, "create", name)  # whether there is one that the caller cannot see or not
    if name in properties:
        _check_protection(caller, "delete" if operation.op == "remove" else "update", name)
    if operation.op == "remove":
        del properties[name]
    else:
        properties[name] = operation.value


def delete(session: Session, caller: Caller, image_id: str, now: datetime) -> list[blobs.Garbage]:
    """Delete an image; return the blobs that nobody refers to any more, to be removed after the commit.

    Raises NotFound, or Forbidden for others' and for protected images.
    """
    image = get(session, caller, image_id)
    policy.enforce(caller, "delete_image", image.owner, image)
    if image.protected:
        raise Forbidden(f"The image {image_id} is protected; unset `protected` first.")
    garbage = blobs.release(session, image.locations)
    garbage += cache_entries.forget(session, CacheEntry.image_id == image_id)
    if image.status in ("uploading", "importing"):
        garbage.append(blobs.Garbage(blobs.STAGING, image_id))
    for member in session.scalars(select(Member).where(Member.image_id == image_id)):
        session.delete(member)
    image.status = "deleted"
    image.deleted_at = image.updated_at = now
    image.locations = []
    return garbage


def hidden(caller: Caller, image: Image | Row) -> Collection[str]:
    """Return the properties of the image that the caller may not read, and `stores` while it is deactivated."""
    if image.status == "deactivated" and not caller.is_admin:
        return {"stores", *_protected(caller, image)}
    return _protected(caller, image)


def unknown(caller: Caller) -> Collection[str]:
    """Return the attributes that images did not have yet in the release that is called."""
    return [name for behaviour, names in _CAME_LATER.items() if behaviour in caller.lacks for name in names]


_CAME_LATER = {
    "image-hashes": ("os_hash_algo", "os_hash_value"),
    "image-hidden": ("os_hidden",),
    "image-stores": ("stores",),
}


def _protected(caller: Caller, image: Image | Row) -> Collection[str]:
    if caller.protections is None:
        return ()
    return {name for name in image.properties if not _may(caller, "read", name)}


def _may(caller: Caller, operation: str, name: str) -> bool:
    return caller.protections is None or caller.protections.allows(caller, operation, name)


def _check_protection(caller: Caller, operation: str, name: str) -> None:
    if not _may(caller, operation, name):
        raise Forbidden(f"The property {name} is protected.")


def _check_formats(caller: Caller, container_format: object) -> None:
    if container_format == "compressed" and "compressed" in caller.lacks:
        raise BadRequest("This release knows no container_format compressed.")


def _refuse_fixed(caller: Caller, names: Iterable[str]) -> None:
    for name in names:
        if name in READ_ONLY_AT_BIRTH or _reserved(caller, name, RESERVED_AT_BIRTH):
            raise Forbidden(f"The attribute {name} cannot be set.")


def _reserved(caller: Caller, name: str, names: frozenset[str]) -> bool:
    return name in names or (name.startswith("os_glance") and "reserved-names" not in caller.lacks)


def _check_reassignment(caller: Caller) -> None:
    if not caller.is_admin:
        raise Forbidden("Only admins may say whose an image is.")


_OPENS = {"public": "publicize_image", "community": "communitize_image"}
"""What policy calls it when an image becomes visible to everybody."""


def _check_visibility(caller: Caller, visibility: str, owner: str | None, thing: object) -> None:
    if visibility in _OPENS and not policy.allows(caller, _OPENS[visibility], owner, thing):
        raise Forbidden(f"Policy {_OPENS[visibility]} does not allow the visibility {visibility}.")


def _check_minimum(name: str, value: int) -> None:
    if not 0 <= value <= LARGEST_MINIMUM:
        raise BadRequest(f"{name} must be between 0 and {LARGEST_MINIMUM}.")


def _check_quotas(properties: Mapping[str, str], tags: Sequence[str]) -> None:
    own = len(properties) - sum(name.startswith("os_glance") for name in properties)
    for what, number, limit in (("properties", own, limits.PROPERTIES), ("tags", len(tags), limits.TAGS)):
        if number > limit:
            raise TooLarge(f"An image may have {limit} {what}, this one would have {number}.")


def _check_storable(attributes: Mapping[str, Any]) -> None:
    """Raise BadRequest for characters that the real service's databases do not hold."""
    for name, value in attributes.items():
        for text in (name, *(value if isinstance(value, list) else [value])):
            if isinstance(text, str) and not text.isascii() and max(text) > "\uffff":
                raise BadRequest(f"{name}: Characters beyond Unicode's basic plane cannot be stored.")
