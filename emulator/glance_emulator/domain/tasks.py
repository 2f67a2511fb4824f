"""Tasks: work that the service does for somebody in the background, listed, shown, ordered.

Admins see all tasks, others those of their project. A task that has ended is listed for two days more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, false, or_, select, true
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.rows import Reader
from glance_emulator.db.tasks import Task
from glance_emulator.domain import background, downloads, images, keyset, limits, policy, task_log
from glance_emulator.errors import BadRequest, NotFound

STATUSES = ("pending", "processing", "success", "failure")
# The real service runs more types than it lets one filter by.
FILTERED_TYPES = ("import",)
TEXTS = ("id", "type", "status", "owner", "image_id", "request_id", "user_id")
TIMES = ("created_at", "updated_at", "expires_at", "deleted_at")
NULLABLE = frozenset({"owner", "image_id", "request_id", "user_id", "expires_at", "deleted_at"})
# What is listed is not deleted, so this key sorts nothing; but it is one.
SORT_KEYS = {**{name: name for name in (*TEXTS, *TIMES)}, "deleted": "deleted_at"}
TIES = ("created_at", "id")
COLUMNS: Table = Task.__table__  # type: ignore[assignment]  # SQLAlchemy types it more widely than it is


@dataclass(frozen=True)
class Query:
    """What is asked of the list, checked."""

    filters: Mapping[str, str] = field(default_factory=dict)
    key: str = "created_at"
    direction: str = "desc"
    limit: int = limits.PAGE
    marker: str | None = None


def parse(given: Sequence[tuple[str, str]]) -> Query:
    """Return the query that was asked; raise BadRequest for a parameter that cannot be.

    Of a parameter that is repeated the first value counts; one that is unknown does not count.
    """
    asked = dict(reversed(given))
    key, direction = asked.pop("sort_key", "created_at"), asked.pop("sort_dir", "desc")
    if key not in SORT_KEYS:
        raise BadRequest(f"Tasks cannot be sorted by {key!r}; the keys are {', '.join(SORT_KEYS)}.")
    if direction not in ("asc", "desc"):
        raise BadRequest(f"The sort direction must be asc or desc, not {direction!r}.")
    for name, values in (("status", STATUSES), ("type", FILTERED_TYPES)):
        if asked.get(name) and asked[name] not in values:
            raise BadRequest(f"The filter {name} is one of {', '.join(values)}, not {asked[name]!r}.")
    limit, marker = _limit(asked.pop("limit", str(limits.PAGE))), asked.pop("marker", None)
    return Query(asked, key, direction, limit, marker)


def _limit(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = -1
    if number < 0:
        raise BadRequest(f"limit must be a whole number from 0 on, not {text!r}.")
    return min(number, limits.LONGEST_PAGE)


def admit(caller: Caller) -> None:
    """Raise Forbidden for who may not use the API of tasks."""
    policy.enforce(caller, "tasks_api_access")


def index(session: Session, caller: Caller, query: Query, now: datetime) -> Sequence[Task]:
    """Return a page of the list; raise Forbidden, or BadRequest for a marker that is no task."""
    admit(caller)
    statement = select(Task).where(_seen(caller), _lasting(now), *_conditions(query.filters))
    # created_at and id settle ties, so that pages neither repeat nor miss a task. So does the real service, which
    # looks no further when it is asked to sort by one of the two: `id` is the order of creation there.
    keys = TIES if query.key in TIES else (SORT_KEYS[query.key], *TIES)
    order = [(key, query.direction) for key in keys]
    if query.marker is not None:
        marker = _marker(session, caller, query.marker)
        statement = statement.where(keyset.behind(COLUMNS.c, order, NULLABLE, marker))
    return session.scalars(statement.order_by(*keyset.sort(COLUMNS.c, order, NULLABLE)).limit(query.limit)).all()


def _seen(caller: Caller) -> ColumnElement[bool]:
    return true() if caller.is_admin else Task.owner == caller.project_id


def _lasting(now: datetime) -> ColumnElement[bool]:
    return or_(Task.expires_at.is_(None), Task.expires_at > now)


def _conditions(filters: Mapping[str, str]) -> Sequence[ColumnElement[bool]]:
    texts = [getattr(Task, name) == filters[name] for name in TEXTS if name in filters]
    # Times are kept to the microsecond, and no answer of this API tells them so exactly.
    return [*texts, *(false() for name in TIMES if name in filters)]


def _marker(session: Session, caller: Caller, marker: str) -> Task:
    task = session.scalars(select(Task).where(Task.id == marker, _seen(caller))).one_or_none()
    if task is None:
        raise BadRequest(f"The marker {marker!r} is no task.")
    return task


def get(session: Session, caller: Caller, task_id: str) -> Task:
    """Return a task, even one that is not listed any more; raise Forbidden or NotFound."""
    admit(caller)
    task = session.scalars(select(Task).where(Task.id == task_id, _seen(caller))).one_or_none()
    if task is None:
        raise NotFound(f"There is no task {task_id} that you can see.")
    return task


def of_image(reader: Reader, caller: Caller, image_id: str, now: datetime) -> Sequence[Any]:
    """Return the tasks of an image that the caller may see, the oldest first; raise NotFound for the image."""
    images.read(reader, caller, image_id)
    with reader.connection() as connection:
        mine = (Task.image_id == image_id, _seen(caller), _lasting(now))
        return connection.execute(select(COLUMNS).where(*mine).order_by(Task.created_at, Task.id)).all()


def check(caller: Caller, type_: str, given: Mapping[str, Any]) -> None:
    """Raise BadRequest for what is refused at once; looks hosts up, so not to be called in a transaction.

    All else that is wrong with a task's input makes the task fail.
    """
    if type_ == "location_import" and "locations-api" in caller.lacks:
        raise BadRequest("There are no tasks of type location_import in this release.")
    if type_ != "import" or "task-input" in caller.lacks:
        return
    source = given.get("import_from")
    fault = downloads.fault(source) if isinstance(source, str) and source.startswith("http") else "it is no http URL"
    if fault:
        raise BadRequest(f"An image cannot be imported from {source!r}: {fault}.")


def create(
    session: Session, caller: Caller, type_: str, given: Mapping[str, Any], request_id: str, now: datetime
) -> Task:
    """Order a task with input that was checked, to be done in the background; raise Forbidden."""
    admit(caller)
    image_id = given.get("image_id")
    task = task_log.begin(
        session, caller, type_, now, image_id=image_id if isinstance(image_id, str) else None, input=given,
        request_id=request_id,
    )  # fmt: skip
    background.submit(session, "task", now, task_id=task.id, roles=sorted(caller.roles))
    return task
