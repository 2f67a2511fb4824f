"""The default policy as it was in older releases."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from glance_emulator.domain.policy import POLICY, Rule

_COPIERS = Rule("anybody", "owner")
_DETAILED = Rule("admin")
_FETCHERS = Rule("service", exclusive=True)


def table(lacks: Collection[str]) -> Mapping[str, Rule]:
    """Return the policy of a release that `lacks` these behaviours (by their names in `releases`)."""
    found = dict(POLICY)
    if "service-role" in lacks:
        found |= {"stores_info_detail": _DETAILED, "fetch_image_location": _FETCHERS}
    if "roles" in lacks:
        found = {action: _roleless(rule) for action, rule in found.items()}
    if "metadef-admins" in lacks:
        found |= {action: Rule("anybody") for action in found if "metadef" in action}
    if "copy-policy" in lacks:
        found["copy_image"] = _COPIERS
    if "roles" in lacks:
        found["delete_image_location"] = Rule("anybody", "owner")
    return found


def _roleless(rule: Rule) -> Rule:
    """Return the rule without its role: whose the thing was is all that counted."""
    return replace(rule, role="anybody") if rule.role in ("reader", "member") else rule
