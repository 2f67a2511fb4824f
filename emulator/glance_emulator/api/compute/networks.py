"""/compute/v2.1/os-networks: the one network, which is none; for clients that look a network up by name.

`openstack server create --network none` asks here, where there is no network service, for a network called `none`.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from glance_emulator.errors import NotFound
from glance_emulator.web.body import answer
from glance_emulator.web.microversions import at_least

NOTHING = "00000000-0000-4000-8000-000000000000"
"""The id of the network to which nothing is connected."""

blueprint = Blueprint("compute_networks", __name__, url_prefix="/compute/v2.1/os-networks")
_NETWORK: dict[str, Any] = {"id": NOTHING, "label": "none"}


@blueprint.before_request
def before() -> None:
    """Be there only as long as Nova was: up to the microversion 2.35."""
    if at_least(36):
        raise NotFound("Networks went with the microversion 2.36.")


@blueprint.get("")
def index() -> Response:
    """List the one network."""
    return answer({"networks": [_NETWORK]})


@blueprint.get("/<network_id>")
def show(network_id: str) -> Response:
    """Show the one network."""
    if network_id != NOTHING:
        raise NotFound(f"There is no network {network_id}.")
    return answer({"network": _NETWORK})
