"""Who may use the emulator's own API: callers on this machine, and admins."""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from urllib.parse import urlsplit

from flask import g, request

from glance_emulator.errors import Forbidden, Unauthorized
from glance_emulator.web.caller import establish

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


def check() -> None:
    """Raise Unauthorized or Forbidden for who may not use this API."""
    with suppress(Unauthorized):
        establish()
    if "caller" in g:
        if not g.caller.is_admin and not local():
            raise Forbidden("This is for admins, and for callers on the machine where the emulator runs.")
    elif not local():
        raise Unauthorized("From another machine this needs the token of an admin: send it as X-Auth-Token.")


def local() -> bool:
    """Say whether who calls sits on this machine: no proxy, and no page of somebody else's in a browser."""
    origin = request.headers.get("Origin")
    return (
        _is_loopback(request.remote_addr or "")
        and not any(name in request.headers for name in FORWARDED)
        and _is_loopback(urlsplit(f"//{request.host}").hostname or "")
        and (origin is None or urlsplit(origin).netloc == request.host)
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
