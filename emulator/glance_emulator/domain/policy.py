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

    role: Literal["reader", "member", "admin", "service"]
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
    "communitize_image": Rule("member", "owner"),
    "copy_image": Rule("admin"),
    "download_from_store": Rule("member"),
    "get_image_location": Rule("reader", "owner"),
    "set_image_location": Rule("member", "owner"),
    "delete_image_location": Rule("admin"),
    "add_image_location": Rule("member", "owner"),
    "fetch_image_location": Rule("service"),
    "tasks_api_access": Rule("admin"),
    "stores_info_detail": Rule("service"),
    "cache_image": Rule("admin"),
    "cache_list": Rule("admin"),
    "cache_delete": Rule("admin"),
    "manage_image_cache": Rule("admin"),
    "get_metadef_namespace": Rule("reader"),
    "get_metadef_namespaces": Rule("reader"),
    "add_metadef_namespace": Rule("admin"),
    "modify_metadef_namespace": Rule("admin"),
    "delete_metadef_namespace": Rule("admin"),
    "get_metadef_object": Rule("reader"),
    "get_metadef_objects": Rule("reader"),
    "add_metadef_object": Rule("admin"),
    "modify_metadef_object": Rule("admin"),
    "delete_metadef_object": Rule("admin"),
    "list_metadef_resource_types": Rule("reader"),
    "get_metadef_resource_type": Rule("reader"),
    "add_metadef_resource_type_association": Rule("admin"),
    "remove_metadef_resource_type_association": Rule("admin"),
    "get_metadef_property": Rule("reader"),
    "get_metadef_properties": Rule("reader"),
    "add_metadef_property": Rule("admin"),
    "modify_metadef_property": Rule("admin"),
    "remove_metadef_property": Rule("admin"),
    "get_metadef_tag": Rule("reader"),
    "get_metadef_tags": Rule("reader"),
    "add_metadef_tag": Rule("admin"),
    "add_metadef_tags": Rule("admin"),
    "modify_metadef_tag": Rule("admin"),
    "delete_metadef_tag": Rule("admin"),
    "delete_metadef_tags": Rule("admin"),
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
