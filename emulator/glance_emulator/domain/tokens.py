"""Tokens: signed, so that whoever has the world's key can check them; only revoked ones are kept in a table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from threading import Lock

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.clock import EPOCH
from glance_emulator.db.identity import RevokedToken
from glance_emulator.domain import controls, generation, grants
from glance_emulator.domain.grants import Grant, Scope
from glance_emulator.domain.worlds import World
from glance_emulator.errors import Forbidden, NotFound

LIFETIME = timedelta(hours=1)
REMEMBERED = 4096
"""How many verified tokens a process remembers."""

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says; whether that still holds is for the tables to tell."""

    user_id: str
    methods: tuple[str, ...]
    scope: Scope | None
    audit_ids: tuple[str, ...]
    """The token's own, then that of the first token of its chain, if another token was the password."""
    issued_at: datetime
    expires_at: datetime
    application_credential_id: str | None = None


def claim(
    user_id: str,
    methods: tuple[str, ...],
    scope: Scope | None,
    now: datetime,
    parent: Claims | None = None,
    credential_id: str | None = None,
    not_after: datetime | None = None,
    audit_id: str | None = None,
) -> Claims:
    """Return the claims of a new token; one that is made from a `parent` ends when that does."""
    expires_at = parent.expires_at if parent else now.replace(microsecond=0) + LIFETIME
    audit_ids = (audit_id or controls.FREE.token("token", 16), *(parent.audit_ids[-1:] if parent else ()))
    if not_after is not None:
        expires_at = min(expires_at, not_after.replace(microsecond=0))
    # The time of issue is kept in full: it is compared with that of a new password, which may be of the same second.
    return Claims(user_id, methods, scope, audit_ids, now, expires_at, credential_id)


def scoped(claims: Claims, scope: Scope) -> Claims:
    """Return the same claims for another scope."""
    return replace(claims, scope=scope)


def sign(key: str, claims: Claims) -> str:
    """Return the token that says `claims`."""
    scope = claims.scope
    return _serializer(key).dumps(
        [
            claims.user_id,
            claims.methods,
            [scope.kind, scope.target_id] if scope else None,
            claims.audit_ids,
            (claims.issued_at - EPOCH) // _MICROSECOND,
            (claims.expires_at - EPOCH) // _MICROSECOND,
            claims.application_credential_id,
        ]
    )


def read(key: str, token: str) -> Claims | None:
    """Return what the token says, or None if it was not signed with `key`."""
    try:
        user_id, methods, scope, audit_ids, issued_at, expires_at, credential_id = _serializer(key).loads(token)
    except BadData:
        return None
    return Claims(
        user_id,
        tuple(methods),
        Scope(*scope) if scope else None,
        tuple(audit_ids),
        EPOCH + issued_at * _MICROSECOND,
        EPOCH + expires_at * _MICROSECOND,
        credential_id,
    )


@cache
def _serializer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, "token", signer_kwargs={"key_derivation": "hmac", "digest_method": sha256})


def verify(session: Session, claims: Claims) -> Grant | None:
    """Return what the token stands for now, or None if it is not valid any more; its expiry is not looked at."""
    grant = grants.find(session, claims.user_id, claims.scope, claims.application_credential_id)
    if grant is None or claims.issued_at < grant.user.tokens_valid_from:
        return None
    # A revoked token takes those with it that were made from it, if it is the first of their chain.
    revoked = session.scalars(select(RevokedToken.id).where(RevokedToken.id.in_(claims.audit_ids))).first()
    return None if revoked else grant


def present(
    session: Session, key: str, token: str, now: datetime, *, allow_expired: bool = False
) -> tuple[Claims, Grant]:
    """Return what a token says and stands for; raise NotFound if it is not valid (any more)."""
    claims = read(key, token)
    if claims is not None and (allow_expired or now < claims.expires_at):
        grant = verify(session, claims)
        if grant is not None:
            return claims, grant
    raise NotFound("This token is not valid.")


def enforce(caller: Caller, claims: Claims, *, reads: bool) -> None:
    """Raise Forbidden unless the caller may look at this token, or revoke it: everybody may with their own."""
    watches = "service" in caller.roles or (caller.system and "reader" in caller.roles)
    if not (caller.is_admin or caller.user_id == claims.user_id or (reads and watches)):
        raise Forbidden("This token is somebody else's.")


def revoke(session: Session, claims: Claims, now: datetime) -> None:
    """Make the token invalid before its time."""
    session.execute(delete(RevokedToken).where(RevokedToken.expires_at < now))
    session.merge(RevokedToken(id=claims.audit_ids[0], expires_at=claims.expires_at))
    generation.bump(session)


_remembered: dict[tuple[str, str], tuple[Caller, datetime]] = {}
"""Callers and when their tokens expire, by generation and token."""
_remembering = Lock()


def caller(world: World, token: str) -> Caller | None:
    """Return who calls with this token, or None if it is not valid."""
    # The hot path of every request. The generation is read first: what is found later can only be newer.
    now = world.clock()
    key = (generation.current(world.engine), token)
    known = _remembered.get(key)
    if known is None:
        known = _examine(world, token)
        if known is None:
            return None
        with _remembering:
            while len(_remembered) >= REMEMBERED:
                del _remembered[next(iter(_remembered))]
            _remembered[key] = known
    found, expires_at = known
    return found if now < expires_at else None


def _examine(world: World, token: str) -> tuple[Caller, datetime] | None:
    claims = read(world.token_key, token)
    if claims is None:
        return None
    with world.reading() as session:
        grant = verify(session, claims)
    return (as_caller(grant), claims.expires_at) if grant else None


def as_caller(grant: Grant) -> Caller:
    """Return the grant's user in the grant's scope as a caller."""
    kind = grant.scope.kind if grant.scope else None
    return Caller(
        user_id=grant.user.id,
        project_id=grant.project.id if grant.project else None,
        roles=frozenset(role.name for role in grant.roles),
        domain_id=grant.domain.id if grant.domain and kind == "domain" else None,
        system=kind == "system",
    )
