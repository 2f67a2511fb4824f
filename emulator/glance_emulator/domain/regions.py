"""Regions: where endpoints are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.identity import Endpoint, Region
from glance_emulator.domain import records
from glance_emulator.domain.identity_policy import enforce
from glance_emulator.domain.records import Values
from glance_emulator.errors import Forbidden

ATTRIBUTES = ("description", "parent_region_id")


def index(session: Session, caller: Caller, filters: Values) -> Sequence[Region]:
    """Return the regions."""
    enforce(caller, "list_regions")
    return records.listed(session, select(Region), filters, (Region.parent_region_id,))


def get(session: Session, caller: Caller, region_id: str) -> Region:
    """Return one region; raise NotFound."""
    enforce(caller, "get_region")
    return records.find(session, Region, "region", region_id)


def create(session: Session, caller: Caller, values: Values) -> Region:
    """Make a region, with the id that `values` have or a new one; raise Conflict if there is one of that id."""
    enforce(caller, "create_region")
    region = Region(
        id=values.get("id") or records.new_id(session, Region), description="", parent_region_id=None, extra={}
    )
    records.refuse_duplicate(session, Region, "region", None, id=region.id)
    _merge(session, region, values)
    return records.save(session, region)


def update(session: Session, caller: Caller, region_id: str, values: Values) -> Region:
    """Change a region."""
    enforce(caller, "update_region")
    region = records.find(session, Region, "region", region_id)
    _merge(session, region, values)
    return records.save(session, region)


def _merge(session: Session, region: Region, values: Values) -> None:
    if values.get("parent_region_id"):
        records.find(session, Region, "region", values["parent_region_id"])
    records.keep(region, {**values, "description": values.get("description", region.description) or ""}, ATTRIBUTES)


def delete(session: Session, caller: Caller, region_id: str) -> None:
    """Remove a region and those below it; raise Forbidden while one of them has endpoints."""
    enforce(caller, "delete_region")
    below = [records.find(session, Region, "region", region_id)]
    for region in below:  # grows while it is walked
        below += session.scalars(select(Region).where(Region.parent_region_id == region.id)).all()
    used = select(Endpoint.id).where(Endpoint.region_id.in_([region.id for region in below])).limit(1)
    if session.scalars(used).first():
        raise Forbidden(f"The region {region_id}, or one below it, has endpoints.")
    for region in below:
        records.remove(session, region)
