"""Who may do what with definitions, and how they are changed: the same for everything in a namespace."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.metadefs import Namespace, Object, Property, Tag
from glance_emulator.domain import policy
from glance_emulator.errors import Conflict, Forbidden, NotFound

Values = Mapping[str, Any]
Inside = TypeVar("Inside", Object, Property, Tag)


def visible(caller: Caller) -> ColumnElement[bool]:
    """Return the condition: the caller's project may know of the namespace."""
    if caller.is_admin:
        return true()
    return or_(Namespace.visibility == "public", Namespace.owner == caller.project_id)


def find(session: Session, caller: Caller, name: str) -> Namespace:
    """Return the namespace; raise NotFound if the caller's project may not know of it."""
    found = session.scalars(select(Namespace).where(Namespace.namespace == name, visible(caller))).one_or_none()
    if found is None:
        raise NotFound(f"There is no namespace {name} that you can see.")
    return found


def enforce(caller: Caller, action: str, namespace: Namespace | None = None) -> None:
    """Raise Forbidden unless policy allows the action; NotFound if the caller may not even read definitions."""
    owner = namespace.owner if namespace else None
    if policy.allows(caller, action, owner, namespace):
        return
    if not policy.allows(caller, "get_metadef_namespace", owner, namespace):
        raise NotFound("There are no metadata definitions that you can see.")
    policy.enforce(caller, action, owner, namespace)


def admitted(session: Session, caller: Caller, name: str, action: str) -> Namespace:
    """Return the namespace if the caller may do `action` in it; raise NotFound or Forbidden."""
    namespace = find(session, caller, name)
    enforce(caller, action, namespace)
    return namespace


def refuse_if_protected(namespace: Namespace) -> None:
    """Raise Forbidden if nothing may be deleted from the namespace."""
    if namespace.protected:
        raise Forbidden(f"The namespace {namespace.namespace} is protected; unset `protected` first.")


def inside(model: type[Inside], namespace: Namespace) -> Select[Inside]:
    """Select what is in the namespace, by name."""
    return select(model).where(model.namespace_id == namespace.id).order_by(model.name)


def named(session: Session, model: type[Inside], namespace: Namespace, name: str) -> Inside:
    """Return what has this name in the namespace; raise NotFound."""
    found = session.scalars(inside(model, namespace).where(model.name == name)).one_or_none()
    if found is None:
        raise NotFound(f"There is no {model.__name__.lower()} {name} in the namespace {namespace.namespace}.")
    return found


def refuse_taken(session: Session, model: type[Inside], namespace: Namespace, name: str) -> None:
    """Raise Conflict if something in the namespace has this name."""
    if session.scalars(inside(model, namespace).where(model.name == name)).one_or_none() is not None:
        raise Conflict(f"There is a {model.__name__.lower()} {name} in the namespace {namespace.namespace} already.")


def change(session: Session, row: Namespace | Object | Property | Tag, values: Values, now: datetime) -> datetime:
    """Set the attributes of a row; return the time of the change before, with which the real service answers."""
    before = row.updated_at
    for name, value in values.items():
        setattr(row, name, value)
    if session.is_modified(row):
        row.updated_at = now
    session.flush()
    return before


def remove(session: Session, namespace: Namespace, row: object) -> None:
    """Delete something from the namespace; raise Forbidden if that is protected."""
    refuse_if_protected(namespace)
    session.delete(row)
