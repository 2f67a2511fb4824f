"""/identity/v3/registered_limits and /identity/v3/limits: how much of what projects may have."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, g, request

from glance_emulator.api.identity.documents import blueprint_of, many, nothing, one, shown
from glance_emulator.domain import unified_limits
from glance_emulator.errors import BadRequest
from glance_emulator.web.body import answer, load
from glance_emulator.web.transaction import reading, transaction
from glance_schemas.identity_limits import (
    ChangedLimit,
    ChangedRegisteredLimit,
    Limit,
    LimitFilters,
    LimitsCreate,
    RegisteredLimit,
    RegisteredLimitsCreate,
)

blueprint = blueprint_of("limits")
_FILTERS = LimitFilters()


def _filters() -> Mapping[str, str]:
    faults = _FILTERS.validate(request.args.to_dict())
    if faults:
        raise BadRequest(f"The query is not valid: {faults}")
    return request.args


@blueprint.get("/registered_limits")
def index_registered() -> Response:
    """List the registered limits."""
    filters = _filters()
    with reading() as session:
        return many(RegisteredLimit, unified_limits.index_registered(session, g.caller, filters))


@blueprint.post("/registered_limits")
def register() -> Response:
    """Register limits."""
    body = load(RegisteredLimitsCreate)
    with transaction() as session:
        rows = unified_limits.register(session, g.caller, body["registered_limits"])
        return answer({"registered_limits": [shown(RegisteredLimit, row) for row in rows]}, 201)


@blueprint.get("/registered_limits/<limit_id>")
def show_registered(limit_id: str) -> Response:
    """Show a registered limit."""
    with reading() as session:
        return one(RegisteredLimit, unified_limits.get_registered(session, g.caller, limit_id))


@blueprint.patch("/registered_limits/<limit_id>")
def update_registered(limit_id: str) -> Response:
    """Change a registered limit."""
    changes = load(ChangedRegisteredLimit)["registered_limit"]
    with transaction() as session:
        return one(RegisteredLimit, unified_limits.update_registered(session, g.caller, limit_id, changes))


@blueprint.delete("/registered_limits/<limit_id>")
def unregister(limit_id: str) -> Response:
    """Remove a registered limit."""
    with transaction() as session:
        unified_limits.unregister(session, g.caller, limit_id)
    return nothing()


@blueprint.get("/limits/model")
def model() -> Response:
    """Say how limits of a project bear on those below it."""
    meaning = "A project's limits do not bear on those of other projects."
    return answer({"model": {"name": "flat", "description": meaning}})


@blueprint.get("/limits")
def index() -> Response:
    """List the limits that the caller may see."""
    filters = _filters()
    with reading() as session:
        return many(Limit, unified_limits.index(session, g.caller, filters))


@blueprint.post("/limits")
def create() -> Response:
    """Limit projects or domains."""
    body = load(LimitsCreate)
    with transaction() as session:
        rows = unified_limits.create(session, g.caller, body["limits"])
        return answer({"limits": [shown(Limit, row) for row in rows]}, 201)


@blueprint.get("/limits/<limit_id>")
def show(limit_id: str) -> Response:
    """Show a limit."""
    with reading() as session:
        return one(Limit, unified_limits.get(session, g.caller, limit_id))


@blueprint.patch("/limits/<limit_id>")
def update(limit_id: str) -> Response:
    """Change a limit."""
    changes = load(ChangedLimit)["limit"]
    with transaction() as session:
        return one(Limit, unified_limits.update(session, g.caller, limit_id, changes))


@blueprint.delete("/limits/<limit_id>")
def delete(limit_id: str) -> Response:
    """Remove a limit."""
    with transaction() as session:
        unified_limits.delete(session, g.caller, limit_id)
    return nothing()
