"""Lists of images: narrowed, sorted, and cut into pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, overload

from sqlalchemy import ColumnElement, Connection, Integer, Select, bindparam, false, select, union_all

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image
from glance_emulator.db.rows import Reader, Row, Statement
from glance_emulator.domain import keyset, limits, policy
from glance_emulator.domain.filters import conditions, has_tag, refuse
from glance_emulator.domain.images import COLUMNS
from glance_emulator.domain.keyset import Order
from glance_emulator.domain.visibility import MEMBER_STATUSES, VISIBILITIES, listed, readable, viewer
from glance_emulator.errors import BadRequest, Forbidden

SORT_KEYS = ("name", "status", "container_format", "disk_format", "size", "id", "created_at", "updated_at")
Kind = tuple[bool, bool]
"""Whether a caller is an admin, and whether rejections have the other meaning."""
NULLABLE = ("name", "container_format", "disk_format", "size")


@dataclass(frozen=True)
class Query:
    """What is asked of the list, checked."""

    filters: Sequence[ColumnElement[bool]] = ()
    order: tuple[Order, ...] = (("created_at", "desc"), ("id", "desc"))
    visibility: str | None = None
    member_status: str = "accepted"
    hidden: bool = False
    limit: int = limits.PAGE
    marker: str | None = None
    fault: BadRequest | None = None
    """What is wrong with a filter: the real service looks at most of them after it asked policy."""


class Asked:
    """The parameters of a query string, struck off as they are understood."""

    def __init__(self, parameters: Iterable[tuple[str, str]]) -> None:
        """Take the parameters in the order given."""
        self._values: dict[str, list[str]] = {}
        for name, value in parameters:
            self._values.setdefault(name, []).append(value)

    @overload
    def take(self, name: str) -> str | None: ...
    @overload
    def take(self, name: str, default: str) -> str: ...
    def take(self, name: str, default: str | None = None) -> str | None:
        """Return the parameter's first value; if it is said again, that stays and becomes a filter, as in Glance."""
        values = self.take_all(name)
        if len(values) > 1:
            self._values[name] = values[1:]
        return values[0] if values else default

    def take_last(self, name: str, default: str) -> str:
        """Return the parameter's last value."""
        return (self.take_all(name) or [default])[-1]

    def take_all(self, name: str) -> list[str]:
        """Return all values of a parameter."""
        return self._values.pop(name, [])

    def rest(self) -> Mapping[str, str]:
        """Return what was not taken, of each parameter the last value."""
        return {name: values[-1] for name, values in self._values.items()}


def parse(asked: Asked, lacks: Collection[str] = ()) -> Query:
    """Return the query that was asked; raise BadRequest for a parameter that cannot be, or that the release lacks."""
    order = _order(asked)
    visibilities, marker = asked.take_all("visibility"), asked.take("marker")
    visibility = visibilities[0] if visibilities else None
    known = (*VISIBILITIES, "") if "visibility-all" in lacks else (*VISIBILITIES, "all", "")
    if visibilities and visibilities[-1] not in known:
        raise BadRequest(f"visibility must be all or one of {', '.join(VISIBILITIES)}, not {visibilities[-1]!r}.")
    member_status = asked.take("member_status", "accepted")
    if member_status not in (*MEMBER_STATUSES, "all"):
        raise BadRequest(f"member_status must be all or one of {', '.join(MEMBER_STATUSES)}, not {member_status!r}.")
    hidden = asked.take_last("os_hidden", "false")
    if hidden.lower() not in ("true", "false"):
        raise BadRequest(f"os_hidden must be true or false, not {hidden!r}.")
    limit = _limit(asked.take("limit"))
    tags = [has_tag(bindparam(None, tag)) for tag in asked.take_all("tag")]
    # Of several visibilities the real service looks for the first, and then for the last among what it found.
    visible = [Image.visibility == visibilities[-1]] if len(visibilities) > 1 else []
    nothing = [] if visibility in (None, "all", *VISIBILITIES) else [false()]
    rest, narrowed, fault = asked.rest(), [], None
    refuse(rest)
    try:
        narrowed = list(conditions(rest))
    except BadRequest as reason:
        fault = reason
    return Query(
        [*tags, *narrowed, *visible, *nothing],
        order,
        visibility or None,
        member_status,
        hidden.lower() == "true",
        limit,
        marker,
        fault,
    )


def _limit(text: str | None) -> int:
    if text is None:
        return limits.PAGE
    try:
        number = int(text)
    except ValueError:
        number = -1
    if number < 0:
        raise BadRequest(f"limit must be a whole number from 0 on, not {text!r}.")
    return min(number, limits.LONGEST_PAGE)


