"""Services of the catalog."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.identity import Service
from glance_emulator.domain import records
from glance_emulator.domain.identity_policy import enforce
from glance_emulator.domain.records import Values

ATTRIBUTES = ("name", "type", "description", "enabled")


def index(session: Session, caller: Caller, filters: Values) -> Sequence[Service]:
    """Return the services."""
    enforce(caller, "list_services")
    return records.listed(session, select(Service), filters, (Service.name, Service.type))


def get(session: Session, caller: Caller, service_id: str, action: str = "get_service") -> Service:
    """Return one service; raise Forbidden, also where there is none, or NotFound."""
    enforce(caller, action)
    return records.find(session, Service, "service", service_id)


def create(session: Session, caller: Caller, values: Values) -> Service:
    """Make a service; neither its name nor its type need be the only one."""
    enforce(caller, "create_service")
    service = Service(id=records.new_id(session, Service), name="", description=None, enabled=True, extra={})
    records.keep(service, values, ATTRIBUTES)
    return records.save(session, service)


def update(session: Session, caller: Caller, service_id: str, values: Values) -> Service:
    """Change a service."""
    service = get(session, caller, service_id, "update_service")
    records.refuse_change(service, values, "id")
    records.keep(service, values, ATTRIBUTES)
    return records.save(session, service)


def delete(session: Session, caller: Caller, service_id: str) -> None:
    """Remove a service and its endpoints."""
    records.remove(session, get(session, caller, service_id, "delete_service"))
