"""Pages of namespaces and of tags."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, false, select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.metadefs import Association, Namespace, ResourceType, Tag
from glance_emulator.domain import keyset, limits
from glance_emulator.domain.metadefs import access, namespaces, resource_types
from glance_emulator.domain.metadefs.access import Values
from glance_emulator.errors import BadRequest, Forbidden, NotFound

NAMESPACES: Table = Namespace.__table__  # type: ignore[assignment]  # SQLAlchemy types it more widely than it is
TAGS: Table = Tag.__table__  # type: ignore[assignment]  # as above
NULLABLE = ("display_name", "description", "owner")
VISIBILITIES = ("public", "private")
LONGEST = 2**31 - 1
"""Tags on a page whose size was not asked for."""


@dataclass(frozen=True)
class Page:
    """Which part of a list is asked for, checked."""

    order: tuple[keyset.Order, ...]
    limit: int
    marker: str | None


def page(asked: Values, sort_keys: Collection[str], limit: int, longest: int) -> Page:
    """Return the page that the parameters ask for, with `limit` where they don't; raise BadRequest."""
    key, direction = asked.get("sort_key", "created_at"), direction_of(asked)
    if key not in sort_keys:
        raise BadRequest(f"sort_key must be one of {', '.join(sorted(sort_keys))}, not {key!r}.")
    keys = dict.fromkeys((key, "created_at", "id"))  # every order is total, so that pages neither repeat nor miss
    number = number_of(asked, limit)
    return Page(tuple((name, direction) for name in keys), min(number, longest), asked.get("marker"))


def check_page(asked: Values, least: int = 0) -> None:
    """Raise BadRequest if the parameters ask for a page that cannot be, of whatever; the sort key is not looked at."""
    visibility_of(asked)
    number_of(asked, limits.PAGE, least)
    direction_of(asked)


def direction_of(asked: Values) -> str:
    """Return the sort direction that is asked for; raise BadRequest."""
    direction: str = asked.get("sort_dir", "desc")
    if direction not in ("asc", "desc"):
        raise BadRequest(f"sort_dir must be asc or desc, not {direction!r}.")
    return direction


def number_of(asked: Values, default: int, least: int = 0) -> int:
    """Return the length of the page that is asked for; raise BadRequest."""
    text = asked.get("limit", default)
    try:
        number = int(text)
    except ValueError:
        number = -1
    if number < least:
        raise BadRequest(f"limit must be a whole number from {least} on, not {text!r}.")
    return number


def visibility_of(asked: Values) -> str | None:
    """Return the visibility that is asked for; raise BadRequest."""
    visibility: str | None = asked.get("visibility")
    if visibility and visibility not in VISIBILITIES:
        raise BadRequest(f"visibility must be one of {', '.join(VISIBILITIES)}, not {visibility!r}.")
    return visibility


def all_namespaces(session: Session, caller: Caller, asked: Mapping[str, str]) -> tuple[Sequence[Values], int]:
    """Return a page of the namespaces that the caller sees, and how many it could have had.

    Raises NotFound for callers who may read nothing and for markers that are no namespaces, Forbidden for those that
    are not the caller's to see, BadRequest for what cannot be asked.
    """
    check_page(asked)
    access.enforce(caller, "get_metadef_namespaces")
    wanted = page(asked, NAMESPACES.c.keys(), limits.PAGE, limits.LONGEST_PAGE)
    conditions = [access.visible(caller), *_filters(asked)]
    if wanted.marker is not None:
        marker = _marker(session, caller, wanted.marker)
        conditions.append(keyset.behind(NAMESPACES.c, wanted.order, NULLABLE, marker))
    statement = select(Namespace).where(*conditions).order_by(*keyset.sort(NAMESPACES.c, wanted.order, NULLABLE))
    found = session.scalars(statement.limit(wanted.limit)).all()
    associations = resource_types.of(session, found)
    shown = [{**namespaces.shown(row), **_if_any(associations[row.id])} for row in found]
    return shown, wanted.limit


def _if_any(associations: Sequence[Any]) -> Values:
    return {"resource_type_associations": associations} if associations else {}


def _filters(asked: Mapping[str, str]) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = []
    visibility = visibility_of(asked)
    if visibility is not None:
        filters.append(Namespace.visibility == visibility if visibility else false())
    if "resource_types" in asked:
        kinds = select(Association.namespace_id).join(ResourceType)
        filters.append(Namespace.id.in_(kinds.where(ResourceType.name.in_(asked["resource_types"].split(",")))))
    return filters


def _marker(session: Session, caller: Caller, name: str) -> Namespace:
    named = select(Namespace).where(Namespace.namespace == name)
    found = session.scalars(named.where(access.visible(caller))).one_or_none()
    if found is not None:
        return found
    if session.scalars(named).one_or_none() is None:
        raise NotFound(f"The marker {name} is no namespace.")
    raise Forbidden(f"The marker {name} is not a namespace that you can see.")


def tags(session: Session, caller: Caller, name: str, asked: Mapping[str, str]) -> Sequence[Tag]:
    """Return a page of a namespace's tags; raise NotFound, also for a marker that is none, or BadRequest."""
    # What is empty counts as not said, here alone.
    said = {name: text for name, text in asked.items() if text or name not in ("limit", "marker")}
    check_page(said)
    namespace = access.admitted(session, caller, name, "get_metadef_tags")
    wanted = page(said, TAGS.c.keys(), LONGEST, LONGEST)
    statement = select(Tag).where(Tag.namespace_id == namespace.id)
    if wanted.marker is not None:
        marker = access.named(session, Tag, namespace, wanted.marker)
        statement = statement.where(keyset.behind(TAGS.c, wanted.order, (), marker))
    return session.scalars(statement.order_by(*keyset.sort(TAGS.c, wanted.order, ())).limit(wanted.limit)).all()
