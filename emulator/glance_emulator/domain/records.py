"""What all resources of Identity have in common: found by id, listed by filters, named once, changed by merging."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from glance_emulator.caller import Caller
from glance_emulator.db.base import Base
from glance_emulator.db.identity import Project
from glance_emulator.domain import controls, generation
from glance_emulator.errors import BadRequest, Conflict, Forbidden, NotFound

Row = TypeVar("Row", bound=Base)
Values = Mapping[str, Any]
FALSE = ("0", "false", "off", "no", "f", "n")
NOT_KEPT = {"id", "links", "extra"}
"""Keys of a body that are the service's to say, and that it drops without a word."""

COMPARATORS: dict[str, Callable[[Any, str], ColumnElement[bool]]] = {
    "": lambda column, text: column == text,
    "contains": lambda column, text: func.lower(column).contains(text.lower(), autoescape=True),
    "startswith": lambda column, text: func.lower(column).startswith(text.lower(), autoescape=True),
    "endswith": lambda column, text: func.lower(column).endswith(text.lower(), autoescape=True),
}
# Those that ignore case, and those that could do otherwise but do not on the databases that Keystone runs on.
COMPARATORS |= {f"i{name}": compare for name, compare in COMPARATORS.items() if name}


class Extensible(Protocol):
    """A row that keeps what it does not know."""

    extra: dict[str, Any]


def new_id(session: Session, model: type[Any]) -> str:
    """Return the id of a new row."""
    return controls.new_id(session, model, "identity", controls.Controls.hex)


def missing(kind: str, id_: str) -> NotFound:
    """Return the refusal for something that is not there."""
    return NotFound(f"There is no {kind} {id_}.")


def find(session: Session, model: type[Row], kind: str, id_: str) -> Row:
    """Return the row with this id; raise NotFound."""
    row = session.get(model, id_)
    if row is None:
        raise missing(kind, id_)
    return row


def home(session: Session, caller: Caller) -> str:
    """Return the id of the domain that things are in when nobody says which: that of the caller's token."""
    if caller.domain_id:
        return caller.domain_id
    project = session.get(Project, caller.project_id) if caller.project_id else None
    return project.domain_id if project else "default"


def flag(text: str) -> bool:
    """Return what a query parameter means as a flag; one without a value is set."""
    return text.lower() not in FALSE


def listed(session: Session, statement: Select[Any], filters: Values, columns: Collection[Any]) -> Sequence[Row]:
    """Return what `statement` selects and `filters` let through, by id.

    Filters are query parameters: the name of one of `columns`, alone or with `__` and a comparator; others are ignored.
    """
    known: dict[str, InstrumentedAttribute[Any]] = {column.key: column for column in columns}
    for parameter, value in filters.items():
        name, _, comparator = parameter.partition("__")
        if name not in known or comparator not in COMPARATORS:
            continue
        column = known[name]
        if column.type.python_type is bool:
            statement = statement.where(column.is_(flag(value)))
        elif value == "" and column.property.columns[0].nullable:
            statement = statement.where(column.is_(None))
        else:
            statement = statement.where(COMPARATORS[comparator](column, value))
    return session.scalars(statement.order_by(statement.selected_columns["id"])).all()


def refuse_duplicate(session: Session, model: type[Row], kind: str, row_id: str | None, **unique: object) -> None:
    """Raise Conflict if another row than `row_id` has these values already."""
    others = select(model).filter_by(**unique).limit(1)
    for found in session.scalars(others):
        if found.id != row_id:  # type: ignore[attr-defined]
            names = " and ".join(f"{name} {value}" for name, value in unique.items() if value is not None)
            raise Conflict(f"There is a {kind} with the {names} already.")


def keep(row: Extensible, values: Values, attributes: Collection[str]) -> None:
    """Merge `values` into the row: its `attributes` into columns, what it does not know into `extra`.

    Of `options`, those that are null are forgotten.
    """
    extra = dict(row.extra or {})
    for name, value in values.items():
        if name in attributes:
            setattr(row, name, value)
        elif name == "options":
            options = {**extra.get("options", {}), **value}
            extra["options"] = {option: chosen for option, chosen in options.items() if chosen is not None}
        elif name not in NOT_KEPT:
            extra[name] = value
    row.extra = extra


def refuse_change(row: object, values: Values, *names: str) -> None:
    """Raise BadRequest if `values` would change an attribute that never changes."""
    for name in names:
        if name in values and values[name] != getattr(row, name):
            raise BadRequest(f"The {name} cannot be changed.")


def refuse_immutable(row: Extensible, kind: str, values: Values | None = None) -> None:
    """Raise Forbidden for an immutable row, unless `values` do nothing but to lift that."""
    if not row.extra.get("options", {}).get("immutable"):
        return
    if values is None or values.get("options", {}).get("immutable", True) not in (None, False):
        raise Forbidden(f"This {kind} is immutable; set its option immutable to false first.")


def save(session: Session, row: Row) -> Row:
    """Write the row, and begin a new generation."""
    session.add(row)
    session.flush()
    generation.bump(session)
    return row


def remove(session: Session, row: Base) -> None:
    """Delete the row, and begin a new generation."""
    session.delete(row)
    session.flush()
    generation.bump(session)
