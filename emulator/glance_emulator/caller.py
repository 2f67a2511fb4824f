"""Who is calling, once that is established."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class Rules(Protocol):
    """The policy of an operator who overrides the default one."""

    def makes_admin(self, caller: Caller) -> bool:
        """Say whether the caller stands above all projects."""
        ...

    def allows(self, caller: Caller, action: str, project: str | None, thing: object | None) -> bool:
        """Say whether the caller may do `action` to `thing`, which belongs to `project`."""
        ...


class Protections(Protocol):
    """An operator's rules for who may do what with which property of an image."""

    def allows(self, caller: Caller, operation: str, name: str) -> bool:
        """Say whether the caller may create, read, update or delete the property."""
        ...


@dataclass(frozen=True, slots=True)
class Caller:
    """A user acting with some roles, usually within a project; ids and role names as Identity gives them."""

    user_id: str | None
    project_id: str | None
    roles: frozenset[str] = frozenset()
    domain_id: str | None = None
    system: bool = False
    rules: Rules | None = field(default=None, compare=False, repr=False)
    """What is asked instead of the default policy, if the world that is called has rules of its own."""
    protections: Protections | None = field(default=None, compare=False, repr=False)
    lost_by_rejection: bool = field(default=False, compare=False, repr=False)
    """Whether who rejects an offer cannot see the image any more, which is not the Image service's way."""
    lacks: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    """Behaviours that the release which is called did not have yet; none, but where an older one is served."""
    policy: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)
    """The rules by default of that release; None in the latest."""

    @property
    def is_admin(self) -> bool:
        """Whether the caller stands above all projects, as the role `admin` does by default."""
        return "admin" in self.roles if self.rules is None else self.rules.makes_admin(self)
