"""/identity/v3/users/{user_id}/application_credentials and /access_rules."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from glance_emulator.api.identity.documents import absolute, blueprint_of, collection, nothing, shown
from glance_emulator.db.identity import ApplicationCredential as Row
from glance_emulator.db.identity import Role as RoleRow
from glance_emulator.domain import application_credentials, tokens
from glance_emulator.web.body import answer, load
from glance_emulator.web.transaction import reading, transaction, world
from glance_schemas.identity_resources import ApplicationCredential, ApplicationCredentialCreate, Role

blueprint = blueprint_of("application_credentials", "/users/<user_id>")


def _shown(row: Row, roles: list[RoleRow], **more: Any) -> dict[str, Any]:
    documents = [shown(Role, role) for role in roles]
    for document in documents:
        del document["links"]
    return shown(ApplicationCredential, row, roles=documents, **more)


def _used() -> str | None:
    """Return the application credential that the caller's token was got with, if it was one."""
    claims = tokens.read(world().token_key, request.headers.get("X-Auth-Token", ""))
    return claims.application_credential_id if claims else None


@blueprint.get("/application_credentials")
def index(user_id: str) -> Response:
    """List the user's application credentials."""
    with reading() as session:
        rows = application_credentials.index(session, g.caller, user_id, request.args)
        roles = application_credentials.roles_of(session, rows)
        return collection("application_credentials", [_shown(row, roles[row.id]) for row in rows])


@blueprint.post("/application_credentials")
def create(user_id: str) -> Response:
    """Make an application credential; its secret is shown here and never again."""
    body = load(ApplicationCredentialCreate)["application_credential"]
    with transaction() as session:
        row, secret = application_credentials.create(session, g.caller, user_id, body, world().clock(), _used())
        roles = application_credentials.roles_of(session, [row])[row.id]
        return answer({"application_credential": _shown(row, roles, secret=secret)}, 201)


@blueprint.get("/application_credentials/<credential_id>")
def show(user_id: str, credential_id: str) -> Response:
    """Show an application credential."""
    with reading() as session:
        row = application_credentials.get(session, g.caller, user_id, credential_id)
        roles = application_credentials.roles_of(session, [row])[row.id]
        return answer({"application_credential": _shown(row, roles)})


@blueprint.delete("/application_credentials/<credential_id>")
def delete(user_id: str, credential_id: str) -> Response:
    """Remove an application credential."""
    with transaction() as session:
        application_credentials.delete(session, g.caller, user_id, credential_id, _used())
    return nothing()


@blueprint.get("/access_rules")
def index_access_rules(user_id: str) -> Response:
    """List the access rules of the user's application credentials."""
    with reading() as session:
        rules = application_credentials.access_rules(session, g.caller, user_id)
    linked = [{**rule, "links": {"self": absolute(f"/access_rules/{rule['id']}")}} for rule in rules]
    return collection("access_rules", linked)
