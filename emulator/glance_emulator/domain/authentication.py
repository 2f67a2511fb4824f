"""Logging in: from a proof of who somebody is, and a wish where to act, to the claims of a token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.db.identity import ApplicationCredential, Domain, Project, User
from glance_emulator.domain import controls, grants, passwords, tokens
from glance_emulator.domain.grants import SYSTEM, Grant, Scope
from glance_emulator.domain.tokens import Claims
from glance_emulator.errors import BadRequest, Forbidden, NotFound, Unauthorized

Part = Mapping[str, Any]
"""A part of the request, as the schema leaves it."""

REFUSAL = "This login is not possible: user, proof or scope is not right."
"""The only message for all that may be wrong, so that it tells nothing."""


@dataclass(frozen=True)
class Proven:
    """Who one method has proven the user to be."""

    user_id: str
    methods: tuple[str, ...]
    parent: Claims | None = None
    credential: ApplicationCredential | None = None


def authenticate(session: Session, key: str, request: Part, now: datetime) -> tuple[Claims, Grant]:
    """Return the claims of a new token and what they stand for; `request` is the document's `auth`.

    Raises BadRequest, Unauthorized, and, for tokens and application credentials that are none, NotFound.
    """
    identity, wish = request["identity"], request.get("scope")
    for method in identity["methods"]:
        if method not in identity:
            raise BadRequest(f"identity.{method}: this method is listed, and not there.")
    scope = _scope(session, wish) if wish is not None else None
    proofs = [_prove(session, key, method, identity[method], now) for method in identity["methods"]]
    if len({proof.user_id for proof in proofs}) != 1:
        raise Unauthorized(REFUSAL)
    credential = next((proof.credential for proof in proofs if proof.credential), None)
    if credential is not None:
        if wish is not None:
            raise Unauthorized("An application credential has its scope already, and no other can be asked for.")
        scope = Scope("project", credential.project_id)
    claims = tokens.claim(
        proofs[0].user_id,
        tuple(sorted({method for proof in proofs for method in proof.methods}, reverse=True)),
        scope,
        now,
        parent=next((proof.parent for proof in proofs if proof.parent), None),
        credential_id=credential.id if credential else None,
        not_after=credential.expires_at if credential else None,
        audit_id=controls.of(session).token("token", 16),
    )
    if wish is None and credential is None:
        return _by_default(session, claims)
    return claims, _granted(session, claims)


def _granted(session: Session, claims: Claims) -> Grant:
    grant = grants.find(session, claims.user_id, claims.scope, claims.application_credential_id)
    if grant is None:
        raise Unauthorized(REFUSAL)
    return grant


def _by_default(session: Session, claims: Claims) -> tuple[Claims, Grant]:
    """Return the token for the user's default project, or, where there is none or no role on it, for nothing."""
    unscoped = _granted(session, claims)
    project_id = unscoped.user.default_project_id
    if project_id is not None:
        scope = Scope("project", project_id)
        grant = grants.find(session, claims.user_id, scope)
        if grant is not None:
            return tokens.scoped(claims, scope), grant
    return claims, unscoped


def _scope(session: Session, wish: Part) -> Scope | None:
    """Return the scope that is wished for, None for `unscoped`; raise Unauthorized if there is nothing like it."""
    if "unscoped" in wish:
        return None
    if "system" in wish:
        return Scope("system", SYSTEM)
    kind = "project" if "project" in wish else "domain"
    find = {"project": _project, "domain": _domain}[kind]
    found = find(session, wish[kind])
    if found is None:
        raise Unauthorized(REFUSAL)
    return Scope(kind, found.id)


# A name counts more than an id, as in the real service: see it there with {"id": "none", "name": ..., "domain": ...}.


def _domain(session: Session, part: Part) -> Domain | None:
    if "name" in part:
        return session.scalars(select(Domain).where(Domain.name == part["name"])).one_or_none()
    return session.get(Domain, part["id"])


def _project(session: Session, part: Part) -> Project | None:
    if "name" not in part:
        return session.get(Project, part["id"])
    domain = _domain(session, part["domain"])
    if domain is None:
        return None
    statement = select(Project).where(Project.domain_id == domain.id, Project.name == part["name"])
    return session.scalars(statement).one_or_none()


def _user(session: Session, part: Part) -> User | None:
    if "name" not in part:
        return session.get(User, part["id"])
    domain = _domain(session, part["domain"])
    if domain is None:
        return None
    return session.scalars(select(User).where(User.domain_id == domain.id, User.name == part["name"])).one_or_none()


def _prove(session: Session, key: str, method: str, part: Part, now: datetime) -> Proven:
    if method == "password":
        return _by_password(session, part)
    if method == "token":
        return _by_token(session, key, part, now)
    if method == "application_credential":
        return _by_credential(session, part, now)
    raise Unauthorized(f"There is no method {method}.")


def _by_password(session: Session, part: Part) -> Proven:
    user = _user(session, part["user"])
    known = passwords.matches(part["user"].get("password", ""), user.password_hash if user else None)
    if user is None or not known:
        raise Unauthorized(REFUSAL)
    return Proven(user.id, ("password",))


def _by_token(session: Session, key: str, part: Part, now: datetime) -> Proven:
    claims, grant = tokens.present(session, key, part["id"], now)
    if grant.application_credential is not None:
        raise Forbidden("A token of an application credential cannot be exchanged for another.")
    return Proven(claims.user_id, ("token", *claims.methods), parent=claims)


def _by_credential(session: Session, part: Part, now: datetime) -> Proven:
    if "id" in part:
        found = session.get(ApplicationCredential, part["id"])
        if found is None:
            raise NotFound("There is no such application credential.")
    else:
        user = _user(session, part["user"])
        named = select(ApplicationCredential).where(ApplicationCredential.name == part["name"])
        found = session.scalars(named.where(ApplicationCredential.user_id == user.id)).one_or_none() if user else None
    known = passwords.matches(part.get("secret", ""), found.secret_hash if found else None)
    if found is None or not known or (found.expires_at is not None and found.expires_at <= now):
        raise Unauthorized(REFUSAL)
    return Proven(found.user_id, ("application_credential",), credential=found)
