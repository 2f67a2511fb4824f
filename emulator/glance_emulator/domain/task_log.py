"""What the Images API tells of work in the background: one row for each import, written as the work goes on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.tasks import Task
from glance_emulator.domain import controls

KEPT = timedelta(hours=48)
"""How long a task is to be seen after its end, as in the real service's configuration."""


def begin(
    session: Session,
    caller: Caller,
    kind: str,
    now: datetime,
    *,
    image_id: str | None,
    input: Mapping[str, Any],
    request_id: str | None,
) -> Task:
    """Add a task that waits; `kind` is what the API calls its type, the caller's project its owner."""
    task = Task(
        id=controls.new_id(session, Task, "task"), type=kind, status="pending", owner=caller.project_id,
        input=dict(input), result=None, message="", image_id=image_id, user_id=caller.user_id, request_id=request_id,
        expires_at=None, created_at=now, updated_at=now, deleted_at=None,
    )  # fmt: skip
    session.add(task)
    session.flush()
    return task


def progress(session: Session, task_id: str, now: datetime, message: str = "") -> None:
    """Say that the task is being done, and what is done of it."""
    task = session.get_one(Task, task_id)
    task.status, task.message, task.updated_at = "processing", message, now


def finish(session: Session, task_id: str, now: datetime, *, failure: str | None = None, message: str = "") -> None:
    """End the task unless it has ended, well unless `failure` says why not: then that is its message."""
    task = session.get_one(Task, task_id)
    if task.status not in ("pending", "processing"):
        return
    if failure is None:
        task.status, task.message, task.result = "success", message, {"image_id": task.image_id}
    else:
        task.status, task.message = "failure", failure
    task.updated_at, task.expires_at = now, now + KEPT
