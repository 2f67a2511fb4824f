"""/identity/v3/limits and /identity/v3/registered_limits: no service registers any, so there are none to set."""

from __future__ import annotations

from flask import Response, g

from glance_emulator.api.identity.documents import blueprint_of, collection
from glance_emulator.domain.identity_policy import enforce
from glance_emulator.domain.records import missing
from glance_emulator.errors import Forbidden
from glance_emulator.web.body import answer, load
from glance_schemas.identity_resources import LimitsCreate

blueprint = blueprint_of("limits")


@blueprint.get("/limits", defaults={"name": "limits"})
@blueprint.get("/registered_limits", defaults={"name": "registered_limits"})
def index(name: str) -> Response:
    """List limits, or what limits there may be."""
    enforce(g.caller, "list_limits")
    return collection(name, [])


@blueprint.get("/limits/model")
def model() -> Response:
    """Say how limits of a project bear on those below it."""
    meaning = "A project's limits do not bear on those of other projects."
    return answer({"model": {"name": "flat", "description": meaning}})


@blueprint.post("/limits")
def create() -> Response:
    """Refuse limits of what nobody registered."""
    load(LimitsCreate)
    enforce(g.caller, "create_limits")
    raise Forbidden("A limit can only be made of a resource that has a registered limit.")


@blueprint.route("/limits/<limit_id>", methods=("GET", "PATCH", "DELETE"))
@blueprint.route("/registered_limits/<limit_id>", methods=("GET", "PATCH", "DELETE"))
def show(limit_id: str) -> Response:
    """Find no limit, whatever was to be done with it."""
    raise missing("limit", limit_id)
