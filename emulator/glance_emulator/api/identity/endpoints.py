"""/identity/v3/endpoints."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from glance_emulator.api.identity.documents import blueprint_of, collection, nothing, shown
from glance_emulator.db.identity import Endpoint as Row
from glance_emulator.domain import endpoints
from glance_emulator.domain.catalog import resolved
from glance_emulator.web.body import answer, load
from glance_emulator.web.caller import base_url
from glance_emulator.web.transaction import reading, transaction
from glance_schemas.identity_resources import ChangedEndpoint, Endpoint, NewEndpoint

blueprint = blueprint_of("endpoints", "/endpoints")


def _shown(row: Row) -> dict[str, Any]:
    return shown(Endpoint, row, url=resolved(row.url, base_url()), region=row.region_id)


@blueprint.get("")
def index() -> Response:
    """List endpoints."""
    with reading() as session:
        return collection("endpoints", [_shown(row) for row in endpoints.index(session, g.caller, request.args)])


@blueprint.post("")
def create() -> Response:
    """Make a endpoint."""
    body = load(NewEndpoint)
    with transaction() as session:
        return answer({"endpoint": _shown(endpoints.create(session, g.caller, body["endpoint"]))}, 201)


@blueprint.get("/<endpoint_id>")
def show(endpoint_id: str) -> Response:
    """Show a endpoint."""
    with reading() as session:
        return answer({"endpoint": _shown(endpoints.get(session, g.caller, endpoint_id))})


@blueprint.patch("/<endpoint_id>")
def update(endpoint_id: str) -> Response:
    """Change a endpoint."""
    body = load(ChangedEndpoint)
    with transaction() as session:
        return answer({"endpoint": _shown(endpoints.update(session, g.caller, endpoint_id, body["endpoint"]))})


@blueprint.delete("/<endpoint_id>")
def delete(endpoint_id: str) -> Response:
    """Remove a endpoint."""
    with transaction() as session:
        endpoints.delete(session, g.caller, endpoint_id)
    return nothing()
