"""Who speaks in the scenarios that a cloud is asked: projects and users that are made for them, and used again."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from glance_emulator.verify import leavings
from glance_emulator.verify.leavings import Leavings, Unanswered
from glance_emulator.verify.service import PATIENCE, Service

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
    """Somebody whom the service lets in, and the scope (function, module) that has them now, if any."""

    id: str
    project: str
    roles: frozenset[str]
    session: Any = None
    """Has their token, where there is a Keystone."""
    held: str = ""

    def headers(self, roles: str) -> dict[str, str]:
        """Return what tells the service who this is; `roles` as a scenario writes them."""
        if self.session is not None:
            return {"X-Auth-Token": str(self.session.get_token())}
        names = {"X-User-Id": self.id, "X-Project-Id": self.project, "X-Roles": roles}
        return {"X-Identity-Status": "Confirmed", **names}


@dataclass
class Project:
    """A project that was made, its users, and the scope that has it now, if any."""

    id: str
    users: list[User] = field(default_factory=list)
    held: str = ""
    worked: bool = False
    """Whether something may have been done in it that leaves a task, which nothing removes."""


class Identities:
    """Makes users of projects as they are asked for, and lends those again whom nobody has any more."""

    def __init__(self, maker: Maker) -> None:
        """Begin with nobody."""
        self._maker = maker
        self._projects: list[Project] = []
        self._unfit: dict[frozenset[str], str] = {}

    def lend(self, roles: str, project: str, scope: str, *, fresh: bool = False) -> tuple[Project, User]:
        """Return a user with just these roles, separated by commas, in the project of that id, or in any that is free.

        A `fresh` one has no tasks. Raises Impossible, Refused, or Unanswered.
        """
        wanted = frozenset(role.strip().lower() for role in roles.split(",") if role.strip())
        home = self._known(project) if project else self._free(wanted, fresh)
        user = self._user(home, wanted)
        user.held = scope
        home.held = home.held or scope
        return home, user

    def held(self, scope: str) -> Iterator[Project]:
        """Yield the projects that the scope has."""
        yield from (project for project in self._projects if project.held == scope)

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

    def _free(self, roles: frozenset[str], fresh: bool) -> Project:
        free = [project for project in self._projects if not project.held and not (fresh and project.worked)]
        for project in free:
            if any(user.roles == roles for user in project.users):
                return project
        if free:
            return free[0]
        made = self._maker.project()
        self._projects.append(made)
        return made

    def _user(self, home: Project, roles: frozenset[str]) -> User:
        for user in home.users:
            if user.roles == roles and not user.held:
                return user
        if roles in self._unfit:
            raise Impossible(self._unfit[roles])
        try:
            made = self._maker.user(home, roles)
        except Impossible as reason:
            self._unfit[roles] = str(reason)
            raise
        home.users.append(made)
        return made


class Maker:
    """Makes projects and users for a service that trusts identity headers: they need only names."""

    def __init__(self, made: Leavings) -> None:
        """Write down what is made."""
        self._made = made
        self._run = secrets.token_hex(4)
        self._count = 0

    def project(self) -> Project:
        """Make a project."""
        name = self._name()
        self._made.made(leavings.PROJECT, name)
        return Project(name)

    def user(self, home: Project, roles: frozenset[str]) -> User:
        """Make somebody who has just these roles in the project; raise Impossible if there cannot be anybody."""
        return User(self._name(), home.id, roles)

    def _name(self) -> str:
        self._count += 1
        return f"{PREFIX}{self._run}-{self._count}"


class KeystoneMaker(Maker):
    """Makes them in Keystone; raises Refused if it does not let us, Unanswered if it is silent."""

    def __init__(self, service: Service, made: Leavings) -> None:
        """Ask which roles there are."""
        super().__init__(made)
        self._service, self._ask = service, service.asked_identity
        answer = self._answered(self._ask("GET", "/roles"))
        self._roles: dict[str, str] = {role["name"].lower(): role["id"] for role in answer.json()["roles"]}

    def project(self) -> Project:
        """Make a project."""
        return Project(self._make(leavings.PROJECT, self._name(), domain_id=self._service.domain))

    def user(self, home: Project, roles: frozenset[str]) -> User:
        """Make somebody who has just these roles in the project; raise Impossible if there cannot be anybody."""
        from keystoneauth1.identity import v3
        from keystoneauth1.session import Session

        granted = roles or frozenset({self._nobody()})
        if missing := granted - self._roles.keys():
            raise Impossible(f"needs the role {_words(missing)}, which the cloud does not have")
        password = secrets.token_urlsafe(24)
        user = self._make(leavings.USER, self._name(), domain_id=self._service.domain, password=password)
        for role in sorted(granted):
            self._answered(self._ask("PUT", f"/projects/{home.id}/users/{user}/roles/{self._roles[role]}"))
        login = v3.Password(self._service.auth_url, user_id=user, password=password, project_id=home.id)
        session = Session(login, verify=self._service.verify, timeout=PATIENCE[1])
        told = {role.lower() for role in login.get_access(session).role_names or ()}
        if "admin" not in roles and told - granted - HARMLESS:
            raise Impossible(f"needs a token with just the role {_words(granted)}; this cloud's has {_words(told)}")
        return User(user, home.id, roles, session)

    def _nobody(self) -> str:
        """Return a role that no policy knows: without any there is no token."""
        name = f"{PREFIX}{self._run}-nobody"
        if name not in self._roles:
            self._roles[name] = self._make(leavings.ROLE, name)
        return name

    def _make(self, kind: str, name: str, **attributes: Any) -> str:
        self._made.made(kind, name)
        answer = self._answered(self._ask("POST", f"/{kind}s", json={kind: {"name": name, **attributes}}))
        return str(answer.json()[kind]["id"])

    def _answered(self, answer: Any) -> Any:
        if answer.status_code >= 300:
            asked = answer.request
            said = f"{asked.method} {asked.path_url} is answered {answer.status_code}: {answer.text[:200]}"
            raise Unanswered(said) if answer.status_code >= 500 else Refused(said)
        return answer


def _words(roles: Iterable[str]) -> str:
    return ", ".join(sorted(roles))
