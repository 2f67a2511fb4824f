"""/identity/v3/role_assignments, and the roles of a user on a project, a domain or the system."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from glance_emulator.api.identity.documents import absolute, blueprint_of, collection, many, nothing
from glance_emulator.db.identity import Domain, Project, User
from glance_emulator.domain import assignments
from glance_emulator.domain.assignments import Entry, Names
from glance_emulator.domain.grants import SYSTEM, Scope
from glance_emulator.domain.records import flag
from glance_emulator.web.transaction import reading, transaction
from glance_schemas.identity_resources import Role

blueprint = blueprint_of("assignments")
TARGETS = {"projects": "project", "domains": "domain"}
ROLES = "/<any(projects, domains):targets>/<target_id>/users/<user_id>/roles"
SYSTEM_ROLES = "/system/users/<user_id>/roles"


def _scope(targets: str, target_id: str) -> Scope:
    return Scope(TARGETS.get(targets, targets), target_id)


@blueprint.get(SYSTEM_ROLES, defaults={"targets": "system", "target_id": SYSTEM})
@blueprint.get(ROLES)
def index_roles(targets: str, target_id: str, user_id: str) -> Response:
    """List the user's roles there."""
    with reading() as session:
        return many(Role, assignments.roles_of(session, g.caller, _scope(targets, target_id), user_id))


@blueprint.get(f"{SYSTEM_ROLES}/<role_id>", defaults={"targets": "system", "target_id": SYSTEM})
@blueprint.get(f"{ROLES}/<role_id>")
def check(targets: str, target_id: str, user_id: str, role_id: str) -> Response:
    """Say whether the user has the role there."""
    with reading() as session:
        assignments.check(session, g.caller, _scope(targets, target_id), user_id, role_id)
    return nothing()


@blueprint.put(f"{SYSTEM_ROLES}/<role_id>", defaults={"targets": "system", "target_id": SYSTEM})
@blueprint.put(f"{ROLES}/<role_id>")
def give(targets: str, target_id: str, user_id: str, role_id: str) -> Response:
    """Give the user the role there."""
    with transaction() as session:
        assignments.give(session, g.caller, _scope(targets, target_id), user_id, role_id)
    return nothing()


@blueprint.delete(f"{SYSTEM_ROLES}/<role_id>", defaults={"targets": "system", "target_id": SYSTEM})
@blueprint.delete(f"{ROLES}/<role_id>")
def take(targets: str, target_id: str, user_id: str, role_id: str) -> Response:
    """Take the role there from the user."""
    with transaction() as session:
        assignments.take(session, g.caller, _scope(targets, target_id), user_id, role_id)
    return nothing()


@blueprint.get("/role_assignments")
def index() -> Response:
    """List who has which role where."""
    with reading() as session:
        entries = assignments.index(session, g.caller, request.args)
        named = "include_names" in request.args and flag(request.args["include_names"])
        names = assignments.names(session, entries) if named else None
        return collection("role_assignments", [_shown(entry, names) for entry in entries])


def _shown(entry: Entry, names: Names | None) -> dict[str, Any]:
    kind, target_id = entry.scope.kind, entry.scope.target_id
    place = kind if kind == "system" else f"{kind}s/{target_id}"
    links = {"assignment": absolute(f"/{place}/users/{entry.user_id}/roles/{entry.prior_id or entry.role_id}")}
    if entry.prior_id:
        # The real service has the two ids in this order, which is not that of /roles/{prior}/implies/{implied}.
        links["prior_role"] = absolute(f"/prior_role/{entry.role_id}/implies/{entry.prior_id}")
    user: dict[str, Any] = {"id": entry.user_id}
    role = {"id": entry.role_id}
    scope: dict[str, Any] = {"all": True} if kind == "system" else {"id": target_id}
    if names is not None:
        user = _named(names, names.users[entry.user_id])
        role["name"] = names.roles[entry.role_id].name
        if kind == "project":
            scope = _named(names, names.projects[target_id])
        elif kind == "domain":
            scope["name"] = names.domains[target_id].name
    return {"links": links, "scope": {kind: scope}, "user": user, "role": role}


def _named(names: Names, row: User | Project) -> dict[str, Any]:
    domain: Domain = names.domains[row.domain_id]
    return {"id": row.id, "name": row.name, "domain": {"id": domain.id, "name": domain.name}}
