"""Who may do what: the real service's default policy as one table.

Whether a caller may know of an image at all is not here but in `visibility`; policy is asked once that is settled.
An operator's own rules (`rules`) are asked instead of the table where a caller brings them along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from glance_emulator.caller import Caller
from glance_emulator.errors import Forbidden, NotFound

Role = Literal["anybody", "reader", "member", "service", "admin"]
Relation = Literal["anyone", "self", "author", "maker", "owner", "member", "sharer", "viewer", "definer"]

RELATIONS: dict[Relation, str] = {
    "anyone": "",
    "self": "project_id:%(project_id)s",
    "author": "project_id:%(project_id)s",
    "maker": "project_id:%(project_id)s and project_id:%(owner)s",
    "owner": "project_id:%(project_id)s",
    "member": "project_id:%(member_id)s",
    "sharer": "(project_id:%(project_id)s or project_id:%(member_id)s)",
    "viewer": "(project_id:%(project_id)s or project_id:%(member_id)s or 'community':%(visibility)s "
    "or 'public':%(visibility)s or 'shared':%(visibility)s)",
    "definer": "(project_id:%(project_id)s or 'public':%(visibility)s)",
}
"""What the caller's project is to the thing, as oslo.policy writes it.

Only what is in CHECKED has to be checked here: without rules of an operator's, what is found is what may be seen.
"""


OWNED = frozenset({"owner", "member"})
CHECKED = OWNED | {"author", "maker"}
WHOSE = {"owner": " in the project that owns the image", "member": " in the member's project"}
"""In words, where the role is needed."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The role that is needed, and what the caller's project must be to the thing; admins need neither."""

    role: Role
    relation: Relation = "anyone"
    service: bool = False
    """Whether the role `service` will do as well, whatever the project."""
    exclusive: bool = False
    """Whether admins need the role, too."""

    def __str__(self) -> str:
        """Return the rule in oslo.policy's language."""
        if self.exclusive:
            return f"role:{self.role}"
        if self.role == "anybody":
            related = RELATIONS[self.relation] if self.relation in CHECKED else ""
            return f"rule:context_is_admin or ({related})" if related else "rule:default"
        above = "rule:service_api" if self.service or self.role == "service" else "rule:context_is_admin"
        if self.role in ("service", "admin"):
            return above
        related = f" and {RELATIONS[self.relation]}" if RELATIONS[self.relation] else ""
        return f"{above} or (role:{self.role}{related})"


ALIASES = {
    "default": "",
    "context_is_admin": "role:admin",
    "service_api": "role:service or role:admin",
    "metadef_default": "",
    "metadef_admin": "rule:context_is_admin",
}
"""Rules that are no actions, but that an operator's rules may refer to, or override."""

