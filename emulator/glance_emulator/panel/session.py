"""Who sits at the panel: a token of the embedded Identity in a cookie, or, where callers are trusted, their word."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from flask import Response, g, request
from itsdangerous import BadData, URLSafeTimedSerializer

from glance_emulator.caller import Caller
from glance_emulator.domain import authentication, grants, tokens
from glance_emulator.domain.grants import Grant
from glance_emulator.errors import Forbidden, NotFound
from glance_emulator.web.body import check
from glance_emulator.web.caller import base_url, settings
from glance_emulator.web.transaction import reading, transaction, world
from glance_schemas.identity import TokenRequest

LIFETIME = 3600
"""Seconds that a trusted caller's word is taken for; tokens have a life of their own."""
LONGEST_NOTICE = 600


@dataclass(frozen=True)
class Seat:
    """What a page tells of who sits there."""

    user: str
    project: str | None
    projects: list[tuple[str, str]]
    """Where the user may act: ids and names."""


def trusted() -> bool:
    """Say whether nobody has to log in here."""
    return settings().auth == "trusted"


def find() -> Caller | None:
    """Return who sits at the panel; None for nobody, or nobody any more."""
    kept = _kept("seat")
    if not kept:
        return None
    if not trusted():
        return tokens.caller(world(), kept)
    try:
        user, project, roles = _serializer("trusted").loads(kept, max_age=LIFETIME)
    except BadData:
        return None
    return Caller(user, project, frozenset(roles))


def claimed(user: str, project: str, roles: str) -> str:
    """Return what is kept for somebody who is believed."""
    named = sorted({role.strip().lower() for role in roles.split(",") if role.strip()})
    return str(_serializer("trusted").dumps([user, project, named]))


def log_in(name: str, domain: str, password: str) -> str:
    """Return a token for where the user acts by default, or for their only project; raise Unauthorized."""
    proof = {"user": {"name": name, "domain": {"name": domain}, "password": password}}
    token, grant = _token({"identity": {"methods": ["password"], "password": proof}})
    if grant.project is not None:
        return token
    with reading() as session:
        places = [project.id for project in grants.projects_of(session, grant.user.id) if project.enabled]
    return switched(token, places[0]) if len(places) == 1 else token


def switched(token: str, project_id: str) -> str:
    """Return a token of the same user for another project; raise Unauthorized where they are nothing there."""
    proof = {"methods": ["token"], "token": {"id": token}}
    token, _ = _token({"identity": proof, "scope": {"project": {"id": project_id}}})
    return token


def switch(project_id: str) -> str:
    """Return what is kept when the one who sits here goes on in another project; raise Unauthorized."""
    if trusted():
        return claimed(g.caller.user_id, project_id, ",".join(g.caller.roles))
    return switched(_kept("seat") or "", project_id)


def _token(auth: dict[str, Any]) -> tuple[str, Grant]:
    key = world().token_key
    with reading() as session:
        asked = check(TokenRequest, {"auth": auth})["auth"]
        claims, grant = authentication.authenticate(session, key, asked, world().clock())
    return tokens.sign(key, claims), grant


def log_out() -> None:
    """Make the token invalid, if there is one."""
    kept = _kept("seat")
    if kept and not trusted():
        with transaction() as session:
            try:
                claims, _ = tokens.present(session, world().token_key, kept, world().clock())
            except NotFound:
                return
            tokens.revoke(session, claims, world().clock())


def describe() -> Seat:
    """Return what is told of who sits here."""
    caller: Caller = g.caller
    if trusted():
        return Seat(caller.user_id or "", caller.project_id, [(caller.project_id or "", caller.project_id or "")])
    with reading() as session:
        _, grant = tokens.present(session, world().token_key, _kept("seat") or "", world().clock())
        places = [(one.id, one.name) for one in grants.projects_of(session, grant.user.id) if one.enabled]
        return Seat(grant.user.name, grant.project.name if grant.project else None, places)


def root() -> str:
    """Return the path of the panel as the browser knows it, which need not be as it reaches us."""
    return f"{urlsplit(base_url()).path}/panel"


def keep(response: Response, what: str, value: str) -> Response:
    """Let the browser keep something for the panel alone; an empty value makes it forget."""
    options: dict[str, Any] = {
        "path": root(),
        "secure": base_url().startswith("https:"),
        "httponly": True,
        "samesite": "Lax",
    }
    if value:
        response.set_cookie(_cookie(what), value, **options)
    else:
        response.delete_cookie(_cookie(what), **options)
    return response


def _kept(what: str) -> str | None:
    return request.cookies.get(_cookie(what))


def _cookie(what: str) -> str:
    # Browsers do not tell ports apart: two emulators on one machine must not log each other's users out.
    port = re.sub(r"\D", "", request.host.rpartition(":")[2]) or "default"
    return f"glance_panel_{what}_{port}"


def visit(response: Response) -> Response:
    """Let a browser that comes for the first time have what the forms are bound to until somebody logs in."""
    return response if "visit" not in g else keep(response, "visit", g.visit)


def csrf() -> str:
    """Return what proves that a form comes from a page of this session."""
    bound = _kept("seat") if "caller" in g else None
    if bound is None:
        bound = _kept("visit") or g.get("visit")
        if bound is None:
            bound = g.visit = secrets.token_urlsafe(24)
    return hmac.new(world().token_key.encode(), f"form/{bound}".encode(), sha256).hexdigest()


def check_form() -> None:
    """Raise Forbidden for a form that does not come from a page of this session."""
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")
    if not hmac.compare_digest(given.encode(), csrf().encode()):
        raise Forbidden("This form is too old, or not ours: go back, load the page again, and repeat what you did.")


def leave_notice(response: Response, text: str) -> Response:
    """Let the next page say something."""
    return keep(response, "notice", str(_serializer("notice").dumps(text[:LONGEST_NOTICE])))


def notice() -> str | None:
    """Return what this page is to say, once."""
    kept = _kept("notice")
    if kept is None:
        return None
    g.noticed = True
    try:
        return str(_serializer("notice").loads(kept, max_age=60))
    except BadData:
        return None


def forget_notice(response: Response) -> Response:
    """Let the next page not say it again."""
    return keep(response, "notice", "") if "noticed" in g else response


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(world().token_key, f"panel/{purpose}")
