"""Who is calling, once that is established."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """A user acting with some roles, usually within a project; ids and role names as Identity gives them."""

    user_id: str | None
    project_id: str | None
    roles: frozenset[str] = frozenset()
    domain_id: str | None = None
    system: bool = False

    @property
    def is_admin(self) -> bool:
        """Whether the caller has the role `admin`, which stands above all projects."""
        return "admin" in self.roles