def _order(asked: Asked) -> tuple[Order, ...]:
    new, keys, directions = asked.take("sort"), asked.take_all("sort_key"), asked.take_all("sort_dir")
    if new is not None and (keys or directions):
        raise BadRequest("Use either sort, or sort_key and sort_dir.")
    order = [_new_style(item) for item in new.split(",")] if new is not None else _classic(keys, directions)
    for key, direction in order:
        if key not in SORT_KEYS:
            raise BadRequest(f"Images cannot be sorted by {key!r}; the keys are {', '.join(SORT_KEYS)}.")
        if direction not in ("asc", "desc"):
            raise BadRequest(f"The sort direction must be asc or desc, not {direction!r}.")
    given = [direction for _, direction in order] if new is not None else directions
    ties = given[0] if len(given) == 1 else "desc"
    present = {key for key, _ in order}
    # created_at and id settle ties, so that every order is total and pages neither repeat nor miss an image.
    return (*order, *((key, ties) for key in ("created_at", "id") if key not in present))


def _new_style(item: str) -> Order:
    key, _, direction = (part.strip() for part in item.partition(":"))
    return key, direction or "desc"


def _classic(keys: Sequence[str], directions: Sequence[str]) -> list[Order]:
    keys = keys or (("created_at",) if directions else ())
    if len(directions) == 1:
        directions = [directions[0]] * len(keys)
    if directions and len(directions) != len(keys):
        raise BadRequest("sort_dir must be given once, or as often as sort_key.")
    return list(zip(keys, directions or ["desc"] * len(keys), strict=True))


def index(reader: Reader, caller: Caller, query: Query) -> Sequence[Row]:
    """Return a page of the caller's list; raise Forbidden, or BadRequest for a marker that cannot be seen."""
    policy.enforce(caller, "get_images")
    if query.fault:
        raise query.fault
    list_ = (
        (caller.is_admin, caller.lost_by_rejection),
        query.visibility,
        query.member_status,
        query.hidden,
        query.order,
    )
    parameters = {"page": query.limit, **viewer(caller)}
    if query.marker is None and not query.filters:
        return reader.all(_plain(*list_), parameters)
    with reader.connection() as connection:
        behind = (
            []
            if query.marker is None
            else [keyset.behind(COLUMNS.c, query.order, NULLABLE, _marker(connection, caller, query.marker))]
        )
        return connection.execute(_select(*list_, *query.filters, *behind), parameters).all()


def allowed(caller: Caller, page: Sequence[Row]) -> Sequence[Row]:
    """Return what stands on the page for the caller: rules of an operator's are asked about every image."""
    if caller.rules is None:
        return page
    return [image for image in page if policy.allows(caller, "get_image", image.owner, image)]


def _select(
    kind: Kind,
    visibility: str | None,
    member_status: str,
    hidden: bool,
    order: tuple[Order, ...],
    *filters: ColumnElement[bool],
) -> Select[Any]:
    """Select a page: of each part of the list its first images, and of these the first."""
    parts = [
        select(COLUMNS)
        .where(part, Image.os_hidden.is_(hidden), *filters)
        .order_by(*keyset.sort(COLUMNS.c, order, NULLABLE))
        .limit(_PAGE)
        for part in listed(kind[0], visibility, member_status, kind[1])
    ]
    if len(parts) == 1:
        return parts[0]
    found = union_all(*(select(part.subquery()) for part in parts)).subquery()
    return select(found).order_by(*keyset.sort(found.c, order, NULLABLE)).limit(_PAGE)


_PAGE = bindparam("page", type_=Integer())


@lru_cache(maxsize=256)
def _plain(kind: Kind, visibility: str | None, member_status: str, hidden: bool, order: tuple[Order, ...]) -> Statement:
    """Return the first page of a list without filters, which is asked for again and again."""
    return Statement(_select(kind, visibility, member_status, hidden, order))


def _marker(connection: Connection, caller: Caller, marker: str) -> Row:
    """Return the image that the page starts behind, be it in the list or not."""
    row = connection.execute(select(COLUMNS).where(Image.id == marker)).one_or_none()
    if row is None or (row.deleted_at is not None and not caller.is_admin):
        raise BadRequest(f"The marker {marker} is no image.")
    seen = select(Image.id).where(Image.id == marker, readable(caller.is_admin, caller.lost_by_rejection))
    if row.deleted_at is None and connection.execute(seen, viewer(caller)).one_or_none() is None:
        # 403, not 404: so does the real service, with the marker of an image that is somebody else's.
        raise Forbidden(f"The marker {marker} is not an image that you can see.")
    return row
