"""/compute/v2.1/limits: how much there may be, and how much there is."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g

from glance_emulator.domain import servers
from glance_emulator.web.body import answer
from glance_emulator.web.microversions import at_least
from glance_emulator.web.transaction import reading

blueprint = Blueprint("compute_limits", __name__, url_prefix="/compute/v2.1/limits")


@blueprint.get("")
def show() -> Response:
    """Show the limits, of which few are not -1, for none."""
    with reading() as session:
        number, vcpus, ram = servers.used(session, g.caller)
    absolute: dict[str, Any] = {
        "maxTotalInstances": -1,
        "maxTotalCores": -1,
        "maxTotalRAMSize": -1,
        "maxServerMeta": servers.METADATA,
        "maxTotalKeypairs": -1,
        "maxServerGroups": -1,
        "maxServerGroupMembers": -1,
        "totalInstancesUsed": number,
        "totalCoresUsed": vcpus,
        "totalRAMUsed": ram,
        "totalServerGroupsUsed": 0,
    }
    if not at_least(36):
        absolute |= {"maxTotalFloatingIps": -1, "maxSecurityGroups": -1, "maxSecurityGroupRules": -1,
                     "totalFloatingIpsUsed": 0, "totalSecurityGroupsUsed": 0}  # fmt: skip
    if not at_least(39):
        absolute["maxImageMeta"] = servers.METADATA
    if not at_least(57):
        absolute |= {"maxPersonality": 5, "maxPersonalitySize": 10240}
    return answer({"limits": {"rate": [], "absolute": absolute}})
