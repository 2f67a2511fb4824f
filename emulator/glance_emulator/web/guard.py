"""Who may use the emulator's own API: callers on this machine, and admins."""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from urllib.parse import SplitResult, urlsplit

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
        is_loopback(request.remote_addr or "")
        and not any(name in request.headers for name in FORWARDED)
        and is_loopback(_split(f"//{request.host}").hostname or "")
        and (origin is None or _split(origin).netloc == request.host)
    )


def _split(url: str) -> SplitResult:
    """Return the parts of a URL; of what is none, nothing."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def is_loopback(host: str) -> bool:
    """Say whether a name or address is this machine's own."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    # Callers by IPv4 look like this where both are listened to.
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback
