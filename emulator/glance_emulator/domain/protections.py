"""Property protections: an operator's rules for who may do what with which property of an image."""

from __future__ import annotations

import configparser
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from glance_emulator.caller import Caller
from glance_emulator.errors import SetupError

OPERATIONS = ("create", "read", "update", "delete")
ANYBODY, NOBODY = "@", "!"


@dataclass(frozen=True)
class Protection:
    """What has to be met to do something with the properties whose names begin as `names` says."""

    names: re.Pattern[str]
    roles: dict[str, frozenset[str]]
    """For each of OPERATIONS the roles that may, or ANYBODY or NOBODY alone."""


class RoleProtections:
    """Protections by role; the first that fits a property's name is the one that counts."""

    def __init__(self, protections: Sequence[Protection]) -> None:
        """Take the protections in the order of the file."""
        self._protections = protections

    def allows(self, caller: Caller, operation: str, name: str) -> bool:
        """Say whether the caller may create, read, update or delete the property; nobody may what no rule is for."""
        for protection in self._protections:
            if protection.names.match(name):
                roles = protection.roles[operation]
                return ANYBODY in roles or not roles.isdisjoint(caller.roles)
        return False


def load(path: Path) -> RoleProtections:
    """Return the protections in the file (INI, a section for each pattern); raise SetupError for whatever is wrong."""
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(path.read_text())
    except OSError as reason:
        raise _fault(f"cannot read {path}: {reason.strerror}") from None
    except (UnicodeDecodeError, configparser.Error) as reason:
        raise _fault(f"{path} is not an INI file: {' '.join(str(reason).split())}") from None
    return RoleProtections([_protection(path, section, dict(parser[section])) for section in parser.sections()])


def _protection(path: Path, section: str, given: dict[str, str]) -> Protection:
    try:
        names = re.compile(section)
    except re.error as reason:
        raise _fault(f"the section [{section}] in {path} is not a regular expression: {reason}") from None
    missing = [operation for operation in OPERATIONS if operation not in given]
    if missing:
        raise _fault(f"the section [{section}] in {path} does not say who may {missing[0]}")
    roles = {operation: _roles(given[operation]) for operation in OPERATIONS}
    for operation, named in roles.items():
        if len(named) > 1 and named & {ANYBODY, NOBODY}:
            raise _fault(f"{operation} in the section [{section}] of {path}: @ and ! stand alone")
    return Protection(names, roles)


def _roles(text: str) -> frozenset[str]:
    return frozenset(role.strip().lower() for role in text.split(",") if role.strip())


def _fault(what: str) -> SetupError:
    return SetupError(f"setting property_protections: {what}")
