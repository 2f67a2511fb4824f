"""Data that stay where they are, somebody else's: an image is told of them, and hashes them in the background."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image
from glance_emulator.db.rows import Reader
from glance_emulator.db.tasks import Task
from glance_emulator.domain import background, downloads, images, locations, policy, task_log
from glance_emulator.errors import BadRequest, Conflict, Forbidden, NotFound, Refusal
from glance_emulator.storage import Store

if TYPE_CHECKING:
    from glance_emulator.domain.worlds import World

Validation = Mapping[str, str]
"""`os_hash_algo` and `os_hash_value` that the data must come to, or nothing."""
MARK = "os_glance_import_task"
"""The property by which an image shows that a task is about it."""
PIECE = 1 << 20
FAILED = "The location could not be added: {reason}"


def index(reader: Reader, caller: Caller, image_id: str, stores: Mapping[str, Store]) -> list[locations.Location]:
    """Return where the image's data are; raise NotFound or Forbidden: this is for services, not for users."""
    return locations.shown(stores, images.read(reader, caller, image_id, "fetch_image_location"))


def order(
    session: Session,
    caller: Caller,
    image_id: str,
    url: str,
    validation: Validation,
    stores: Mapping[str, Store],
    request_id: str,
    now: datetime,
) -> None:
    """Let a queued image have the data at `url`, once the runner is woken.

    Raises NotFound, Conflict unless it is queued, Forbidden for who may not or for URLs that only services may name,
    BadRequest for a hash that is none and a URL that is not fetched, Conflict while another task is about the image.
    """
    image = images.get(session, caller, image_id)
    if image.status != "queued":
        raise Conflict(f"The image {image_id} is {image.status}; only a queued one can be given a location.")
    policy.enforce(caller, "add_image_location", image.owner, image)
    if "service" not in caller.roles and locations.reader_of(stores, url) is None:
        raise Forbidden("No store reads from there; a store of the kind http: reads from the web.")
    fault = locations.hash_fault(validation["os_hash_algo"], validation["os_hash_value"]) if validation else None
    if fault:
        raise BadRequest(fault)
    fault = downloads.fault(url) if locations.reader_of(stores, url) else None
    if fault:
        raise BadRequest(f"{url} cannot be fetched: {fault}.")
    if MARK in image.properties:
        raise Conflict(f"A task is about the image {image_id} already.")
    task = task_log.begin(
        session, caller, "location_import", now, image_id=image_id, request_id=request_id,
        input={"image_id": image_id, "loc_url": url, "validation_data": dict(validation)},
    )  # fmt: skip
    image.properties = {**image.properties, MARK: task.id}
    # A service may ask this for any image that it sees, and the real one then fails, unless the image is its own.
    foreign = not caller.is_admin and caller.project_id != image.owner
    background.submit(session, "location", now, task_id=task.id, foreign=foreign)


def run(world: World, task_id: str, foreign: bool) -> None:
    """Add the location, and hash what is there."""
    with world.writing() as session:
        task = session.get_one(Task, task_id)
        task_log.progress(session, task_id, world.clock())
    if foreign:
        raise Forbidden("The image is another project's.")
    url, validation = task.input["loc_url"], task.input["validation_data"]
    places = locations.survey(world.stores, [url])
    with world.writing() as session:
        _begin(_waiting(session, task), url, validation, places, world.clock())
    checksum, digest = _hashes(world.stores[places.found[url].store], url, validation)
    if validation and digest != validation["os_hash_value"].lower():
        raise BadRequest("The data there do not come to the hash that was given.")
    with world.writing() as session:
        image = _waiting(session, task)
        image.checksum, image.os_hash_value = checksum, digest
        image.os_hash_algo = validation.get("os_hash_algo", locations.USUAL_HASH)
        image.status = "active"
        _leave(session, task, world.clock())
        task_log.finish(session, task_id, world.clock())


def _begin(image: Image, url: str, validation: Validation, places: locations.Places, now: datetime) -> None:
    """Give the image its location, unless this was done already when the task was cut off."""
    if image.status == "queued":
        locations.append(image, {"url": url, "metadata": {}}, places)
        image.size, image.updated_at = places.found[url].size, now
        image.status = "importing" if validation else "active"


def _hashes(store: Store, url: str, validation: Validation) -> tuple[str, str]:
    """Return MD5 and the hash wanted of what is there."""
    md5 = hashlib.md5(usedforsecurity=False)
    wanted = hashlib.new(validation.get("os_hash_algo", locations.USUAL_HASH), usedforsecurity=False)
    with store.open(url) as file:
        while piece := file.read(PIECE):
            md5.update(piece)
            wanted.update(piece)
    return md5.hexdigest(), wanted.hexdigest()


def _waiting(session: Session, task: Task) -> Image:
    """Return the image that the task is about; raise NotFound if it was deleted, or got its data otherwise."""
    image = session.scalars(select(Image).where(Image.id == task.image_id).with_for_update()).one()
    if image.properties.get(MARK) != task.id or image.deleted_at is not None:
        raise NotFound("The image is there no more.")
    known = any(location.get("url") == task.input["loc_url"] for location in image.locations)
    if image.status != "queued" and not known:
        raise Conflict("The image got other data meanwhile.")
    return image


def _leave(session: Session, task: Task, now: datetime) -> Image | None:
    """Let the image be without the task; return it, unless it was deleted."""
    image = session.scalars(select(Image).where(Image.id == task.image_id).with_for_update()).one()
    if image.properties.get(MARK) == task.id:
        image.properties = {name: value for name, value in image.properties.items() if name != MARK}
        image.updated_at = now
    return None if image.deleted_at else image


def fail(world: World, reason: Exception, task_id: str, **_: Any) -> None:
    """Let the image wait again; what it was told of stays with it, as in the real service."""
    text = reason.message if isinstance(reason, Refusal) else str(reason)
    with world.writing() as session:
        task = session.get_one(Task, task_id)
        image = _leave(session, task, world.clock())
        if image is not None and image.status == "importing":
            image.status, image.size = "queued", None
        task_log.finish(session, task_id, world.clock(), failure=FAILED.format(reason=text))
