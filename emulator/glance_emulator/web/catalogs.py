"""Where the caller finds other services: in the embedded catalog, or in the one that trusted headers bring."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from flask import g, request

from glance_emulator.domain import catalog
from glance_emulator.web.caller import base_url, settings
from glance_emulator.web.transaction import reading

Place = tuple[Any, Any, Any, Any]
"""A type of service, a region, an interface, and the address."""


def image_service(region: object, interface: object) -> str | None:
    """Return the address of the image service in a region and at an interface, or None."""
    places = _brought() if settings().auth == "trusted" else _embedded()
    asked = ("image", region, interface)
    return next((str(url).rstrip("/") for *where, url in places if tuple(where) == asked and url), None)


def _embedded() -> Iterator[Place]:
    with reading() as session:
        services = catalog.listed(session, base_url(), g.caller.user_id, g.caller.project_id)
    for service in services:
        for endpoint in service["endpoints"]:
            yield service["type"], endpoint["region"], endpoint["interface"], endpoint["url"]


def _brought() -> Iterator[Place]:
    """Read the header X-Service-Catalog, in the form of Identity's version 2, as the real service understands it."""
    try:
        services = json.loads(request.headers.get("X-Service-Catalog", "[]"))
        for service in services:
            for endpoint in service["endpoints"]:
                for interface in catalog.INTERFACES:
                    yield service["type"], endpoint["region"], interface, endpoint.get(f"{interface}URL")
    except (ValueError, KeyError, TypeError, AttributeError):
        return  # as good as none
