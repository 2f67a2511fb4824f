"""How much there is of everything in a world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from glance_emulator.db.images import Blob, Image, Member
from glance_emulator.db.servers import Server
from glance_emulator.db.tasks import Job

Numbers = Mapping[str, int]


@dataclass(frozen=True)
class Census:
    """Numbers of images, memberships and servers by status, of stored bytes by store, of undone work by kind."""

    images: Numbers
    members: Numbers
    servers: Numbers
    stored: Numbers
    jobs: Numbers


def take(session: Session) -> Census:
    """Count everything."""

    def count(by: InstrumentedAttribute[str], *conditions: ColumnElement[bool], what: Any = None) -> Numbers:
        number = func.count() if what is None else func.sum(what)
        rows = session.execute(select(by, number).where(*conditions).group_by(by).order_by(by))
        return {key: int(value) for key, value in rows}

    return Census(
        images=count(Image.status, Image.deleted_at.is_(None)),
        members=count(Member.status, Member.deleted_at.is_(None)),
        servers=count(Server.status, Server.deleted_at.is_(None)),
        stored=count(Blob.store, what=Blob.size),
        jobs=count(Job.kind),
    )
