"""Microversions of Compute: which one a request wants, and that the answer tells it."""

from __future__ import annotations

import re

from flask import Response, g, request

from glance_emulator.errors import BadRequest, NotAcceptable

MINIMUM, MAXIMUM = 1, 96
"""2.1 to 2.96: the second number is all that differs."""
HEADER, OLD_HEADER = "OpenStack-API-Version", "X-OpenStack-Nova-API-Version"


def choose() -> None:
    """Put the microversion into `g.microversion`; raise BadRequest for nonsense, NotAcceptable for others."""
    g.microversion = MINIMUM
    wanted = _wanted()
    if wanted is None:
        return
    if wanted == "latest":
        g.microversion = MAXIMUM
        return
    found = re.fullmatch(r"([1-9]\d*)\.([1-9]\d*|0)", wanted)
    if found is None:
        raise BadRequest(f"{wanted!r} is no microversion; one looks like 2.{MAXIMUM}.")
    if found[1] != "2" or not MINIMUM <= int(found[2]) <= MAXIMUM:
        raise NotAcceptable(f"The microversion {wanted} is not there; there are 2.{MINIMUM} to 2.{MAXIMUM}.")
    g.microversion = int(found[2])


def _wanted() -> str | None:
    """Return what the newer header says of Compute, else the older one."""
    for wish in request.headers.get(HEADER, "").split(","):
        service, _, version = wish.strip().partition(" ")
        if service.lower() == "compute":
            return version.strip()
    return request.headers.get(OLD_HEADER)


def tell(response: Response) -> Response:
    """Name the microversion in the answer."""
    if "microversion" in g:
        version = f"2.{g.microversion}"
        response.headers[HEADER] = f"compute {version}"
        response.headers[OLD_HEADER] = version
        response.headers["Vary"] = f"{HEADER}, {OLD_HEADER}"
    return response


def at_least(minor: int) -> bool:
    """Say whether the request wants the microversion 2.`minor` or a later one."""
    return bool(g.microversion >= minor)
