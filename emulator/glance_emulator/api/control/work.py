"""/_emulator/transitions, /work and /advance: how work in the background moves on."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from glance_emulator.db.tasks import Job
from glance_emulator.domain import background, works
from glance_emulator.domain.controls import TRANSITIONS
from glance_emulator.web.body import answer, check, empty, load
from glance_emulator.web.transaction import reading, transaction, world
from glance_schemas.control import Advance, Transitions

blueprint = Blueprint("control_work", __name__, url_prefix="/_emulator")


@blueprint.get("/transitions")
def show() -> Response:
    """Show how work moves on; what is not named is done at once."""
    return answer({"transitions": world().controls.read(TRANSITIONS) or {}})


@blueprint.put("/transitions")
def update() -> Response:
    """Say how work moves on that is submitted from now on."""
    wanted = load(Transitions)["transitions"]
    for kind in wanted:
        if kind != "*":
            works.check(kind)
    world().controls.write(TRANSITIONS, wanted or None)
    return show()


@blueprint.delete("/transitions")
def delete() -> Response:
    """Let all work be done at once again; what waits goes on waiting."""
    world().controls.write(TRANSITIONS, None)
    return empty(None)


@blueprint.get("/work")
def index() -> Response:
    """List the work that is not done yet."""
    with reading() as session:
        return answer({"work": [_shown(job) for job in background.undone(session)]})


def _shown(job: Job) -> dict[str, Any]:
    about = {name: value for name, value in job.arguments.items() if name.endswith("_id")}
    waits = {"by_hand": job.held, "polls": job.polls, "due": job.due.isoformat() + "Z" if job.due else None}
    return {"kind": background.name(job), **about, "running": job.process is not None, **waits}


@blueprint.post("/advance")
def advance() -> Response:
    """Let work that waits be done, and answer when it is."""
    empty_body = not request.content_length and "Transfer-Encoding" not in request.headers
    wanted = load(Advance) if not empty_body else check(Advance, {})
    with transaction() as session:
        released = [_shown(job) for job in background.release(session, wanted.get("kind"), wanted.get("id"))]
    world().runner.work_off()
    return answer({"advanced": [{**one, "by_hand": False, "polls": None, "due": None} for one in released]})
