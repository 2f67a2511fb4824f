"""What servers and flavors look like on the wire."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha224
from typing import Any

from flask import g

from glance_emulator.db.servers import Server
from glance_emulator.domain import flavors
from glance_emulator.domain.flavors import Flavor
from glance_emulator.domain.server_states import POWER_STATES, UNKNOWN, VM_STATES, shown
from glance_emulator.web.caller import base_url
from glance_emulator.web.microversions import at_least

Json = dict[str, Any]
HOST = "glance-emulator"
NETWORK = "public"
"""The network of servers that have one."""


def links(kind: str, name: str) -> list[Json]:
    """Return the links of a server or flavor."""
    return [
        {"rel": "self", "href": f"{base_url()}/compute/v2.1/{kind}/{name}"},
        {"rel": "bookmark", "href": f"{base_url()}/compute/{kind}/{name}"},
    ]


def bookmark(kind: str, name: str) -> list[Json]:
    """Return the one link by which a server tells of its image or flavor."""
    return links(kind, name)[1:]


def moment(time: datetime) -> str:
    """Return a time as Compute writes most of them."""
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"


def _precise(time: datetime | None) -> str | None:
    return None if time is None else f"{time:%Y-%m-%dT%H:%M:%S.%f}"


def flavor(found: Flavor) -> Json:
    """Return a flavor as it is shown."""
    shown_ = {
        "id": found.id,
        "name": found.name,
        "ram": found.ram,
        "disk": found.disk,
        "swap": 0 if at_least(75) else "",
        "OS-FLV-EXT-DATA:ephemeral": 0,
        "OS-FLV-DISABLED:disabled": False,
        "vcpus": found.vcpus,
        "os-flavor-access:is_public": True,
        "rxtx_factor": 1.0,
        "links": links("flavors", found.id),
    }
    if at_least(55):
        shown_["description"] = None
    if at_least(61):
        shown_["extra_specs"] = {}
    return shown_


def stub(server: Server) -> Json:
    """Return a server as plain lists show it."""
    return {"id": server.id, "name": server.name, "links": links("servers", server.id)}


def server(found: Server) -> Json:
    """Return a server as it is shown, to this caller and in this microversion."""
    details, size = found.details, flavors.get(found.flavor_id)
    status = shown(found.status, found.task_state)
    document: Json = {
        **stub(found),
        "status": status,
        "tenant_id": found.project_id,
        "user_id": found.user_id,
        "metadata": found.properties,
        "hostId": sha224(f"{found.project_id}{HOST}".encode()).hexdigest(),
        "image": {"id": found.image_id, "links": bookmark("images", found.image_id)},
        "flavor": _embedded(size),
        "created": moment(found.created_at),
        "updated": moment(found.updated_at),
        "addresses": addresses(found),
        "accessIPv4": details.get("accessIPv4", ""),
        "accessIPv6": details.get("accessIPv6", ""),
        "OS-DCF:diskConfig": details.get("disk_config", "MANUAL"),
        "OS-EXT-AZ:availability_zone": details.get("availability_zone") or "nova",
        "config_drive": "True" if str(details.get("config_drive")).lower() in ("true", "1") else "",
        "key_name": details.get("key_name"),
        "OS-SRV-USG:launched_at": _precise(found.launched_at),
        "OS-SRV-USG:terminated_at": _precise(found.deleted_at),
        "OS-EXT-STS:task_state": found.task_state,
        "OS-EXT-STS:vm_state": VM_STATES[found.status],
        "OS-EXT-STS:power_state": POWER_STATES.get(found.status, 0),
        "os-extended-volumes:volumes_attached": [],
    }
    if status in ("ACTIVE", "BUILD", "REBUILD"):
        document["progress"] = 100 if status == "ACTIVE" else 0
    if status == "ERROR":
        message = details.get("fault", UNKNOWN)
        document["fault"] = {"code": 500, "created": moment(found.updated_at), "message": message}
    return {**document, **_later(found), **(_of_the_host(found) if g.caller.is_admin else {})}


def addresses(found: Server) -> Json:
    """Return a server's addresses by network: one on a network that nobody else is in, unless it is to have none."""
    if not found.details.get("connected"):
        return {}
    digits = sha224(found.id.encode()).digest()
    # Neither private, or openstacksdk would want a floating address besides, nor anybody's on the internet.
    address = f"100.{64 + digits[0] % 64}.{digits[1]}.{max(digits[2], 1)}"
    return {
        NETWORK: [
            {
                "version": 4,
                "addr": address,
                "OS-EXT-IPS:type": "fixed",
                "OS-EXT-IPS-MAC:mac_addr": f"fa:16:3e:{digits[3]:02x}:{digits[4]:02x}:{digits[5]:02x}",
            }
        ]
    }


def _embedded(size: Flavor) -> Json:
    if not at_least(47):
        return {"id": size.id, "links": bookmark("flavors", size.id)}
    return {
        "vcpus": size.vcpus, "ram": size.ram, "disk": size.disk, "ephemeral": 0, "swap": 0,
        "original_name": size.name, "extra_specs": {},
    }  # fmt: skip


def _later(found: Server) -> Json:
    """Return what later microversions brought."""
    details = found.details
    since: Mapping[int, Json] = {
        9: {"locked": found.locked},
        19: {"description": found.description},
        26: {"tags": details.get("tags", [])},
        63: {"trusted_image_certificates": None},
        71: {"server_groups": []},
        73: {"locked_reason": found.locked_reason},
        90: {"OS-EXT-SRV-ATTR:hostname": _hostname(found)},
        96: {"pinned_availability_zone": details.get("availability_zone")},
    }
    return {name: value for minor, parts in since.items() if at_least(minor) for name, value in parts.items()}


def _hostname(found: Server) -> str:
    """Return the name that the server's system has: what its own name has of letters, digits and hyphens."""
    made = "".join(c if c.isascii() and (c.isalnum() or c == "-") else "-" if c in " _." else "" for c in found.name)
    return str(found.details.get("hostname") or made.lower().strip("-") or f"server-{found.id}")


def _of_the_host(found: Server) -> Json:
    """Return what admins alone are told."""
    document: Json = {
        "OS-EXT-SRV-ATTR:host": HOST,
        "OS-EXT-SRV-ATTR:instance_name": f"instance-{found.id[:8]}",
        "OS-EXT-SRV-ATTR:hypervisor_hostname": HOST,
    }
    if at_least(3):
        data = found.details.get("user_data")
        document |= {
            "OS-EXT-SRV-ATTR:reservation_id": found.details.get("reservation_id", ""),
            "OS-EXT-SRV-ATTR:launch_index": found.details.get("launch_index", 0),
            "OS-EXT-SRV-ATTR:hostname": _hostname(found),
            "OS-EXT-SRV-ATTR:kernel_id": "",
            "OS-EXT-SRV-ATTR:ramdisk_id": "",
            "OS-EXT-SRV-ATTR:root_device_name": "/dev/vda",
            "OS-EXT-SRV-ATTR:user_data": data if data is None or _is_base64(data) else None,
        }
    if at_least(16):
        document["host_status"] = "UP"
    return document


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except ValueError:
        return False
    return True
