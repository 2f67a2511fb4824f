"""/_emulator/requests and /explain: what was asked, what was decided, and why."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request

from glance_emulator.caller import Caller
from glance_emulator.domain import explain, har, journal, projects
from glance_emulator.domain.journal import Entry, Wanted
from glance_emulator.errors import BadRequest, NotFound
from glance_emulator.storage.ring import Ring
from glance_emulator.web.body import answer, empty
from glance_emulator.web.caller import base_url
from glance_emulator.web.transaction import reader, reading, world

blueprint = Blueprint("control_requests", __name__, url_prefix="/_emulator")

MOST = 1000
LATE = (0, 0.02, 0.1, 0.3)
"""Seconds after which a request is looked for that is not remembered, or not yet."""
DIGITS = 18
EVERYBODY = Caller(None, None, frozenset({"admin"}))
"""As whom the journal is read: who may use this API may see all of it."""
FILTERS = ("method", "outcome", "service", "project", "operation", "text")
ROLES = "member,reader"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
OUTCOME = re.compile(r"([1-5]([0-9]{2})?)?")


def _ring() -> Ring:
    ring = world().journal
    if ring is None:
        raise NotFound("No requests are remembered here: the emulator was started with --journal 0.")
    return ring


def _filters() -> dict[str, str]:
    asked = {name: request.args.get(name, "") for name in FILTERS}
    asked["method"] = asked["method"].upper()
    if not OUTCOME.fullmatch(asked["outcome"]):
        raise BadRequest(f"outcome must be 1 to 5, or a status such as 404, not {asked['outcome']!r}.")
    for name, known in (("method", METHODS), ("service", journal.SERVICES)):
        if asked[name] and asked[name] not in known:
            raise BadRequest(f"{name} must be one of {', '.join(known)}, not {asked[name]!r}.")
    return asked


def _found(most: int) -> list[Entry]:
    limit = request.args.get("limit", str(most))
    if not limit.isdecimal() or len(limit) > DIGITS:
        raise BadRequest(f"limit must be a whole number of at most {DIGITS} digits, not {limit!r}.")
    asked = _filters()
    if asked["project"]:
        with reading() as session:
            asked["project"] = projects.id_of(session, asked["project"])
    after = journal.position(request.args["after"]) if request.args.get("after") else journal.BEGINNING
    without = "" if asked["service"] else "emulator"
    return journal.search(_ring(), EVERYBODY, Wanted(**asked, without=without, after=after), int(limit))


def _all_shown(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    with reading() as session:
        names = journal.names(session, entries)
    return [_shown(entry, names) for entry in entries]


def _shown(entry: Entry, names: Mapping[str | None, str]) -> dict[str, Any]:
    return {
        "id": entry.id,
        "time": entry.time,
        "service": entry.service,
        "operation": entry.operation,
        "method": entry.method,
        "path": entry.path,
        "query": entry.query,
        "status": entry.status,
        "milliseconds": entry.milliseconds,
        "bytes_received": entry.received,
        "bytes_sent": entry.sent,
        "request_id": entry.request_id,
        "caller": {
            "user_id": entry.user_id,
            "user_name": names.get(entry.user_id),
            "project_id": entry.project_id,
            "project_name": names.get(entry.project_id),
            "roles": sorted(entry.roles),
        },
        "message": entry.message,
        "why": explain.words(entry.facts) if entry.facts else None,
    }


@blueprint.get("/requests")
def index() -> Response:
    """List the latest requests, newest first; those of this API only if `service=emulator` asks for them.

    With it goes the id of the newest of all, behind which (`after`) will be what comes.
    """
    newest = journal.id_of(journal.newest(_ring()))
    return answer({"requests": _all_shown(_found(MOST)), "newest": newest})


@blueprint.get("/requests.har")
def export() -> Response:
    """Send the requests as a HAR document, oldest first: all of them, unless there is a limit."""
    return answer(har.document(reversed(_found(_ring().capacity)), base_url()))


@blueprint.delete("/requests")
def clear() -> Response:
    """Forget all requests."""
    _ring().clear()
    return empty(None)


def _entry(name: str) -> Entry:
    for wait in LATE:  # a request is written down when its answer is on its way
        time.sleep(wait)
        for entry in journal.search(_ring(), EVERYBODY, Wanted(), _ring().capacity):
            if name in (entry.id, entry.request_id):
                return entry
    raise NotFound(f"No request {name} is remembered.")


@blueprint.get("/requests/<name>")
def show(name: str) -> Response:
    """Show a request, by its own id or by its x-openstack-request-id."""
    (shown,) = _all_shown([_entry(name)])
    return answer(shown)


@blueprint.get("/requests/<name>/explain")
def show_why(name: str) -> Response:
    """Say why a request was answered as it was; with `image`, why a list that was given has it or not."""
    entry, image_id = _entry(name), request.args.get("image")
    facts = entry.facts
    if facts:
        with reader() as rows:
            facts = explain.or_name(rows, facts)
    if image_id and entry.operation != "images.index":
        raise BadRequest("Only of a list of images can be said why an image is missing.")
    if image_id and entry.status < HTTPStatus.BAD_REQUEST:
        caller = Caller(entry.user_id, entry.project_id, entry.roles)
        with reader() as rows:
            found = explain.listing_of(rows, _ruled(caller), image_id, har.pairs(entry.query))
            facts = explain.or_name(rows, found)
    (shown,) = _all_shown([entry])
    return answer({"request": shown, "words": _words(entry, facts), "facts": facts})


def _words(entry: Entry, facts: explain.Facts | None) -> str:
    if facts:
        return explain.words(facts)
    return entry.message or ("It was done as it was asked." if entry.status < 400 else "It was refused.")


@blueprint.get("/explain")
def show_access() -> Response:
    """Say what a project may do with an image: whether it may be read, and whether it stands in the default list."""
    image_id, project = request.args.get("image"), request.args.get("project")
    if not image_id or not project:
        raise BadRequest("Say which project, and which image.")
    with reading() as session:
        project_id = projects.id_of(session, project)
    roles = frozenset(filter(None, request.args.get("roles", ROLES).split(",")))
    caller = _ruled(Caller(request.args.get("user"), project_id, roles))
    with reader() as rows:
        found = explain.reading(rows, caller, image_id), explain.listing(rows, caller, image_id)
        read, listed = (explain.or_name(rows, facts) for facts in found)
    return answer(
        {
            "read": {"allowed": read["kind"] == "readable", "words": explain.words(read), "facts": read},
            "list": {"shown": listed["kind"] == "listed", "words": explain.words(listed), "facts": listed},
        }
    )


def _ruled(caller: Caller) -> Caller:
    """Return the caller under the rules of this world."""
    return world().ruled(caller)
