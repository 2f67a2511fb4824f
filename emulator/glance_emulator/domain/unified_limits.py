"""Unified limits: how much of a service's resources projects may have. Services ask for them and hold them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.base import Base
from glance_emulator.db.identity import Domain, Limit, Project, Region, RegisteredLimit, Service
from glance_emulator.domain import records
from glance_emulator.domain.identity_policy import enforce
from glance_emulator.domain.records import Values
from glance_emulator.errors import BadRequest, Forbidden

KEYS = ("service_id", "region_id", "resource_name")
"""What a limit is of; there is one registered limit for it, and one more for each project and domain."""
REGISTERED = (RegisteredLimit.service_id, RegisteredLimit.region_id, RegisteredLimit.resource_name)
LIMITS = (Limit.service_id, Limit.region_id, Limit.resource_name, Limit.project_id, Limit.domain_id)
PLACES: dict[str, type[Base]] = {
    "service_id": Service,
    "region_id": Region,
    "project_id": Project,
    "domain_id": Domain,
}
AnyLimit = TypeVar("AnyLimit", RegisteredLimit, Limit)


def index_registered(session: Session, caller: Caller, filters: Values) -> Sequence[RegisteredLimit]:
    """Return the registered limits, the oldest first."""
    enforce(caller, "list_registered_limits")
    return _in_order(records.listed(session, select(RegisteredLimit), filters, REGISTERED))


def get_registered(session: Session, caller: Caller, limit_id: str) -> RegisteredLimit:
    """Return one registered limit; raise NotFound."""
    enforce(caller, "get_registered_limit")
    return _find(session, RegisteredLimit, limit_id)


def register(session: Session, caller: Caller, several: Sequence[Values]) -> Sequence[RegisteredLimit]:
    """Register limits, all or none; raise BadRequest for one of nothing that there is, Conflict for one twice."""
    enforce(caller, "create_registered_limits")
    return [add_registered(session, values) for values in several]


def add_registered(session: Session, values: Values) -> RegisteredLimit:
    """Register a limit, whoever wants it."""
    _check_places(session, values)
    row = RegisteredLimit(
        id=records.new_id(session, RegisteredLimit), **{"region_id": None, "description": None, **values}
    )
    _refuse_duplicate(session, row)
    return records.save(session, row)


def update_registered(session: Session, caller: Caller, limit_id: str, values: Values) -> RegisteredLimit:
    """Change a registered limit; raise NotFound, Forbidden while projects have limits of their own."""
    enforce(caller, "update_registered_limit")
    row = _unused(session, limit_id)
    _check_places(session, values)
    for name, value in values.items():
        setattr(row, name, value)
    _refuse_duplicate(session, row)
    return records.save(session, row)


def unregister(session: Session, caller: Caller, limit_id: str) -> None:
    """Remove a registered limit; raise NotFound, Forbidden while projects have limits of their own."""
    enforce(caller, "delete_registered_limit")
    records.remove(session, _unused(session, limit_id))


def _unused(session: Session, limit_id: str) -> RegisteredLimit:
    row = _find(session, RegisteredLimit, limit_id)
    if session.scalars(select(Limit).filter_by(**_keys(row)).limit(1)).first() is not None:
        raise Forbidden(f"There are limits of projects or domains for the registered limit {limit_id}.")
    return row


def index(session: Session, caller: Caller, filters: Values) -> Sequence[Limit]:
    """Return the limits that the caller may see, the oldest first: those of their project, if it is not all."""
    enforce(caller, "list_limits")
    return _in_order(records.listed(session, select(Limit).where(_seen(caller)), filters, LIMITS))


def _seen(caller: Caller) -> ColumnElement[bool]:
    if caller.is_admin or caller.system:
        return true()
    if caller.domain_id is not None:
        return Limit.domain_id == caller.domain_id
    return Limit.project_id == caller.project_id


def get(session: Session, caller: Caller, limit_id: str) -> Limit:
    """Return one limit; raise Forbidden, for who may not see all also where there is none, or NotFound."""
    row = session.scalars(select(Limit).filter_by(id=limit_id)).one_or_none()
    project_id, domain_id = (row.project_id, row.domain_id) if row else (None, None)
    enforce(caller, "get_limit", project_id=project_id, domain_id=domain_id)
    if row is None:
        raise records.missing("limit", limit_id)
    return row


def create(session: Session, caller: Caller, several: Sequence[Values]) -> Sequence[Limit]:
    """Limit projects or domains, all or none.

    Raises BadRequest for a limit of nothing that there is, Forbidden where none is registered, Conflict for one twice.
    """
    enforce(caller, "create_limits")
    return [_add(session, values) for values in several]


def _add(session: Session, values: Values) -> Limit:
    _check_places(session, values)
    given: dict[str, Any] = {"region_id": None, "project_id": None, "domain_id": None, "description": None, **values}
    row = Limit(id=records.new_id(session, Limit), **given)
    if session.scalars(select(RegisteredLimit).filter_by(**_keys(row))).first() is None:
        raise Forbidden("A limit can only be made of a resource that has a registered limit.")
    _refuse_duplicate(session, row, project_id=row.project_id, domain_id=row.domain_id)
    return records.save(session, row)


def update(session: Session, caller: Caller, limit_id: str, values: Values) -> Limit:
    """Change a limit; raise NotFound before Forbidden. A description that is null stays what it was."""
    row = _find(session, Limit, limit_id)
    enforce(caller, "update_limit")
    for name, value in values.items():
        if value is not None:
            setattr(row, name, value)
    return records.save(session, row)


def delete(session: Session, caller: Caller, limit_id: str) -> None:
    """Remove a limit; raise NotFound before Forbidden."""
    row = _find(session, Limit, limit_id)
    enforce(caller, "delete_limit")
    records.remove(session, row)


def _find(session: Session, model: type[AnyLimit], limit_id: str) -> AnyLimit:
    row = session.scalars(select(model).filter_by(id=limit_id)).one_or_none()
    if row is None:
        raise records.missing("limit", limit_id)
    return row


def _keys(row: RegisteredLimit | Limit) -> dict[str, str | None]:
    return {name: getattr(row, name) for name in KEYS}


def _refuse_duplicate(session: Session, row: RegisteredLimit | Limit, **whose: str | None) -> None:
    with session.no_autoflush:
        records.refuse_duplicate(session, type(row), "limit", row.id, **_keys(row), **whose)


def _in_order(rows: Sequence[AnyLimit]) -> Sequence[AnyLimit]:
    return sorted(rows, key=lambda row: row.position)


def _check_places(session: Session, values: Values) -> None:
    for name, model in PLACES.items():
        if values.get(name) is not None and session.get(model, values[name]) is None:
            raise BadRequest(f"The {name} {values[name]} is of nothing that there is.")
