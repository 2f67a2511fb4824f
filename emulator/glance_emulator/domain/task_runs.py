"""Tasks that were ordered as such, being done: a task ends, well or with a message that says why not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from glance_emulator.db.tasks import Task
from glance_emulator.domain import task_log
from glance_emulator.errors import Refusal

if TYPE_CHECKING:
    from glance_emulator.domain.worlds import World

NEEDED: Mapping[str, tuple[str, ...]] = {
    "import": ("import_from", "import_from_format", "image_properties"),
    "api_image_import": ("image_id", "import_req"),
    "location_import": ("image_id", "loc_url", "validation_data"),
}
"""What each type of task has to be told."""


def run(world: World, task_id: str, roles: list[str]) -> None:
    """Do the task, as somebody with these roles."""
    with world.writing() as session:
        task = session.get_one(Task, task_id)
        task_log.progress(session, task_id, world.clock())
        fault = _fault(task.type, task.input) or f"Tasks of type {task.type} are not done here: use the API of images."
        task_log.finish(session, task_id, world.clock(), failure=fault)


def _fault(type_: str, given: Mapping[str, Any]) -> str | None:
    missing = [name for name in NEEDED[type_] if name not in given]
    return f"The input of a task of type {type_} needs {', '.join(missing)}." if missing else None


def fail(world: World, reason: Exception, task_id: str, roles: list[str]) -> None:
    """Say that the task failed."""
    message = reason.message if isinstance(reason, Refusal) else "The emulator failed while it did this task."
    with world.writing() as session:
        task_log.finish(session, task_id, world.clock(), failure=message)
