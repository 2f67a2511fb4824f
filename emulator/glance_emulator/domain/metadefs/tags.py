"""Tags: words that things may be labelled with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy import delete as delete_from
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.metadefs import Namespace, Tag
from glance_emulator.domain.metadefs import access
from glance_emulator.domain.metadefs.access import Values
from glance_emulator.errors import BadRequest, Conflict

LONGEST = 80


def latest_first(namespace: Namespace) -> Select[Tag]:
    """Select the tags of a namespace in the order in which they are shown."""
    return select(Tag).where(Tag.namespace_id == namespace.id).order_by(Tag.created_at.desc(), Tag.id.desc())


def read(session: Session, caller: Caller, name: str, tag: str) -> Tag:
    """Return a tag; raise NotFound."""
    namespace = access.admitted(session, caller, name, "get_metadef_tag")
    return access.named(session, Tag, namespace, tag)


def add(session: Session, caller: Caller, name: str, tag: str, now: datetime) -> Tag:
    """Add a tag; raise NotFound, BadRequest, Forbidden, Conflict if it is there, in that order."""
    namespace = access.find(session, caller, name)
    if len(tag) > LONGEST:
        raise BadRequest(f"A tag may have {LONGEST} characters.")
    access.enforce(caller, "add_metadef_tag", namespace)
    access.refuse_taken(session, Tag, namespace, tag)
    row = Tag(namespace_id=namespace.id, name=tag, created_at=now, updated_at=now)
    session.add(row)
    session.flush()
    return row


def set_all(session: Session, caller: Caller, name: str, given: Sequence[str], append: bool, now: datetime) -> None:
    """Give the namespace these tags instead of those that it has, or besides them; none change nothing.

    Raises NotFound, Forbidden, Conflict for a tag that is there already, or twice among the new ones. Protection does
    not keep tags from being replaced, as it does not in the real service.
    """
    namespace = access.admitted(session, caller, name, "add_metadef_tags")
    if given and not append:
        _empty(session, namespace)
    taken = set(session.scalars(select(Tag.name).where(Tag.namespace_id == namespace.id)))
    for tag in given:
        if tag in taken:
            raise Conflict(f"There is a tag {tag} in the namespace {name} already.")
        taken.add(tag)
    session.add_all(Tag(namespace_id=namespace.id, name=tag, created_at=now, updated_at=now) for tag in given)


def rename(session: Session, caller: Caller, name: str, tag: str, new: str, now: datetime) -> Values:
    """Give a tag another name; raise NotFound, Forbidden, Conflict if there is one of that name."""
    namespace = access.admitted(session, caller, name, "modify_metadef_tag")
    row = access.named(session, Tag, namespace, tag)
    if new != tag:
        access.refuse_taken(session, Tag, namespace, new)
    before = access.change(session, row, {"name": new}, now)
    answer: dict[str, Any] = {"name": row.name, "created_at": row.created_at, "updated_at": before}
    return answer


def delete(session: Session, caller: Caller, name: str, tag: str) -> None:
    """Delete a tag; raise NotFound, or Forbidden, also where the namespace is protected."""
    namespace = access.admitted(session, caller, name, "delete_metadef_tag")
    access.remove(session, namespace, access.named(session, Tag, namespace, tag))


def delete_all(session: Session, caller: Caller, name: str) -> None:
    """Delete all tags of a namespace; raise NotFound, or Forbidden, also if it is protected."""
    namespace = access.admitted(session, caller, name, "delete_metadef_tags")
    access.refuse_if_protected(namespace)
    _empty(session, namespace)


def _empty(session: Session, namespace: Namespace) -> None:
    session.execute(delete_from(Tag).where(Tag.namespace_id == namespace.id))
