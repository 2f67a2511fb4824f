"""/panel/activity: what the emulator was asked, live, and what it decided and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, Response, g, request

from glance_emulator.domain import explain, journal
from glance_emulator.panel.frame import page
from glance_emulator.panel.projects import namer
from glance_emulator.web.transaction import world

blueprint = Blueprint("panel_activity", __name__, url_prefix="/panel/activity")

MOST = 100
"""Requests that the page shows."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
OUTCOMES = {"2": "done", "3": "sent elsewhere", "4": "refused", "5": "failed"}
NAMED = ("project", "owner")
"""Facts that are ids of projects."""
FILTERS = ("method", "outcome", "service", "text")


@blueprint.get("")
def index() -> Response:
    """Show the latest requests."""
    return page(
        "activity", methods=METHODS, outcomes=OUTCOMES, services=journal.SERVICES,
        asked={name: request.args.get(name, "") for name in FILTERS}, kept=world().journal is not None, **_found(""),
    )  # fmt: skip


@blueprint.get("/rows")
def rows() -> Response:
    """Show what came after the position that the script has already."""
    return page("activity_rows", **_found(request.args.get("after", "")))


def _found(after: str) -> dict[str, Any]:
    ring = world().journal
    if ring is None:
        return {"entries": [], "last": ""}
    asked = {name: request.args.get(name, "") for name in FILTERS}
    without = "" if asked["service"] else "panel"  # who looks at this page would see little but themselves
    wanted = journal.Wanted(**asked, without=without, after=journal.position(after) if after else journal.BEGINNING)
    last = journal.newest(ring)  # before the search: what comes between the two is shown next time
    found = journal.search(ring, g.caller, wanted, MOST)
    return {
        "entries": found,
        "last": "{}-{}".format(*last),
        "project": namer(project_id for entry in found for project_id in _projects(entry)),
        "why": _why,
    }


def _projects(entry: journal.Entry) -> Iterator[str | None]:
    yield entry.project_id
    yield from ((entry.facts or {}).get(name) for name in NAMED)


def _why(entry: journal.Entry, name: Callable[[str | None], str]) -> str | None:
    """Return in words what was decisive, if the caller may be told."""
    if not entry.facts or not explain.told(entry.facts, g.caller):
        return None
    return explain.words({**entry.facts, **{key: name(entry.facts[key]) for key in NAMED if key in entry.facts}})
