"""/identity/v3/roles and /identity/v3/role_inferences."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from glance_emulator.api.identity.documents import absolute, blueprint_of, links_to, many, nothing, one
from glance_emulator.db.identity import Role as Row
from glance_emulator.domain import roles
from glance_emulator.web.body import answer, load
from glance_emulator.web.transaction import reading, transaction
from glance_schemas.identity_resources import ChangedRole, NewRole, Role

blueprint = blueprint_of("roles", "/roles")


@blueprint.get("")
def index() -> Response:
    """List roles."""
    with reading() as session:
        return many(Role, roles.index(session, g.caller, request.args))


@blueprint.post("")
def create() -> Response:
    """Make a role."""
    body = load(NewRole)
    with transaction() as session:
        return one(Role, roles.create(session, g.caller, body["role"]), 201)


@blueprint.get("/<role_id>")
def show(role_id: str) -> Response:
    """Show a role."""
    with reading() as session:
        return one(Role, roles.get(session, g.caller, role_id))


@blueprint.patch("/<role_id>")
def update(role_id: str) -> Response:
    """Change a role."""
    body = load(ChangedRole)
    with transaction() as session:
        return one(Role, roles.update(session, g.caller, role_id, body["role"]))


@blueprint.delete("/<role_id>")
def delete(role_id: str) -> Response:
    """Remove a role."""
    with transaction() as session:
        roles.delete(session, g.caller, role_id)
    return nothing()


inferences = blueprint_of("role_inferences", "/role_inferences")


def _brief(role: Row) -> dict[str, Any]:
    return {"id": role.id, **links_to(Role, role.id), "name": role.name}


@inferences.get("")
def index_inferences() -> Response:
    """List which roles imply which."""
    with reading() as session:
        rules = [
            {"prior_role": _brief(prior), "implies": [_brief(follower) for follower in followers]}
            for prior, followers in roles.inferences(session, g.caller)
        ]
    return answer({"role_inferences": rules, "links": {"self": absolute("/role_inferences")}})


@blueprint.get("/<role_id>/implies")
def index_implied(role_id: str) -> Response:
    """List what a role implies."""
    with reading() as session:
        prior, followers = roles.implied(session, g.caller, role_id)
        rule = {"prior_role": _brief(prior), "implies": [_brief(follower) for follower in followers]}
    return answer({"role_inference": rule, "links": {"self": absolute(f"/roles/{role_id}/implies")}})


@blueprint.get("/<role_id>/implies/<implied_id>")
def show_implied(role_id: str, implied_id: str) -> Response:
    """Show that a role implies another; HEAD says it with the status alone."""
    with reading() as session:
        prior, follower, _ = roles.inference(session, g.caller, role_id, implied_id)
    return nothing() if request.method == "HEAD" else _rule(prior, follower, 200)


@blueprint.put("/<role_id>/implies/<implied_id>")
def imply(role_id: str, implied_id: str) -> Response:
    """Have a role imply another."""
    with transaction() as session:
        return _rule(*roles.imply(session, g.caller, role_id, implied_id), 201)


def _rule(prior: Row, follower: Row, status: int) -> Response:
    rule = {"prior_role": _brief(prior), "implies": _brief(follower)}
    here = absolute(f"/roles/{prior.id}/implies/{follower.id}")
    return answer({"role_inference": rule, "links": {"self": here}}, status)


@blueprint.delete("/<role_id>/implies/<implied_id>")
def stop_implying(role_id: str, implied_id: str) -> Response:
    """Have a role not imply another any more."""
    with transaction() as session:
        roles.stop_implying(session, g.caller, role_id, implied_id)
    return nothing()
