"""Who may do what in Identity: the real service's default policy as one table.

Admins may do everything, wherever they are admins; readers of the system may read everything. Beyond that, somebody
may act in the domain that their token is for, or on what is their own.
"""

from __future__ import annotations

from dataclasses import dataclass

from glance_emulator.caller import Caller
from glance_emulator.errors import Forbidden

READS = ("get_", "list_", "check_")


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may, besides admins and, if it only reads, the system's readers."""

    in_domain: str | None = None
    """The role that somebody needs whose token is for the thing's domain."""
    own_user: bool = False
    own_project: bool = False
    anyone: bool = False
    admin: bool = True


ADMIN = Rule()
"""No more than admins, and the system's readers if it only reads."""
DOMAIN_READER = Rule(in_domain="reader")
DOMAIN_MANAGER = Rule(in_domain="manager")
SELF_OR_READER = Rule(in_domain="reader", own_user=True)
SELF = Rule(own_user=True)
ANYONE = Rule(anyone=True)

POLICY = {
    "get_project": Rule(in_domain="reader", own_project=True),
    "list_projects": DOMAIN_READER,
    "create_project": DOMAIN_MANAGER,
    "update_project": DOMAIN_MANAGER,
    "delete_project": DOMAIN_MANAGER,
    "get_user": SELF_OR_READER,
    "list_users": DOMAIN_READER,
    "list_user_projects": SELF_OR_READER,
    "create_user": DOMAIN_MANAGER,
    "update_user": DOMAIN_MANAGER,
    "delete_user": DOMAIN_MANAGER,
    "get_domain": Rule(in_domain="reader", own_project=True),
    "list_domains": DOMAIN_READER,
    "create_domain": ADMIN,
    "update_domain": ADMIN,
    "delete_domain": ADMIN,
    "get_group": DOMAIN_READER,
    "list_groups": DOMAIN_READER,
    "list_groups_for_user": SELF_OR_READER,
    "get_role": ADMIN,
    "list_roles": DOMAIN_MANAGER,
    "create_role": ADMIN,
    "update_role": ADMIN,
    "delete_role": ADMIN,
    "list_role_inference_rules": ADMIN,
    "list_implied_roles": ADMIN,
    "get_implied_role": ADMIN,
    "create_implied_role": ADMIN,
    "delete_implied_role": ADMIN,
    "list_role_assignments": DOMAIN_READER,
    "list_grants": DOMAIN_READER,
    "check_grant": DOMAIN_READER,
    "create_grant": DOMAIN_MANAGER,
    "revoke_grant": DOMAIN_MANAGER,
    "list_system_grants_for_user": ADMIN,
    "check_system_grant_for_user": ADMIN,
    "create_system_grant_for_user": ADMIN,
    "revoke_system_grant_for_user": ADMIN,
    "get_service": ADMIN,
    "list_services": ADMIN,
    "create_service": ADMIN,
    "update_service": ADMIN,
    "delete_service": ADMIN,
    "get_endpoint": ADMIN,
    "list_endpoints": ADMIN,
    "create_endpoint": ADMIN,
    "update_endpoint": ADMIN,
    "delete_endpoint": ADMIN,
    "get_region": ANYONE,
    "list_regions": ANYONE,
    "create_region": ADMIN,
    "update_region": ADMIN,
    "delete_region": ADMIN,
    "get_registered_limit": ANYONE,
    "list_registered_limits": ANYONE,
    "create_registered_limits": ADMIN,
    "update_registered_limit": ADMIN,
    "delete_registered_limit": ADMIN,
    "get_limit": Rule(in_domain="reader", own_project=True),
    "list_limits": ANYONE,
    "create_limits": ADMIN,
    "update_limit": ADMIN,
    "delete_limit": ADMIN,
    "get_application_credential": SELF,
    "list_application_credentials": SELF,
    "create_application_credential": Rule(own_user=True, admin=False),
    "delete_application_credential": SELF,
}


def allows(
    caller: Caller,
    action: str,
    *,
    domain_id: str | None = None,
    user_id: str | None = None,
    project_id: str | None = None,
) -> bool:
    """Say whether `caller` may do `action` to what is in this domain, or belongs to this user or project."""
    rule = POLICY[action]
    if rule.anyone or (rule.admin and caller.is_admin):
        return True
    if caller.system and "reader" in caller.roles and action.startswith(READS):
        return True
    if rule.own_user and user_id is not None and caller.user_id == user_id:
        return True
    if rule.own_project and project_id is not None and caller.project_id == project_id:
        return True
    return rule.in_domain in caller.roles and caller.domain_id is not None and caller.domain_id == domain_id


def enforce(
    caller: Caller,
    action: str,
    *,
    domain_id: str | None = None,
    user_id: str | None = None,
    project_id: str | None = None,
) -> None:
    """Raise Forbidden unless `allows`."""
    if not allows(caller, action, domain_id=domain_id, user_id=user_id, project_id=project_id):
        raise Forbidden(f"Policy identity:{action} does not let you do this.")
