"""Compute v2.1 at /compute: as much of it as images need."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, request

from glance_emulator.api.compute import actions, discovery, flavors, limits, metadata, networks, servers
from glance_emulator.web import microversions
from glance_emulator.web.caller import establish
from glance_emulator.web.transaction import world

blueprints: tuple[Blueprint, ...] = (
    discovery.blueprint,
    flavors.blueprint,
    servers.blueprint,
    actions.blueprint,
    metadata.blueprint,
    limits.blueprint,
    networks.blueprint,
)
_OPEN = ("/compute", "/compute/", "/compute/v2.1", "/compute/v2.1/")


def prepare(app: Flask) -> None:
    """Let what holds for all paths of Compute happen around each request."""
    app.before_request(_before)
    app.after_request(_after)


def _before() -> None:
    """Establish the caller and the microversion, whether there is such a route or not."""
    if request.path not in _OPEN:
        establish()
    microversions.choose()


def _after(response: Response) -> Response:
    """Name the microversion and the request."""
    name = f"req-{world().controls.uuid('request')}"
    response.headers["x-openstack-request-id"] = response.headers["x-compute-request-id"] = name
    return microversions.tell(response)
