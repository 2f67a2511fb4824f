"""/identity/v3/regions."""

from __future__ import annotations

from flask import Response, g, request

from glance_emulator.api.identity.documents import blueprint_of, many, nothing, one
from glance_emulator.domain import regions
from glance_emulator.web.body import load
from glance_emulator.web.transaction import reading, transaction
from glance_schemas.identity_resources import ChangedRegion, NewRegion, Region

blueprint = blueprint_of("regions", "/regions")


@blueprint.get("")
def index() -> Response:
    """List regions."""
    with reading() as session:
        return many(Region, regions.index(session, g.caller, request.args))


@blueprint.post("")
def create() -> Response:
    """Make a region."""
    body = load(NewRegion)
    with transaction() as session:
        return one(Region, regions.create(session, g.caller, body["region"]), 201)


@blueprint.get("/<region_id>")
def show(region_id: str) -> Response:
    """Show a region."""
    with reading() as session:
        return one(Region, regions.get(session, g.caller, region_id))


@blueprint.patch("/<region_id>")
def update(region_id: str) -> Response:
    """Change a region."""
    body = load(ChangedRegion)
    with transaction() as session:
        return one(Region, regions.update(session, g.caller, region_id, body["region"]))


@blueprint.delete("/<region_id>")
def delete(region_id: str) -> Response:
    """Remove a region."""
    with transaction() as session:
        regions.delete(session, g.caller, region_id)
    return nothing()


@blueprint.put("/<region_id>")
def create_as(region_id: str) -> Response:
    """Make a region of this id."""
    body = load(NewRegion)
    with transaction() as session:
        return one(Region, regions.create(session, g.caller, {**body["region"], "id": region_id}), 201)
