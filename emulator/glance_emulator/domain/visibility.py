"""Who sees which images: the one place that knows, as SQL.

Two predicates over `images` (deleted ones are excluded by both): what a caller may read by id, and what stands in
the caller's list. They differ: an offer that waits or was rejected can be read but is not listed, and the community
images of others can be read but are listed only on request.

The predicates are built once, so whoever executes a statement with one of them gives `viewer(caller)` as parameters.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import ColumnElement, String, and_, bindparam, or_, select

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image, Member

VISIBILITIES = ("private", "shared", "community", "public")
MEMBER_STATUSES = ("pending", "accepted", "rejected")


# A caller without a project compares with NULL, and so owns nothing and is offered nothing.
_PROJECT = bindparam("viewer", type_=String())
_THERE = Image.deleted_at.is_(None)
_OWN = Image.owner == _PROJECT
_FOREIGN = or_(Image.owner.is_(None), Image.owner.is_distinct_from(_PROJECT))


def viewer(caller: Caller) -> dict[str, str | None]:
    """Return the parameters that go with this module's predicates."""
    return {"viewer": caller.project_id}


@cache
def readable(admin: bool, lost_by_rejection: bool = False) -> ColumnElement[bool]:
    """Return the predicate: the viewer may read this image, given its id.

    `lost_by_rejection`: not what the viewer has rejected, here as in `listed`.
    """
    if admin:
        return _THERE
    # Two comparisons, not an IN: SQLAlchemy would write that out anew at every execution.
    open_to_all = or_(Image.visibility == "public", Image.visibility == "community")
    return and_(_THERE, or_(open_to_all, _OWN, offered(None, lost_by_rejection)))


@cache
def listed(
    admin: bool, visibility: str | None, member_status: str, lost_by_rejection: bool = False
) -> tuple[ColumnElement[bool], ...]:
    """Return the predicates of the parts that make up the viewer's list; no image is in two of them.

    `visibility` is None for the default list, `all`, or one of VISIBILITIES; `member_status` is one of
    MEMBER_STATUSES or `all` and narrows only what others have shared with the viewer. Each part can be walked through
    in order by an index of its own, which the whole list cannot.
    """
    shared = offered(None if member_status == "all" else member_status, lost_by_rejection)
    of_others = {status: and_(_FOREIGN, Image.visibility == status) for status in ("public", "community")}
    if visibility is None:
        community = and_(_OWN, Image.visibility == "community")
        parts = [Image.visibility != "community", community] if admin else [_OWN, shared, of_others["public"]]
    elif visibility == "all":
        parts = [_THERE] if admin else [_OWN, shared, *of_others.values()]
    elif admin or visibility in of_others:
        parts = [Image.visibility == visibility]
    elif visibility == "shared":
        parts = [and_(_OWN, Image.visibility == visibility), shared]
    else:
        parts = [and_(_OWN, Image.visibility == visibility)]
    return tuple(and_(_THERE, part) for part in parts)


def offered(status: str | None, lost_by_rejection: bool) -> ColumnElement[bool]:
    """Return the predicate: the image is another's, shared, and the viewer's project is a member of it.

    Deleted images are not excluded here.
    """
    offers = select(Member.image_id).where(Member.member_id == _PROJECT, Member.deleted_at.is_(None))
    if status is not None:
        offers = offers.where(Member.status == status)
    if lost_by_rejection:
        offers = offers.where(Member.status != "rejected")
    # As an expression, the visibility has no index: the way to these images is by the few offers, not by all shared.
    return and_(_FOREIGN, Image.visibility.concat("") == "shared", Image.id.in_(offers))
