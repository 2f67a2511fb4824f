"""Who may do what to servers: the real service's default policy, by project.

Whether a caller may know of a server is settled before: a server is there for its project, and for admins.
"""

from __future__ import annotations

from glance_emulator.caller import Caller
from glance_emulator.errors import Forbidden

POLICY = {
    "os_compute_api:servers:index": "reader",
    "os_compute_api:servers:index:get_all_tenants": "admin",
    "os_compute_api:servers:show": "reader",
    "os_compute_api:servers:create": "member",
    "os_compute_api:servers:update": "member",
    "os_compute_api:servers:delete": "member",
    "os_compute_api:servers:create_image": "member",
    "os_compute_api:servers:start": "member",
    "os_compute_api:servers:stop": "member",
    "os_compute_api:servers:reboot": "member",
    "os_compute_api:servers:rebuild": "member",
    "os_compute_api:os-pause-server:pause": "member",
    "os_compute_api:os-pause-server:unpause": "member",
    "os_compute_api:os-suspend-server:suspend": "member",
    "os_compute_api:os-suspend-server:resume": "member",
    "os_compute_api:os-lock-server:lock": "member",
    "os_compute_api:os-lock-server:unlock": "member",
    "os_compute_api:os-lock-server:unlock:unlock_override": "admin",
    "os_compute_api:server-metadata:index": "reader",
    "os_compute_api:server-metadata:update_all": "member",
    "os_compute_api:server-metadata:delete": "member",
    "os_compute_api:limits": "reader",
}
"""The role that is needed in the server's project; admins need neither."""


def allows(caller: Caller, action: str, project_id: str | None) -> bool:
    """Say whether the caller may do `action` in a project."""
    if "admin" in caller.roles:
        return True
    return project_id is not None and caller.project_id == project_id and POLICY[action] in caller.roles


def enforce(caller: Caller, action: str, project_id: str | None) -> None:
    """Raise Forbidden unless `allows`."""
    if not allows(caller, action, project_id):
        raise Forbidden(f"Policy {action}: the role {POLICY[action]} is needed in the server's project.")
