"""/identity/v3/services."""

from __future__ import annotations

from flask import Response, g, request

from glance_emulator.api.identity.documents import blueprint_of, many, nothing, one
from glance_emulator.domain import services
from glance_emulator.web.body import load
from glance_emulator.web.transaction import reading, transaction
from glance_schemas.identity_resources import ChangedService, NewService, Service

blueprint = blueprint_of("services", "/services")


@blueprint.get("")
def index() -> Response:
    """List services."""
    with reading() as session:
        return many(Service, services.index(session, g.caller, request.args))


@blueprint.post("")
def create() -> Response:
    """Make a service."""
    body = load(NewService)
    with transaction() as session:
        return one(Service, services.create(session, g.caller, body["service"]), 201)


@blueprint.get("/<service_id>")
def show(service_id: str) -> Response:
    """Show a service."""
    with reading() as session:
        return one(Service, services.get(session, g.caller, service_id))


@blueprint.patch("/<service_id>")
def update(service_id: str) -> Response:
    """Change a service."""
    body = load(ChangedService)
    with transaction() as session:
        return one(Service, services.update(session, g.caller, service_id, body["service"]))


@blueprint.delete("/<service_id>")
def delete(service_id: str) -> Response:
    """Remove a service."""
    with transaction() as session:
        services.delete(session, g.caller, service_id)
    return nothing()
