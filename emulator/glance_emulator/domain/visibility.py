"""Who sees which images: the one place that knows, as SQL.

Two predicates over `images` (deleted ones are excluded by both): what a caller may read by id, and what stands in
the caller's list. They differ: an offer that waits or was rejected can be read but is not listed, and the community
images of others can be read but are listed only on request.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image, Member

VISIBILITIES = ("private", "shared", "community", "public")
MEMBER_STATUSES = ("pending", "accepted", "rejected")


def readable_by(caller: Caller) -> ColumnElement[bool]:
    """Return the predicate: `caller` may read this image, given its id."""
    if caller.is_admin:
        return _there()
    open_to_all = Image.visibility.in_(("public", "community"))
    return and_(_there(), or_(open_to_all, _owned_by(caller), _offered_to(caller, None)))


def listed_for(caller: Caller, visibility: str | None, member_status: str) -> ColumnElement[bool]:
    """Return the predicate: this image is in the list of `caller`.

    `visibility` is None for the default list, `all`, or one of VISIBILITIES; `member_status` is one of
    MEMBER_STATUSES or `all` and narrows only what others have shared with the caller.
    """
    own = _owned_by(caller)
    offered = _offered_to(caller, None if member_status == "all" else member_status)
    mine = true() if caller.is_admin else or_(own, offered)
    if visibility is None:
        others = Image.visibility == "public"
        listed = or_(own, Image.visibility != "community") if caller.is_admin else or_(mine, others)
    elif visibility == "all":
        listed = or_(mine, Image.visibility.in_(("public", "community")))
    elif visibility in ("public", "community"):
        listed = Image.visibility == visibility
    else:
        listed = and_(Image.visibility == visibility, mine)
    return and_(_there(), listed)


def _there() -> ColumnElement[bool]:
    return Image.deleted_at.is_(None)


def _owned_by(caller: Caller) -> ColumnElement[bool]:
    return Image.owner == caller.project_id if caller.project_id else false()


def _offered_to(caller: Caller, status: str | None) -> ColumnElement[bool]:
    """Return the predicate: the image is shared, and the caller's project is a member of it."""
    if not caller.project_id:
        return false()
    offers = select(Member.image_id).where(Member.member_id == caller.project_id, Member.deleted_at.is_(None))
    if status is not None:
        offers = offers.where(Member.status == status)
    return and_(Image.visibility == "shared", Image.id.in_(offers))
