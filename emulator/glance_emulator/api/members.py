"""/v2/images/{id}/members: whom an image is offered to, and what they answered."""

from __future__ import annotations

from flask import Blueprint, Response, g

from glance_emulator.domain import members
from glance_emulator.web.body import empty, load, show
from glance_emulator.web.transaction import reader, transaction, world
from glance_schemas.members import Member, MemberCreate, Members, MemberUpdate, member_fault, status_fault

blueprint = Blueprint("members", __name__, url_prefix="/v2/images/<image_id>/members")


@blueprint.get("")
def index(image_id: str) -> Response:
    """List the members that the caller may see."""
    with reader() as rows:
        return show(Members, {"members": members.index(rows, g.caller, image_id)})


@blueprint.post("")
def create(image_id: str) -> Response:
    """Offer the image to a project."""
    member_id = load(MemberCreate)["member"]
    fault = member_fault(member_id)
    with transaction() as session:
        return show(Member, members.add(session, g.caller, image_id, member_id, world().clock(), fault))


@blueprint.get("/<member_id>")
def show_member(image_id: str, member_id: str) -> Response:
    """Show one membership."""
    with reader() as rows:
        return show(Member, members.read(rows, g.caller, image_id, member_id))


@blueprint.put("/<member_id>")
def update(image_id: str, member_id: str) -> Response:
    """Take the member's answer."""
    status = load(MemberUpdate)["status"]
    fault = status_fault(status)
    with transaction() as session:
        return show(Member, members.answer(session, g.caller, image_id, member_id, status, world().clock(), fault))


@blueprint.delete("/<member_id>")
def delete(image_id: str, member_id: str) -> Response:
    """Take the offer back."""
    with transaction() as session:
        members.revoke(session, g.caller, image_id, member_id, world().clock())
    return empty(None)
