"""Pages that begin behind a marker: found by its values rather than counted, so that every page costs the same."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, false, or_
from sqlalchemy.sql.base import ReadOnlyColumnCollection

Order = tuple[str, str]
"""A sort key and its direction, `asc` or `desc`."""


def sort(
    columns: ReadOnlyColumnCollection[str, Any], order: Sequence[Order], nullable: Collection[str]
) -> Iterator[ColumnElement[Any]]:
    """Yield what to sort by; of the `nullable` keys, those without a value come first, or last if descending."""
    for key, direction in order:
        column = columns[key]
        ordered = column.asc() if direction == "asc" else column.desc()
        if key in nullable:
            ordered = ordered.nulls_first() if direction == "asc" else ordered.nulls_last()
        yield ordered


def behind(
    columns: ReadOnlyColumnCollection[str, Any], order: Sequence[Order], nullable: Collection[str], marker: Any
) -> ColumnElement[bool]:
    """Return the condition: a row stands behind `marker`, the row that the page before ended with."""
    alternatives: list[ColumnElement[bool]] = []
    same: list[ColumnElement[bool]] = []
    for key, direction in order:
        column, value = columns[key], _value(columns[key], marker)
        alternatives.append(and_(*same, _behind(column, value, direction)))
        same.append(column.is_(None) if value is None else column == value)
    first, direction = order[0]
    if first in nullable:
        return or_(*alternatives)
    # Implied by the alternatives; said again because an index can be entered by it.
    column, value = columns[first], _value(columns[first], marker)
    return and_(column >= value if direction == "asc" else column <= value, or_(*alternatives))


def _value(column: Any, marker: Any) -> ColumnElement[Any] | None:
    """Return the marker's value as one that compares, which Python's True and False do not in SQLAlchemy."""
    value = getattr(marker, column.key)
    return None if value is None else bindparam(None, value, column.type)


def _behind(column: Any, value: Any, direction: str) -> ColumnElement[bool]:
    if direction == "asc":
        return and_(column.is_not(None) if value is None else column > value)
    return false() if value is None else or_(column < value, column.is_(None))
