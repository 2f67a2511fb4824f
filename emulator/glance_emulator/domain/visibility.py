"""Who sees which images: the one place that knows, as SQL.

Two predicates over `images` (deleted ones are excluded by both): what a caller may read by id, and what stands in
the caller's list. They differ: an offer that waits or was rejected can be read but is not listed, and the community
images of others can be read but are listed only on request.

The predicates are built once, so whoever executes a statement with one of them gives `viewer(caller)` as parameters.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import ColumnElement, String, and_, bindparam, or_, select, true

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image, Member

VISIBILITIES = ("private", "shared", "community", "public")
MEMBER_STATUSES = ("pending", "accepted", "rejected")


# A caller without a project compares with NULL, and so owns nothing and is offered nothing.
_PROJECT = bindparam("viewer", type_=String())
_THERE = Image.deleted_at.is_(None)
_OWN = Image.owner == _PROJECT


def viewer(caller: Caller) -> dict[str, str | None]:
    """Return the parameters that go with this module's predicates."""
    return {"viewer": caller.project_id}


@cache
def readable(admin: bool) -> ColumnElement[bool]:
    """Return the predicate: the viewer may read this image, given its id."""
    if admin:
        return _THERE
    return and_(_THERE, or_(Image.visibility.in_(("public", "community")), _OWN, _offered(None)))


@cache
def listed(admin: bool, visibility: str | None, member_status: str) -> ColumnElement[bool]:
    """Return the predicate: this image is in the viewer's list.

    `visibility` is None for the default list, `all`, or one of VISIBILITIES; `member_status` is one of
    MEMBER_STATUSES or `all` and narrows only what others have shared with the viewer.
    """
    offered = _offered(None if member_status == "all" else member_status)
    mine = true() if admin else or_(_OWN, offered)
    if visibility is None:
        others = Image.visibility == "public"
        listed = or_(_OWN, Image.visibility != "community") if admin else or_(mine, others)
    elif visibility == "all":
        listed = or_(mine, Image.visibility.in_(("public", "community")))
    elif visibility in ("public", "community"):
        listed = Image.visibility == visibility
    else:
        listed = and_(Image.visibility == visibility, mine)
    return and_(_THERE, listed)


def _offered(status: str | None) -> ColumnElement[bool]:
    """Return the predicate: the image is shared, and the viewer's project is a member of it."""
    offers = select(Member.image_id).where(Member.member_id == _PROJECT, Member.deleted_at.is_(None))
    if status is not None:
        offers = offers.where(Member.status == status)
    return and_(Image.visibility == "shared", Image.id.in_(offers))
