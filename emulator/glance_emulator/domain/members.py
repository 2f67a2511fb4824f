"""Members: the projects that an image is offered to, and their answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import String, Table, bindparam, func, select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image, Member
from glance_emulator.db.rows import Reader, Row, Statement
from glance_emulator.domain import images, limits, policy
from glance_emulator.errors import BadRequest, Conflict, Forbidden, NotFound, TooLarge

AnyImage = Image | Row


COLUMNS: Table = Member.__table__  # type: ignore[assignment]  # SQLAlchemy types it more widely than it is
# Statements are built once: to build one takes longer than to execute it.
_OF_IMAGE = (Member.image_id == bindparam("image", type_=String()), Member.deleted_at.is_(None))
_IS = Member.member_id == bindparam("member", type_=String())
_ALL = Statement(select(COLUMNS).where(*_OF_IMAGE).order_by(Member.created_at, Member.member_id))
_ONE = Statement(select(COLUMNS).where(*_OF_IMAGE, _IS))
_GET = select(Member).where(*_OF_IMAGE, _IS)
_COUNT = select(func.count()).select_from(COLUMNS).where(*_OF_IMAGE)


def index(reader: Reader, caller: Caller, image_id: str) -> Sequence[Row]:
    """Return the members that the caller may see, as rows: all, or the caller's own project; first offered first."""
    image = images.find(reader, _as_member(caller), image_id)
    _check_shared(image)
    policy.enforce(caller, "get_image", image.owner, image)
    policy.enforce(caller, "get_members", image.owner, image)
    whose = {} if _sees_all(caller, image) else {"member": caller.project_id}
    found = reader.all(_ONE if whose else _ALL, {"image": image_id, **whose})
    return found if policy.allows(caller, "get_member", image.owner, image) else []


def read(reader: Reader, caller: Caller, image_id: str, member_id: str) -> Row:
    """Return one member as a row; raise NotFound, also where the image is not shared or the member somebody else."""
    image = images.read(reader, _as_member(caller), image_id)
    if image.visibility != "shared" or not policy.allows(caller, "get_member", image.owner, image):
        raise _no_member(image_id, member_id)
    member = None
    if _sees(caller, image, member_id):
        member = reader.one_or_none(_ONE, {"image": image_id, "member": member_id})
    if member is None:
        raise _no_member(image_id, member_id)
    return member


def add(
    session: Session, caller: Caller, image_id: str, member_id: str, now: datetime, fault: str | None = None
) -> Member:
    """Offer the image to a project, which need not exist; its answer is pending.

    `fault` is what is wrong with the project's id, if anything is. Raises NotFound, Forbidden, TooLarge over the quota,
    BadRequest for the fault, Conflict if the project is a member already.
    """
    image = _shared(session, caller, image_id)
    policy.enforce(caller, "add_member", image.owner, image)
    if session.scalars(_COUNT, {"image": image_id}).one() >= limits.MEMBERS:
        raise TooLarge(f"An image may have {limits.MEMBERS} members, and image {image_id} has them.")
    if fault:
        raise BadRequest(f"member: {fault}")
    member = session.get(Member, (image_id, member_id))
    if member is None:
        member = Member(image_id=image_id, member_id=member_id, created_at=now)
        session.add(member)
    elif member.deleted_at is None:
        raise Conflict(f"The project {member_id} is a member of image {image_id} already.")
    member.status, member.updated_at, member.deleted_at = "pending", now, None
    session.flush()
    return member


def answer(
    session: Session,
    caller: Caller,
    image_id: str,
    member_id: str,
    status: str,
    now: datetime,
    fault: str | None = None,
) -> Member:
    """Set the status of a membership: the member's decision, not the owner's.

    `fault` is what is wrong with the status, if anything is. Raises NotFound, Forbidden, and last of all, as the real
    service does, BadRequest for the fault.
    """
    image = _shared(session, caller, image_id)
    _refuse_early(caller, image, member_id)
    member = _find(session, caller, image, member_id)
    policy.enforce(caller, "modify_member", member_id, image)
    _refuse_owner(caller, image)
    if fault:
        raise BadRequest(f"status: {fault}")
    if status != member.status:
        member.status, member.updated_at = status, now
    session.flush()
    return member


def revoke(session: Session, caller: Caller, image_id: str, member_id: str, now: datetime) -> None:
    """Remove a member: the owner's decision, not the member's; raise NotFound or Forbidden."""
    image = _shared(session, caller, image_id)
    if "member-first" in caller.lacks:
        policy.enforce(caller, "delete_member", image.owner, image)
    member = _find(session, caller, image, member_id)
    policy.enforce(caller, "delete_member", image.owner, image)
    member.deleted_at = now


def lost(session: Session, caller: Caller, image_id: str) -> bool:
    """Say whether it is only by having rejected it that the caller cannot see an image."""
    try:
        images.get(session, _as_member(caller), image_id)
    except NotFound:
        return False
    return caller.lost_by_rejection


def _shared(session: Session, caller: Caller, image_id: str) -> Image:
    """Return the image if it can have members and the caller may look at it; raise NotFound, Forbidden."""
    image = images.get(session, _as_member(caller), image_id)
    _check_shared(image)
    policy.enforce(caller, "get_image", image.owner, image)
    return image


def _as_member(caller: Caller) -> Caller:
    """Return the caller as one who sees the memberships of an image: who rejected stays a member in any reading."""
    return replace(caller, lost_by_rejection=False) if caller.lost_by_rejection else caller


def _check_shared(image: AnyImage) -> None:
    if image.visibility != "shared":
        raise Forbidden(f"The image {image.id} is {image.visibility}; only shared images have members.")


def _refuse_early(caller: Caller, image: Image, member_id: str) -> None:
    """Raise Forbidden where older releases do so before they look for the member."""
    if "owner-first" in caller.lacks:
        if not caller.is_admin and caller.project_id not in (image.owner, member_id):
            raise Forbidden("Nobody answers for another member.")
    elif "member-first" in caller.lacks:
        _refuse_owner(caller, image)


def _refuse_owner(caller: Caller, image: Image) -> None:
    if caller.project_id == image.owner and not caller.is_admin:
        raise Forbidden("The owner of an image cannot answer for a member, itself not excepted.")


def _sees_all(caller: Caller, image: AnyImage) -> bool:
    return caller.is_admin or caller.project_id == image.owner


def _sees(caller: Caller, image: AnyImage, member_id: str) -> bool:
    # The real service decodes only ASCII in a member's URL: other ids can be added, but never found again.
    return member_id.isascii() and (_sees_all(caller, image) or caller.project_id == member_id)


def _find(session: Session, caller: Caller, image: AnyImage, member_id: str) -> Member:
    policy.enforce(caller, "get_member", image.owner, image)
    member = None
    if _sees(caller, image, member_id):
        member = session.scalars(_GET, {"image": image.id, "member": member_id}).one_or_none()
    if member is None:
        raise _no_member(image.id, member_id)
    return member


def _no_member(image_id: str, member_id: str) -> NotFound:
    return NotFound(f"There is no member {member_id} of image {image_id} that you can see.")
