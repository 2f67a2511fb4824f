"""Work in the background: submitted with what makes it necessary, in one transaction, and done after the commit.

What is to be done is a row, so it survives the process that was to do it: another takes it up from the beginning.
"""

from __future__ import annotations

import importlib
import logging
import os
import threading
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from glance_emulator.db.rows import Reader, Statement
from glance_emulator.db.tasks import Job
from glance_emulator.domain import controls
from glance_emulator.errors import Conflict

if TYPE_CHECKING:
    from glance_emulator.domain.worlds import World

log = logging.getLogger(__name__)

KINDS: Mapping[str, str] = {
    "cache": "glance_emulator.domain.cache",
    "import": "glance_emulator.domain.import_runs",
    "server": "glance_emulator.domain.server_runs",
    "snapshot": "glance_emulator.domain.server_images",
    "location": "glance_emulator.domain.location_orders",
    "task": "glance_emulator.domain.task_runs",
}
"""The kinds of work, and the module of each.

Its `run(world, **arguments)` does the work, and may have been cut off at any place before; where that raises,
`fail(world, reason, **arguments)` says what is left of it.
"""
AT_A_TIME = 4
"""Jobs that a process does side by side."""

# What waits for nothing has no time at which it is due, and comes first.
_READY = (Job.process.is_(None), Job.held.is_(False), Job.polls.is_(None))
_WAITING = Statement(select(Job.due).where(*_READY).order_by(Job.due.nulls_first()).limit(1))
_NEXT = select(Job).where(*_READY).order_by(Job.due.nulls_first(), Job.created_at).limit(1)
LONGEST = timedelta(minutes=10)
"""How long a process sleeps before it looks again whether something is due."""


def submit(session: Session, kind: str, now: datetime, **arguments: Any) -> None:
    """Let work be done once the transaction is committed and the world's runner is woken.

    Where the world's controls say so, it waits: for a time, for polls, or until it is released.
    """
    told = controls.of(session).transition(kind, arguments.get("method") or arguments.get("action"))
    session.add(
        Job(
            id=str(uuid.uuid4()), kind=kind, arguments=arguments, process=None, held=told.get("by_hand", False),
            polls=told.get("polls"), due=now + timedelta(seconds=told["after"]) if "after" in told else None,
            created_at=now,
        )
    )  # fmt: skip


def release(session: Session, kind: str | None = None, about: str | None = None) -> list[Job]:
    """Let work go on that waits for anything: of this kind, and about what has this id; return it."""
    waiting = (Job.held, Job.polls.is_not(None), Job.due.is_not(None))
    found = session.scalars(select(Job).where(Job.process.is_(None), or_(*waiting)).order_by(Job.created_at))
    released = [
        job
        for job in found
        if kind in (None, job.kind, name(job)) and (about is None or about in job.arguments.values())
    ]
    for job in released:
        job.held, job.polls, job.due = False, None, None
    return released


def undone(session: Session) -> Sequence[Job]:
    """Return the work that waits or is being done, oldest first."""
    return session.scalars(select(Job).order_by(Job.created_at, Job.id)).all()


def name(job: Job) -> str:
    """Return what the work is: `import.web-download`, `server.build`, `snapshot`."""
    of = job.arguments.get("method") or job.arguments.get("action")
    return f"{job.kind}.{of}" if of else job.kind


def poll(session: Session, about: str) -> bool:
    """Count a look at what has this id; say whether work about it has waited for its last one, and can be done."""
    found = session.scalars(select(Job).where(Job.process.is_(None), Job.polls.is_not(None)))
    ready = False
    for job in found:
        if about in job.arguments.values():
            job.polls = job.polls - 1 if job.polls else None
            ready = ready or job.polls is None
    return ready


def give_back(session: Session, process: int | None = None) -> None:
    """Let the work of a process, or of every process, wait to be taken up again."""
    of_whom = () if process is None else (Job.process == process,)
    session.execute(update(Job).where(*of_whom).values(process=None))


class Runner:
    """Does a world's work, in threads that are there only while there is any."""

    def __init__(self, world: World) -> None:
        """Take the world; nothing is begun yet."""
        self._world = world
        self._lock = threading.Lock()
        self._threads = 0
        self._alarm: threading.Timer | None = None
        self._woken = False
        self._stopping = False

    def wake(self) -> None:
        """Look for work soon."""
        with self._lock:
            self._woken = True
            if self._threads == AT_A_TIME or self._stopping:
                return
            self._threads += 1
        threading.Thread(target=self._work, name="background", daemon=True).start()

    def stop(self) -> None:
        """Begin nothing more; what is being done is cut off with the process, and taken up when another begins."""
        with self._lock:
            self._stopping = True
            if self._alarm is not None:
                self._alarm.cancel()

    def work_off(self) -> None:
        """Do what can be done now, and come back when it is."""
        while job := self._take():
            self._do(job)

    def _sleep(self, due: datetime) -> None:
        """Look again when something is due, unless the clock stands still: who moves it will wake us."""
        if self._world.controls.frozen:
            return
        left = min(due - self._world.clock(), LONGEST).total_seconds()
        with self._lock:
            if self._alarm is not None:
                self._alarm.cancel()
            if not self._stopping:
                self._alarm = threading.Timer(max(left, 0), self.wake)
                self._alarm.daemon = True
                self._alarm.start()

    def _work(self) -> None:
        while self._is_wanted():
            try:
                self.work_off()
            except Exception as reason:
                if not self._stopping:
                    log.error("work in the background cannot be looked for", exc_info=reason)

    def _is_wanted(self) -> bool:
        with self._lock:
            wanted, self._woken = self._woken and not self._stopping, False
            if not wanted:
                self._threads -= 1
            return wanted

    def _take(self) -> Job | None:
        with Reader(self._world.engine) as reader:
            first = reader.one_or_none(_WAITING, {})
        if self._stopping or first is None:
            return None
        if first.due is not None and first.due > self._world.clock():
            self._sleep(first.due)
            return None
        now = self._world.clock()
        with self._world.writing() as session:
            ready = _NEXT.where(or_(Job.due.is_(None), Job.due <= now)).with_for_update(skip_locked=True)
            job = session.scalars(ready).one_or_none()
            if job is not None:
                job.process = os.getpid()
            return job

    def _do(self, job: Job) -> None:
        kind = importlib.import_module(KINDS[job.kind])
        try:
            _fail_if_wanted(self._world, job)
            kind.run(self._world, **job.arguments)
        except Exception as reason:
            if self._stopping:
                return  # it may have failed because everything is coming to its end
            kind.fail(self._world, reason, **job.arguments)
        with self._world.writing() as session:
            session.execute(delete(Job).where(Job.id == job.id))  # it may be gone, with the world as it was


def _fail_if_wanted(world: World, job: Job) -> None:
    if world.controls.read(controls.FAULTS) is None:
        return
    from glance_emulator.domain import faults  # late: few have any

    message = faults.of_work(world, job.kind, job.arguments)
    if message is not None:
        raise Conflict(message)
