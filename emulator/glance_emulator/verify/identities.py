"""Who speaks in the scenarios that a cloud is asked: projects and users that are made there, and used again."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from glance_emulator.verify import leavings
from glance_emulator.verify.leavings import Leavings
from glance_emulator.verify.service import Service

PREFIX = "glance-emulator-verify-"
"""What all names of what is made begin with."""
HARMLESS = {"manager"}
"""A role that Keystone adds to `admin`, and no default policy of Glance's names."""


class Impossible(Exception):
    """A scenario asks for somebody whom this cloud does not have; says why."""


class Refused(Exception):
    """The cloud does not let us make somebody; says what it answered."""


@dataclass
class User:
    """Somebody who can log in, and the scope (function, module, session) that has them now, if any."""

    id: str
    roles: frozenset[str]
    token: Callable[[], str]
    held: str = ""


@dataclass
class Project:
    """A project that was made, its users, and the scope that has it now, if any."""

    id: str
    users: list[User] = field(default_factory=list)
    held: str = ""


class Identities:
    """Makes users of projects as they are asked for, and lends those again whom nobody has any more."""

    def __init__(self, service: Service, made: Leavings) -> None:
        """Begin with nobody."""
        self._service, self._ask, self._made = service, service.asked_identity, made
        self._run = secrets.token_hex(4)
        self._count = 0
        self._projects: list[Project] = []
        self._unfit: dict[frozenset[str], str] = {}
        answer = self._ask("GET", "/roles")
        self._roles: dict[str, str] = {role["name"].lower(): role["id"] for role in answer.json()["roles"]}

    def lend(self, roles: str, project: str, scope: str) -> tuple[Project, User]:
        """Return a user with just these roles, separated by commas, in the project of that id, or in any that is free.

        Raises Impossible, or Refused.
        """
        named = frozenset(role.strip().lower() for role in roles.split(",") if role.strip())
        wanted = named or frozenset({self._nobody()})
        home = self._known(project) if project else self._free(wanted)
        user = self._user(home, wanted)
        user.held = scope
        home.held = home.held or scope
        return home, user

    def give_back(self, scope: str) -> None:
        """Take back all whom the scope has."""
        for project in self._projects:
            project.held = "" if project.held == scope else project.held
            for user in project.users:
                user.held = "" if user.held == scope else user.held

    def _known(self, project: str) -> Project:
        for home in self._projects:
            if home.id == project:
                return home
        raise Impossible("names a project of its own invention")

    def _free(self, roles: frozenset[str]) -> Project:
        free = [project for project in self._projects if not project.held]
        for project in free:
            if any(user.roles == roles for user in project.users):
                return project
        if free:
            return free[0]
        made = Project(self._make(leavings.PROJECT, domain_id=self._service.domain))
        self._projects.append(made)
        return made

    def _user(self, home: Project, roles: frozenset[str]) -> User:
        for user in home.users:
            if user.roles == roles and not user.held:
                return user
        if roles in self._unfit:
            raise Impossible(self._unfit[roles])
        if missing := roles - self._roles.keys():
            raise Impossible(f"needs the role {_words(missing)}, which the cloud does not have")
        made = self._new_user(home, roles)
        home.users.append(made)
        return made

    def _new_user(self, home: Project, roles: frozenset[str]) -> User:
        from keystoneauth1.identity import v3
        from keystoneauth1.session import Session

        password = secrets.token_urlsafe(24)
        user = self._make(leavings.USER, domain_id=self._service.domain, password=password)
        for role in sorted(roles):
            self._answered(self._ask("PUT", f"/projects/{home.id}/users/{user}/roles/{self._roles[role]}"))
        login = v3.Password(self._service.auth_url, user_id=user, password=password, project_id=home.id)
        session = Session(login, verify=self._service.verify)
        told = {role.lower() for role in login.get_access(session).role_names or ()}
        if "admin" not in roles and told - roles - HARMLESS:
            self._unfit[roles] = f"needs a token with just the role {_words(roles)}; this cloud's has {_words(told)}"
            raise Impossible(self._unfit[roles])
        return User(user, roles, lambda: str(session.get_token()))

    def _nobody(self) -> str:
        """Return a role that no policy knows: without any there is no token."""
        name = f"{PREFIX}{self._run}-nobody"
        if name not in self._roles:
            self._roles[name] = self._make(leavings.ROLE, name=name)
        return name

    def _make(self, kind: str, **attributes: Any) -> str:
        self._count += 1
        name = attributes.pop("name", f"{PREFIX}{self._run}-{self._count}")
        self._made.made(kind, name)
        answer = self._answered(self._ask("POST", f"/{kind}s", json={kind: {"name": name, **attributes}}))
        return str(answer.json()[kind]["id"])

    def _answered(self, answer: Any) -> Any:
        if answer.status_code >= 300:
            asked = answer.request
            raise Refused(f"{asked.method} {asked.path_url} is answered {answer.status_code}: {answer.text[:200]}")
        return answer


def _words(roles: Iterable[str]) -> str:
    return ", ".join(sorted(roles))
