"""/panel/share and what belongs to it: offering images, taking offers back, answering them; several at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import Blueprint, Response, g, request
from sqlalchemy.orm import Session

from glance_emulator.domain import members
from glance_emulator.errors import BadRequest, NotFound, Refusal
from glance_emulator.panel.frame import at, go, page
from glance_emulator.panel.projects import ids_of, namer
from glance_emulator.web import journal
from glance_emulator.web.transaction import reader, transaction, world
from glance_schemas.members import member_fault, status_fault

blueprint = Blueprint("panel_sharing", __name__, url_prefix="/panel")

ANSWERS = {"accepted": "accepted", "rejected": "rejected", "pending": "put back to pending"}


@dataclass(frozen=True)
class Line:
    """What became of one of several things."""

    done: bool
    text: str


def _each(things: Iterable[tuple[str, Callable[[Session], object]]], done: str) -> list[Line]:
    """Do several things, each by itself, so that one that is refused keeps none of the others from being done."""
    lines = []
    for told, act in things:
        try:
            with transaction() as session:
                act(session)
            lines.append(Line(True, f"{told}: {done}."))
        except Refusal as refusal:
            journal.note(refusal)
            lines.append(Line(False, f"{told}: {refusal.message}"))
    return lines


def _report(lines: list[Line], title: str, back: str) -> Response:
    """Tell what was done; where all was, and it is one thing, the page it was done on says so."""
    if len(lines) == 1 and lines[0].done:
        return go(back, lines[0].text)
    status = 200 if any(line.done for line in lines) else 409
    return page("report", status, lines=lines, title=title, back=back)


@blueprint.post("/share")
def share() -> Response:
    """Offer images to projects."""
    form = request.form
    chosen, projects = form.getlist("image"), ids_of(form.get("projects", ""))
    if not chosen or not projects:
        raise BadRequest("Choose at least one image, and name at least one project.")

    def offer(image_id: str, project_id: str) -> Callable[[Session], object]:
        fault = member_fault(project_id)
        return lambda session: members.add(session, g.caller, image_id, project_id, world().clock(), fault)

    things = [
        (f"{_called(image_id)} to {word}", offer(image_id, project_id))
        for image_id in chosen
        for word, project_id in projects
    ]
    back = at("images", chosen[0]) if len(chosen) == 1 else at("images")
    return _report(_each(things, "offered; the answer is pending"), "Sharing images", back)


def _called(image_id: str) -> str:
    """Return what the form calls an image; the name counts for nothing else."""
    return request.form.get(f"name-{image_id}") or image_id


@blueprint.post("/images/<image_id>/members")
def remove(image_id: str) -> Response:
    """Take offers back: some, or all."""
    chosen = request.form.getlist("member")
    if "all" in request.form:
        with reader() as rows:
            chosen = [member.member_id for member in members.index(rows, g.caller, image_id)]
    if not chosen:
        raise BadRequest("Choose at least one member.")
    named = namer(chosen)

    def revoke(member_id: str) -> Callable[[Session], object]:
        return lambda session: members.revoke(session, g.caller, image_id, member_id, world().clock())

    things = [(named(member_id), revoke(member_id)) for member_id in chosen]
    return _report(_each(things, "removed"), "Removing members", at("images", image_id))


@blueprint.post("/answers/<status>")
def answer(status: str) -> Response:
    """Answer offers to the caller's project."""
    chosen = request.form.getlist("image")
    if status not in ANSWERS:
        raise NotFound("There is no such answer.")
    if not chosen:
        raise BadRequest("Choose at least one offer.")
    fault = status_fault(status)

    def set_status(image_id: str) -> Callable[[Session], object]:
        project_id = g.caller.project_id
        return lambda session: members.answer(session, g.caller, image_id, project_id, status, world().clock(), fault)

    things = [(_called(image_id), set_status(image_id)) for image_id in chosen]
    return _report(_each(things, ANSWERS[status]), "Answering offers", at("images", tab=status))
