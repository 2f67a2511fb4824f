"""An operator's own policy: a file of rules in oslo.policy's language that override the default ones.

Everything is then decided by the library, on what the real service tells it of the caller and of the thing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from glance_emulator.caller import Caller
from glance_emulator.domain.policy import ALIASES, POLICY, Rule
from glance_emulator.errors import SetupError

IMAGE = (
    "name", "disk_format", "container_format", "visibility", "size", "virtual_size", "status", "checksum", "protected",
    "min_ram", "min_disk", "owner", "os_hidden", "os_hash_algo", "os_hash_value", "created_at", "updated_at", "tags",
)  # fmt: skip
"""The attributes of an image that rules may look at, besides its properties."""


class OperatorRules:
    """The default policy with an operator's rules in the place of some."""

    def __init__(self, enforcer: Any) -> None:
        """Take the library's enforcer, which has all rules."""
        self._enforcer = enforcer

    def makes_admin(self, caller: Caller) -> bool:
        """Say whether the caller stands above all projects."""
        return self._holds("context_is_admin", {}, caller)

    def allows(self, caller: Caller, action: str, project: str | None, thing: object | None) -> bool:
        """Say whether the caller may do `action` to `thing`, which belongs to `project`."""
        return self._holds(action, _target(caller, project, thing), caller)

    def _holds(self, rule: str, target: Mapping[str, Any], caller: Caller) -> bool:
        return bool(self._enforcer.enforce(rule, target, _credentials(caller)))


def _credentials(caller: Caller) -> dict[str, Any]:
    return {
        "user_id": caller.user_id,
        "project_id": caller.project_id,
        "domain_id": caller.domain_id,
        "system_scope": "all" if caller.system else None,
        "roles": sorted(caller.roles),
        "is_admin_project": True,
    }


def _target(caller: Caller, project: str | None, thing: object | None) -> dict[str, Any]:
    """Return what rules may compare with: `%(name)s` stands for the value of `name` here."""
    if thing is None or isinstance(thing, Mapping):
        return {"project_id": caller.project_id if project is None else project, **(thing or {})}
    owner: str | None = thing.owner  # type: ignore[attr-defined]  # an image or a namespace
    if not hasattr(thing, "disk_format"):
        return {"project_id": owner, "visibility": thing.visibility}  # type: ignore[attr-defined]
    image: Any = thing
    # Who sees another's shared image is one of its members.
    offered = image.visibility == "shared" and owner != caller.project_id
    membership = caller.project_id if offered else None
    attributes = {name: getattr(image, name) for name in IMAGE}
    known = {"image_id": image.id, "project_id": owner, "member": membership, "member_id": membership}
    return {**image.properties, **attributes, **known}


def load(path: Path, policy_table: Mapping[str, Rule] = POLICY) -> OperatorRules:
    """Return the rules in the file (YAML or JSON) over those of the table; raise SetupError for whatever is wrong."""
    try:
        from oslo_config import cfg
        from oslo_policy import policy  # late: only who has rules of their own pays for it
    except ImportError:
        raise SetupError("setting policy_file: it needs oslo.policy; pip install 'glance-emulator[policy]'") from None
    logging.getLogger("oslo_policy").setLevel(logging.CRITICAL)  # what it would warn of is a SetupError here
    given = _read(path)
    texts = {**ALIASES, **{action: str(rule) for action, rule in policy_table.items()}, **given}
    rules = policy.Rules.from_dict(texts, default_rule="default")
    _check(path, given, rules)
    enforcer = policy.Enforcer(cfg.ConfigOpts(), rules=rules, default_rule="default", use_conf=False)
    return OperatorRules(enforcer)


def _read(path: Path) -> dict[str, str]:
    import yaml  # oslo.policy brings it

    try:
        document = yaml.safe_load(path.read_text())
    except OSError as reason:
        raise SetupError(f"setting policy_file: cannot read {path}: {reason.strerror}") from None
    except (UnicodeDecodeError, yaml.YAMLError) as reason:
        why = " ".join(str(reason).split())
        raise SetupError(f"setting policy_file: {path} is neither YAML nor JSON: {why}") from None
    if not isinstance(document, dict | None):
        raise SetupError(f"setting policy_file: {path} must map the names of rules to rules")
    for name, text in (document or {}).items():
        if not isinstance(name, str) or not isinstance(text, str):
            raise SetupError(f"setting policy_file: the rule {name} in {path} must be a string")
    return document or {}


def _check(path: Path, given: Mapping[str, str], rules: Mapping[str, Any]) -> None:
    """Raise SetupError for a rule that cannot be read, that refers to none, to itself, or that nobody asks for."""
    for name, text in given.items():
        if str(rules[name]) == "!" and text.strip() != "!":
            raise SetupError(f"setting policy_file: the rule {name} in {path} is not one that can be read: {text!r}")
    for name, rule in rules.items():
        for other in _references(rule):
            if other not in rules:
                raise SetupError(
                    f"setting policy_file: the rule {name} in {path} refers to {other}, which is not there"
                )
            if name in _reached(other, rules):
                raise SetupError(f"setting policy_file: the rule {name} in {path} names itself")
    asked = {*ALIASES, *POLICY, *(other for rule in rules.values() for other in _references(rule))}
    for name in given:
        if name not in asked:
            raise SetupError(f"setting policy_file: there is no action {name}, which {path} has a rule for")


def _references(check: Any) -> Iterator[str]:
    """Yield the names of the rules that a check refers to."""
    if getattr(check, "kind", None) == "rule":
        yield check.match
    for part in (*getattr(check, "rules", ()), *filter(None, [getattr(check, "rule", None)])):
        yield from _references(part)


def _reached(name: str, rules: Mapping[str, Any]) -> set[str]:
    """Return the rule and all that it refers to, however indirectly."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += _references(rules.get(one))
    return found
