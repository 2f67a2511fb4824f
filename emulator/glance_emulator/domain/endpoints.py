"""Endpoints: the addresses of services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.identity import Endpoint, Region, Service
from glance_emulator.domain import records
from glance_emulator.domain.identity_policy import enforce
from glance_emulator.domain.records import Values
from glance_emulator.errors import BadRequest

ATTRIBUTES = ("service_id", "interface", "region_id", "url", "enabled")


def index(session: Session, caller: Caller, filters: Values) -> Sequence[Endpoint]:
    """Return the endpoints."""
    enforce(caller, "list_endpoints")
    # `region` is the older name of the filter, and goes on to work in the real service.
    filters = {"region_id" if name == "region" else name: value for name, value in filters.items()}
    columns = (Endpoint.service_id, Endpoint.interface, Endpoint.region_id)
    return records.listed(session, select(Endpoint), filters, columns)


def get(session: Session, caller: Caller, endpoint_id: str, action: str = "get_endpoint") -> Endpoint:
    """Return one endpoint; raise Forbidden, also where there is none, or NotFound."""
    enforce(caller, action)
    return records.find(session, Endpoint, "endpoint", endpoint_id)


def create(session: Session, caller: Caller, values: Values) -> Endpoint:
    """Make an endpoint; raise BadRequest for a service or region that is none."""
    enforce(caller, "create_endpoint")
    endpoint = Endpoint(id=records.new_id(session, Endpoint), enabled=True, region_id=None, extra={})
    records.keep(endpoint, _placed(session, values), ATTRIBUTES)
    return records.save(session, endpoint)


def update(session: Session, caller: Caller, endpoint_id: str, values: Values) -> Endpoint:
    """Change an endpoint."""
    endpoint = get(session, caller, endpoint_id, "update_endpoint")
    records.refuse_change(endpoint, values, "id")
    records.keep(endpoint, _placed(session, values), ATTRIBUTES)
    return records.save(session, endpoint)


def _placed(session: Session, values: Values) -> Values:
    """Return the values with the region's id; naming a region as `region`, the older way, makes it if need be."""
    placed: dict[str, Any] = dict(values)
    region = placed.pop("region", None)
    if region:
        placed["region_id"] = region
        if session.get(Region, region) is None:
            session.add(Region(id=region, description="", parent_region_id=None, extra={}))
            session.flush()
    for key, model in (("service_id", Service), ("region_id", Region)):
        if placed.get(key) is not None and session.get(model, placed[key]) is None:
            raise BadRequest(f"The {key} {placed[key]} is of nothing that there is.")
    return placed


def delete(session: Session, caller: Caller, endpoint_id: str) -> None:
    """Remove an endpoint."""
    records.remove(session, get(session, caller, endpoint_id, "delete_endpoint"))
