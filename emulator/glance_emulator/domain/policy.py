"""Who may do what: the real service's default policy as one table.

Whether a caller may know of an image at all is not here but in `visibility`; policy is asked once that is settled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from glance_emulator.caller import Caller
from glance_emulator.errors import Forbidden

Relation = Literal["anyone", "owner", "member"]


@dataclass(frozen=True, slots=True)
class Rule:
    """The role that is needed, and what the caller's project must be to the image; admins need neither."""

    role: Literal["reader", "member", "admin"]
    relation: Relation = "anyone"


POLICY = {
    "get_images": Rule("reader"),
    "get_image": Rule("reader"),
    "add_image": Rule("member"),
    "modify_image": Rule("member", "owner"),
    "delete_image": Rule("member", "owner"),
    "publicize_image": Rule("admin"),
    "reassign_image": Rule("admin"),
    "upload_image": Rule("member", "owner"),
    "download_image": Rule("member"),
    "download_deactivated_image": Rule("admin"),
    "deactivate": Rule("member", "owner"),
    "reactivate": Rule("member", "owner"),
    "get_members": Rule("reader"),
    "get_member": Rule("reader"),
    "add_member": Rule("member", "owner"),
    "modify_member": Rule("member", "member"),
    "delete_member": Rule("member", "owner"),
}


def allows(caller: Caller, action: str, project: str | None = None) -> bool:
    """Say whether `caller` may do `action`; `project` is the image's owner, or the member, if the rule asks for one."""
    rule = POLICY[action]
    if caller.is_admin:
        return True
    related = rule.relation == "anyone" or (caller.project_id is not None and caller.project_id == project)
    return rule.role in caller.roles and related


def enforce(caller: Caller, action: str, project: str | None = None) -> None:
    """Raise Forbidden unless `allows`."""
    if not allows(caller, action, project):
        rule = POLICY[action]
        whose = {"anyone": "", "owner": " in the project that owns the image", "member": " in the member's project"}
        raise Forbidden(f"Policy {action}: the role {rule.role}{whose[rule.relation]} is needed.")
