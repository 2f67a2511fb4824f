"""Offers: the images that other projects share with the caller's project, by what that answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image, Member
from glance_emulator.db.rows import Reader, Row
from glance_emulator.domain import policy
from glance_emulator.domain.filters import named_like
from glance_emulator.domain.images import COLUMNS
from glance_emulator.domain.visibility import offered, viewer


@dataclass(frozen=True)
class Offer:
    """A membership as the member sees it, and the image, unless it is lost by rejection."""

    image_id: str
    status: str
    created_at: datetime
    updated_at: datetime
    image: Row | None


def index(reader: Reader, caller: Caller, status: str, name: str, start: int, limit: int) -> Sequence[Offer]:
    """Return a page of the offers with this status, the latest answer or offer first; raise Forbidden.

    `name` is looked for in the images' names, if it is not empty; `start` is how many offers come before the page.
    """
    policy.enforce(caller, "get_images")
    lost = caller.lost_by_rejection and status == "rejected"
    narrowed = [named_like(name)] if name and not lost else []
    statement = (
        select(COLUMNS, Member.status.label("answer"), Member.created_at.label("offered"),
               Member.updated_at.label("answered"))
        .join(Member, Member.image_id == Image.id)
        .where(*_is(caller, status), *narrowed)
        .order_by(Member.updated_at.desc(), Image.id)
        .offset(start)
        .limit(limit)
    )  # fmt: skip
    with reader.connection() as connection:
        found = connection.execute(statement, viewer(caller)).all()
    return [Offer(row.id, row.answer, row.offered, row.answered, None if lost else row) for row in found]


def count(reader: Reader, caller: Caller, status: str) -> int:
    """Return how many offers have this status; none for who may not list images."""
    if not policy.allows(caller, "get_images"):
        return 0
    statement = select(func.count()).select_from(Image).join(Member, Member.image_id == Image.id)
    with reader.connection() as connection:
        return connection.execute(statement.where(*_is(caller, status)), viewer(caller)).scalar_one()


def _is(caller: Caller, status: str) -> Sequence[ColumnElement[bool]]:
    """Return the conditions on images and members; a membership is seen by the member, whatever its status."""
    own = Member.member_id == caller.project_id
    return (Image.deleted_at.is_(None), offered(status, False), own, Member.deleted_at.is_(None))
