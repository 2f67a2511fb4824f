"""Who calls: a token of the embedded Identity, or identity headers where they are trusted."""

from __future__ import annotations

from functools import lru_cache

from flask import current_app, g, request

from glance_emulator.caller import Caller
from glance_emulator.domain import tokens
from glance_emulator.errors import Unauthorized
from glance_emulator.settings import Settings
from glance_emulator.web.places import BELOW
from glance_emulator.web.transaction import world

CALLER = "glance_emulator.caller"
"""The key under which a request's environ says who called, for who looks at it when it has been answered."""


def settings() -> Settings:
    """Return the settings that the application was made with."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def establish() -> None:
    """Put the caller of this request into `g.caller`; raise Unauthorized when it is nobody."""
    adopt(_trusted() if settings().auth == "trusted" else _by_token())


def adopt(caller: Caller) -> None:
    """Let this request be the caller's, who is known by now, under the rules of the world that is called."""
    g.caller = request.environ[CALLER] = world().ruled(caller)


def _by_token() -> Caller:
    token = request.headers.get("X-Auth-Token")
    found = tokens.caller(world(), token) if token else None
    if found is None:
        raise Unauthorized("A valid token is needed: send it as X-Auth-Token.", challenge())
    return found


def challenge() -> dict[str, str]:
    """Return the header that says where tokens come from."""
    return {"WWW-Authenticate": f'Keystone uri="{base_url()}/identity"'}


def _trusted() -> Caller:
    headers = request.environ  # Each look-up in request.headers costs a microsecond.
    if headers.get("HTTP_X_IDENTITY_STATUS") != "Confirmed":
        raise Unauthorized("Trusted identity headers are expected, X-Identity-Status: Confirmed among them.")
    # The names that the headers had in older releases are still understood.
    project_id = headers.get("HTTP_X_PROJECT_ID") or headers.get("HTTP_X_TENANT_ID")
    named = headers.get("HTTP_X_ROLES") or headers.get("HTTP_X_ROLE", "")
    return Caller(headers.get("HTTP_X_USER_ID"), project_id, _roles(named))


@lru_cache(maxsize=64)
def _roles(named: str) -> frozenset[str]:
    return frozenset(role.strip().lower() for role in named.split(",") if role.strip())


def base_url() -> str:
    """Return the address under which the client reached the emulator, without a trailing slash."""
    public = settings().public_url
    if public is not None:
        return public + str(request.environ[BELOW])
    return request.host_url.rstrip("/") + request.script_root
