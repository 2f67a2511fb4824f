"""/identity/v3/auth/tokens: logging in, checking and revoking; /auth/catalog, /projects, /domains, /system."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, request
from sqlalchemy.orm import Session

from glance_emulator.api.identity.documents import PREFIX, absolute, blueprint_of, many
from glance_emulator.domain import authentication, catalog, grants, tokens
from glance_emulator.domain.grants import Grant
from glance_emulator.domain.tokens import Claims
from glance_emulator.errors import BadRequest, Forbidden
from glance_emulator.web.body import answer, load, show
from glance_emulator.web.caller import base_url
from glance_emulator.web.transaction import reading, transaction, world
from glance_schemas.identity import TokenAnswer, TokenRequest
from glance_schemas.identity_resources import Domain, Project

login = Blueprint("identity_login", __name__, url_prefix=f"{PREFIX}/auth")
"""What needs no token."""
blueprint = blueprint_of("auth", "/auth")


@login.post("/tokens", strict_slashes=False)
def create() -> Response:
    """Log in."""
    if request.mimetype not in ("", "application/json"):
        raise BadRequest("The body must be application/json.")
    auth = load(TokenRequest)["auth"]
    key = world().token_key
    with reading() as session:
        claims, grant = authentication.authenticate(session, key, auth, world().clock())
        answered = show(TokenAnswer, _document(session, claims, grant), 201)
    answered.headers["X-Subject-Token"] = tokens.sign(key, claims)
    return answered


@blueprint.get("/tokens", strict_slashes=False)
def check() -> Response:
    """Show what a token stands for: the caller's own, or, for those who may, another's."""
    with reading() as session:
        claims, grant = _subject(session, reads=True)
        answered = show(TokenAnswer, _document(session, claims, grant))
    answered.headers["X-Subject-Token"] = request.headers["X-Subject-Token"]
    return answered


@blueprint.delete("/tokens", strict_slashes=False)
def delete() -> Response:
    """Revoke a token."""
    with transaction() as session:
        claims, _ = _subject(session, reads=False)
        tokens.revoke(session, claims, world().clock())
    return Response(status=204)


def _subject(session: Session, *, reads: bool) -> tuple[Claims, Grant]:
    token = request.headers.get("X-Subject-Token")
    if token is None:
        raise Forbidden("The header X-Subject-Token must say which token is meant.")
    allow_expired = reads and request.args.get("allow_expired", "0") in ("1", "true", "True")
    claims, grant = tokens.present(session, world().token_key, token, world().clock(), allow_expired=allow_expired)
    tokens.enforce(g.caller, claims, reads=reads)
    return claims, grant


@blueprint.get("/catalog", strict_slashes=False)
def index() -> Response:
    """List the catalog."""
    caller = g.caller
    if not (caller.project_id or caller.domain_id or caller.system):
        raise Forbidden("The catalog needs a token with a scope.")
    with reading() as session:
        entries = catalog.listed(session, base_url(), caller.user_id, caller.project_id)
    return answer({"catalog": entries, "links": {"self": absolute("/auth/catalog")}})


@blueprint.get("/projects", strict_slashes=False)
def projects() -> Response:
    """List the projects that the caller may ask a token for."""
    with reading() as session:
        return many(Project, grants.projects_of(session, g.caller.user_id))


@blueprint.get("/domains", strict_slashes=False)
def domains() -> Response:
    """List the domains that the caller may ask a token for."""
    with reading() as session:
        return many(Domain, grants.domains_of(session, g.caller.user_id))


@blueprint.get("/system", strict_slashes=False)
def system() -> Response:
    """Say whether the caller may ask a token for the system."""
    with reading() as session:
        scopes = [{"all": True}] if grants.has_system(session, g.caller.user_id) else []
    return answer({"system": scopes, "links": {"self": absolute("/auth/system")}})


def _document(session: Session, claims: Claims, grant: Grant) -> dict[str, Any]:
    user, project, credential = grant.user, grant.project, grant.application_credential
    document: dict[str, Any] = {
        "methods": claims.methods,
        "user": {"domain": grant.user_domain, "id": user.id, "name": user.name},
        "audit_ids": claims.audit_ids,
        "expires_at": claims.expires_at,
        "issued_at": claims.issued_at,
    }
    if project is not None:
        document |= {"project": {"domain": grant.domain, "id": project.id, "name": project.name}, "is_domain": False}
    elif grant.domain is not None:
        document["domain"] = grant.domain
    elif grant.scope is not None:
        document["system"] = {"all": True}
    if grant.scope is not None:
        document["roles"] = grant.roles
        if "nocatalog" not in request.args:
            document["catalog"] = catalog.listed(session, base_url(), user.id, project.id if project else None)
    if credential is not None:
        shown = {"id": credential.id, "name": credential.name, "restricted": not credential.unrestricted}
        rules = {} if credential.access_rules is None else {"access_rules": credential.access_rules}
        document["application_credential"] = shown | rules
    return {"token": document}
