"""The journal: what was asked, by whom, and what was answered; read from the ring that `web.journal` writes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import islice
from typing import Any
from urllib.parse import unquote

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.identity import Project, User
from glance_emulator.domain import explain
from glance_emulator.storage.ring import Position, Ring

SERVICES = ("image", "identity", "compute", "panel", "emulator")
_PLACES = {"identity": "identity", "compute": "compute", "panel": "panel", "_emulator": "emulator"}
"""The service behind the first part of a path; all others are the Image service's."""
BEGINNING: Position = (-1, -1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One answered request."""

    position: Position
    time: str
    """As ISO 8601, UTC."""
    method: str
    path: str
    query: str
    status: int
    milliseconds: float
    sent: int
    """Bytes of the answer's body."""
    request_id: str
    received: int
    """Bytes of the request's body; 0 where it came in chunks, too."""
    operation: str | None
    """What was asked for, as `images.show`; None where there is no such thing."""
    user_id: str | None
    project_id: str | None
    roles: frozenset[str]
    message: str | None = None
    """The refusal, as the client got it."""
    facts: Mapping[str, Any] | None = None
    """What was decisive for the refusal; see `explain.WORDS`."""

    @property
    def service(self) -> str:
        """The service that was asked."""
        return service(self.path)

    @property
    def id(self) -> str:
        """What names the entry, within its world."""
        return id_of(self.position)


def service(path: str) -> str:
    """Return the service that is asked at a path."""
    return _PLACES.get(path.split("/", 2)[1] if "/" in path else "", "image")


@dataclass(frozen=True)
class Wanted:
    """What is looked for; what is empty does not matter."""

    method: str = ""
    outcome: str = ""
    """The status, or its first digit."""
    service: str = ""
    without: str = ""
    """A service whose requests are left out."""
    project: str = ""
    operation: str = ""
    """A pattern, as `images.*`."""
    text: str = ""
    """In the path, the operation, the request's id, the refusal and why it came, the user or the project."""
    after: Position = field(default=BEGINNING)


def search(ring: Ring, caller: Caller, wanted: Wanted, limit: int) -> list[Entry]:
    """Return the newest entries that the caller may see: an admin all, others what their project asked for."""
    seen = (entry for entry in _entries(ring, wanted.after) if may_see(caller, entry))
    return list(islice((entry for entry in seen if _fits(entry, wanted, caller)), limit))


def may_see(caller: Caller, entry: Entry) -> bool:
    """Say whether the caller may know of the request."""
    return caller.is_admin or (caller.project_id is not None and caller.project_id == entry.project_id)


def names(session: Session, entries: Iterable[Entry]) -> Mapping[str | None, str]:
    """Return the names, by id, of the users and projects that asked and are there still."""
    entries = list(entries)
    users = select(User.id, User.name).where(User.id.in_({entry.user_id for entry in entries}))
    projects = select(Project.id, Project.name).where(Project.id.in_({entry.project_id for entry in entries}))
    return {id: name for statement in (users, projects) for id, name in session.execute(statement)}


def newest(ring: Ring) -> Position:
    """Return the position of the last entry."""
    return next((entry.position for entry in _entries(ring, BEGINNING)), BEGINNING)


def id_of(position: Position) -> str:
    """Return what names an entry at a position."""
    return "{}-{}".format(*position)


def position(text: str) -> Position:
    """Return the position that an entry's `id` names; that of the beginning where it names none."""
    number, _, start = text.partition("-")
    return (int(number), int(start)) if number.isdecimal() and start.isdecimal() else BEGINNING


def _entries(ring: Ring, after: Position) -> Iterator[Entry]:
    for place, line in ring.newest(after):
        with suppress(ValueError, TypeError):  # a line may have been cut off with the process, or by a full disk
            yield _entry(place, *json.loads(line))


def _entry(
    place: Position,
    moment: str,
    method: str,
    target: str,
    status: int,
    milliseconds: float,
    sent: int,
    request_id: str,
    received: str,
    operation: str | None,
    user_id: str | None,
    project_id: str | None,
    roles: str,
    message: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Entry:
    path, _, query = target.partition("?")
    return Entry(
        place, moment, method, unquote(path), query, status, milliseconds, sent, request_id, int(received),
        public(operation), user_id, project_id, frozenset(filter(None, roles.split(","))), message, facts,
    )  # fmt: skip


def public(operation: str | None) -> str | None:
    """Return the name of an operation: functions called `show_image` are so called only not to hide another `show`."""
    resource, _, verb = (operation or "").partition(".")
    return f"{resource}.{'show' if verb.startswith('show_') else verb}" if operation else None


def _fits(entry: Entry, wanted: Wanted, caller: Caller) -> bool:
    return (
        wanted.method in ("", entry.method)
        and str(entry.status).startswith(wanted.outcome)
        and wanted.service in ("", entry.service)
        and wanted.without != entry.service
        and wanted.project in ("", entry.project_id)
        and (not wanted.operation or fnmatchcase(entry.operation or "", wanted.operation))
        and _has(entry, wanted.text.lower(), caller)
    )


def _has(entry: Entry, wanted: str, caller: Caller) -> bool:
    """Say whether a text is in what the caller may know of the request."""
    told = (entry.path, entry.query, entry.operation, entry.request_id, entry.message, entry.user_id, entry.project_id)
    if not wanted or any(wanted in text.lower() for text in told if text):
        return True
    facts = entry.facts
    return facts is not None and explain.told(facts, caller) and wanted in explain.words(facts).lower()
