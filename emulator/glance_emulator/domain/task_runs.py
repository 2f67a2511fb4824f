"""Tasks that were ordered as such, being done: a task ends, well or with a message that says why not.

What is done is the older import, which makes an image of its own. It belongs to no project, as with the real service;
its formats are those that the order names, since nothing here looks into data as qemu-img does there. The other types
are the service's own: they fail unless they come from an order at the image itself, and there it is `imports` and
`location_orders` that do them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image
from glance_emulator.db.tasks import Task
from glance_emulator.domain import images, import_runs, task_log
from glance_emulator.domain.imports import FAILED, IMPORTING, TASK
from glance_emulator.errors import BadRequest, Conflict, Refusal

if TYPE_CHECKING:
    from glance_emulator.domain.worlds import World

NEEDED: Mapping[str, tuple[str, ...]] = {
    "import": ("import_from", "import_from_format", "image_properties"),
    "api_image_import": ("image_id", "import_req"),
    "location_import": ("image_id", "loc_url", "validation_data"),
}
"""What each type of task has to be told."""
METHOD = "web-download"
TELLING = {TASK, IMPORTING, FAILED}
"""Properties that an image has while it is imported, and that it keeps only after an import of the newer kind."""


def run(world: World, task_id: str, roles: Iterable[str]) -> None:
    """Do the task, as somebody with these roles."""
    with world.writing() as session:
        task = session.get_one(Task, task_id)
        task_log.progress(session, task_id, world.clock())
        missing = [name for name in NEEDED[task.type] if name not in task.input]
    if missing:
        raise BadRequest(f"The input of a task of type {task.type} needs {', '.join(missing)}.")
    if task.type != "import":
        raise Conflict(f"Tasks of type {task.type} are ordered at the image that they are about.")
    image_id = _image_of(task_id)
    with world.writing() as session:
        _begin(session, world, session.get_one(Task, task_id), image_id, frozenset(roles))
    import_runs.run(world, image_id, task_id, METHOD, _stores(world), True, {"url": task.input["import_from"]})
    with world.writing() as session:
        _finish(session, image_id, task_id)


def _image_of(task_id: str) -> str:
    """Return the id of the task's image: always the same, so that a task that was cut off makes no second one."""
    return str(uuid.uuid5(uuid.UUID(task_id), "image"))


def _stores(world: World) -> list[str]:
    return [next(iter(world.stores))]


def _begin(session: Session, world: World, task: Task, image_id: str, roles: frozenset[str]) -> None:
    task.image_id = image_id
    if session.get(Image, image_id) is not None:
        return
    nobody = Caller(task.user_id, None, roles)
    attributes = {**_attributes(task.input["image_properties"]), "id": image_id}
    image = images.create(session, nobody, attributes, world.clock())
    if image.disk_format is None or image.container_format is None:
        raise BadRequest("image_properties must tell the disk_format and the container_format.")
    image.status = "importing"
    image.properties = {**image.properties, TASK: task.id}


def _attributes(given: Any) -> dict[str, Any]:
    """Return what the image is to be; raise BadRequest for what it cannot be. Its own properties become strings."""
    if not isinstance(given, dict) or "id" in given:
        raise BadRequest("image_properties must be an object without an id.")
    for name, default in images.DEFAULTS.items():
        kind = str if default is None else type(default)
        if name in given and not isinstance(given[name], kind):
            raise BadRequest(f"In image_properties, {name} is of the wrong type.")
    known = images.ATTRIBUTES | images.READ_ONLY_AT_BIRTH
    return {name: value if name in known else str(value) for name, value in given.items()}


def _finish(session: Session, image_id: str, task_id: str) -> None:
    task, image = session.get_one(Task, task_id), session.get_one(Image, image_id)
    if image.deleted_at is None:
        image.properties = {name: value for name, value in image.properties.items() if name not in TELLING}
    if task.status == "success":
        # Its result names the image; the task itself is not one of the image's, as with the real service.
        task.image_id, task.message = None, ""


def fail(world: World, reason: Exception, task_id: str, roles: Iterable[str]) -> None:
    """Say that the task failed, and leave no image behind."""
    image_id, now = _image_of(task_id), world.clock()
    with world.reading() as session:
        begun = session.get(Image, image_id) is not None
    if begun:
        import_runs.fail(world, reason, image_id, task_id, METHOD, _stores(world), True, {})
    with world.writing() as session:
        message = reason.message if isinstance(reason, Refusal) else f"The task failed: {type(reason).__name__}."
        task_log.finish(session, task_id, now, failure=message)
        session.get_one(Task, task_id).image_id = _named_image(session.get_one(Task, task_id).input)
        image = session.get(Image, image_id)
        if image is not None and image.deleted_at is None:
            image.status, image.deleted_at, image.updated_at = "deleted", now, now


def _named_image(given: Mapping[str, Any]) -> str | None:
    named = given.get("image_id")
    return named if isinstance(named, str) else None