POLICY = {
    "get_images": Rule("reader", "self"),
    "get_image": Rule("reader", "viewer"),
    "add_image": Rule("member", "maker"),
    "modify_image": Rule("member", "owner"),
    "delete_image": Rule("member", "owner"),
    "publicize_image": Rule("admin"),
    "communitize_image": Rule("member", "author"),
    "upload_image": Rule("member", "owner"),
    "download_image": Rule("member", "viewer"),
    "download_from_store": Rule("member", "viewer"),
    "copy_image": Rule("admin"),
    "deactivate": Rule("member", "owner"),
    "reactivate": Rule("member", "owner"),
    "get_members": Rule("reader", "sharer"),
    "get_member": Rule("reader", "sharer"),
    "add_member": Rule("member", "owner"),
    "modify_member": Rule("member", "member"),
    "delete_member": Rule("member", "owner"),
    "get_image_location": Rule("reader", "owner"),
    "set_image_location": Rule("member", "owner"),
    "delete_image_location": Rule("admin"),
    "add_image_location": Rule("member", "maker", service=True),
    "fetch_image_location": Rule("service"),
    "tasks_api_access": Rule("admin"),
    "get_task": Rule("anybody"),
    "get_tasks": Rule("anybody"),
    "add_task": Rule("anybody"),
    "modify_task": Rule("anybody"),
    "stores_info_detail": Rule("service"),
    "manage_image_cache": Rule("admin"),
    "list_cached_nodes": Rule("admin"),
    "cache_image": Rule("admin"),
    "cache_list": Rule("admin"),
    "cache_delete": Rule("admin"),
    "cache_clean": Rule("admin"),
    "cache_prune": Rule("admin"),
    "get_metadef_namespace": Rule("reader", "definer"),
    "get_metadef_namespaces": Rule("reader", "self"),
    "add_metadef_namespace": Rule("admin"),
    "modify_metadef_namespace": Rule("admin"),
    "delete_metadef_namespace": Rule("admin"),
    "get_metadef_object": Rule("reader", "definer"),
    "get_metadef_objects": Rule("reader", "definer"),
    "add_metadef_object": Rule("admin"),
    "modify_metadef_object": Rule("admin"),
    "delete_metadef_object": Rule("admin"),
    "list_metadef_resource_types": Rule("reader", "definer"),
    "get_metadef_resource_type": Rule("reader", "definer"),
    "add_metadef_resource_type_association": Rule("admin"),
    "remove_metadef_resource_type_association": Rule("admin"),
    "get_metadef_property": Rule("reader", "definer"),
    "get_metadef_properties": Rule("reader", "definer"),
    "add_metadef_property": Rule("admin"),
    "modify_metadef_property": Rule("admin"),
    "remove_metadef_property": Rule("admin"),
    "get_metadef_tag": Rule("reader", "definer"),
    "get_metadef_tags": Rule("reader", "definer"),
    "add_metadef_tag": Rule("admin"),
    "add_metadef_tags": Rule("admin"),
    "modify_metadef_tag": Rule("admin"),
    "delete_metadef_tag": Rule("admin"),
    "delete_metadef_tags": Rule("admin"),
}


def allows(caller: Caller, action: str, project: str | None = None, thing: object | None = None) -> bool:
    """Say whether `caller` may do `action`.

    `project` is the image's owner, or the member, if the rule asks for one; `thing` is what it is done to, as far as an
    operator's rules may look at it: an image, a namespace of definitions, or a mapping of what is to be created.
    """
    if caller.rules is not None:
        return caller.rules.allows(caller, action, project, thing)
    rule = rule_of(caller, action)
    if rule.exclusive:
        return rule.role in caller.roles
    if caller.is_admin or (rule.service and "service" in caller.roles):
        return True
    if rule.relation in CHECKED and caller.project_id != project:
        return False
    if rule.relation in OWNED and project is None:
        return False  # without a project one may make things, but does not own what is nobody's
    return rule.role == "anybody" or rule.role in caller.roles


def rule_of(caller: Caller, action: str) -> Rule:
    """Return the rule for the action by default, in the release that is called."""
    found: Rule = (caller.policy or POLICY)[action]
    return found


def enforce(caller: Caller, action: str, project: str | None = None, thing: object | None = None) -> None:
    """Raise Forbidden unless `allows`; NotFound if `thing` is there, and the caller may not even read that."""
    if allows(caller, action, project, thing):
        return
    reads = "get_metadef_namespace" if "metadef" in action else "get_image"
    if thing is not None and not isinstance(thing, Mapping) and not allows(caller, reads, project, thing):
        raise NotFound("There is no such thing that you can see.")
    if caller.rules is not None:
        raise Forbidden(
            f"Policy {action}: the rules of this service do not allow it.",
            facts={"kind": "operator", "action": action, "project": caller.project_id},
        )
    rule = rule_of(caller, action)
    whose = WHOSE.get(rule.relation, "")
    facts = {"kind": "policy", "action": action, "role": rule.role, "relation": rule.relation, "whose": whose}
    raise Forbidden(f"Policy {action}: the role {rule.role}{whose} is needed.", facts={**facts, "owner": project})
