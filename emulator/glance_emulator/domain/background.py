"""Work in the background: submitted with what makes it necessary, in one transaction, and done after the commit.

What is to be done is a row, so it survives the process that was to do it: another takes it up from the beginning.
"""

from __future__ import annotations

import importlib
import logging
import os
import threading
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from glance_emulator.db.rows import Reader, Statement
from glance_emulator.db.tasks import Job

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

_WAITING = Statement(select(Job.id).where(Job.process.is_(None)).limit(1))
_NEXT = select(Job).where(Job.process.is_(None)).order_by(Job.created_at).limit(1).with_for_update(skip_locked=True)


def submit(session: Session, kind: str, now: datetime, **arguments: Any) -> None:
    """Let work be done once the transaction is committed and the world's runner is woken."""
    session.add(Job(id=str(uuid.uuid4()), kind=kind, arguments=arguments, process=None, created_at=now))


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

    def _work(self) -> None:
        while self._is_wanted():
            try:
                while job := self._take():
                    self._do(job)
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
            if self._stopping or reader.one_or_none(_WAITING, {}) is None:
                return None
        with self._world.writing() as session:
            job = session.scalars(_NEXT).one_or_none()
            if job is not None:
                job.process = os.getpid()
            return job

    def _do(self, job: Job) -> None:
        kind = importlib.import_module(KINDS[job.kind])
        try:
            kind.run(self._world, **job.arguments)
        except Exception as reason:
            if self._stopping:
                return  # it may have failed because everything is coming to its end
            kind.fail(self._world, reason, **job.arguments)
        with self._world.writing() as session:
            session.delete(session.merge(job))
