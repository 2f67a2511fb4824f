"""Role assignments: which user has which role where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.identity import Assignment, Domain, ImpliedRole, Project, Role, User
from glance_emulator.domain import records, roles
from glance_emulator.domain.grants import Scope
from glance_emulator.domain.identity_policy import enforce
from glance_emulator.domain.records import Values
from glance_emulator.errors import BadRequest, Forbidden, NotFound

GIVEN_BY_MANAGERS = ("manager", "member", "reader")
"""The roles that a domain's manager may give and take."""
ACTIONS = {"list": "list_grants", "check": "check_grant", "create": "create_grant", "revoke": "revoke_grant"}
SYSTEM_ACTIONS = {verb: f"{verb}_system_grant{'s' if verb == 'list' else ''}_for_user" for verb in ACTIONS}
FILTERS = {
    "user.id": Assignment.user_id,
    "role.id": Assignment.role_id,
    "scope.project.id": Assignment.target_id,
    "scope.domain.id": Assignment.target_id,
}
SCOPES = {"scope.project.id": "project", "scope.domain.id": "domain", "scope.system": "system"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A role of a user somewhere; `prior_id` is the role that implies it, if nobody assigned it."""

    user_id: str
    role_id: str
    scope: Scope
    prior_id: str | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """The things that entries speak of, by id."""

    users: dict[str, User]
    roles: dict[str, Role]
    projects: dict[str, Project]
    domains: dict[str, Domain]


def index(session: Session, caller: Caller, filters: Values) -> list[Entry]:
    """Return the assignments that the query parameters `filters` ask for; raise BadRequest if these contradict.

    With `effective`, implied roles count as if they had been assigned.
    """
    enforce(caller, "list_role_assignments", domain_id=caller.domain_id)
    effective = _flag(filters, "effective")
    if "group.id" in filters:
        if effective or "user.id" in filters:
            raise BadRequest("The filter group.id goes neither with user.id nor with effective.")
        return []
    if sum(name in filters for name in SCOPES) > 1:
        raise BadRequest("One scope can be asked for at a time.")
    # A filter by role applies to what is implied too, so it cannot be left to the database then.
    stored = {name: value for name, value in filters.items() if not (effective and name == "role.id")}
    entries = [
        Entry(row.user_id, row.role_id, Scope(row.scope, row.target_id))
        for row in session.scalars(_selected(caller, stored))
    ]
    if effective:
        entries = list(_expanded(session, entries))
        if "role.id" in filters:
            entries = [entry for entry in entries if entry.role_id == filters["role.id"]]
    return entries


def _flag(filters: Values, name: str) -> bool:
    return name in filters and records.flag(filters[name])


def _selected(caller: Caller, filters: Values) -> Select[Any]:
    statement = select(Assignment).order_by(
        Assignment.scope, Assignment.target_id, Assignment.user_id, Assignment.role_id
    )
    for name, value in filters.items():
        if name in SCOPES:
            statement = statement.where(Assignment.scope == SCOPES[name])
        if name in FILTERS:
            statement = statement.where(FILTERS[name] == value)
    if caller.domain_id:
        mine = select(Project.id).where(Project.domain_id == caller.domain_id)
        statement = statement.where(or_(Assignment.target_id == caller.domain_id, Assignment.target_id.in_(mine)))
    return statement


def _expanded(session: Session, entries: Sequence[Entry]) -> Iterator[Entry]:
    implied: dict[str, list[str]] = {}
    for prior, follower in session.execute(select(ImpliedRole.prior_id, ImpliedRole.implied_id)):
        implied.setdefault(prior, []).append(follower)
    seen = set()
    waiting = list(reversed(entries))
    while waiting:
        entry = waiting.pop()
        key = (entry.user_id, entry.role_id, entry.scope, entry.prior_id)
        if key in seen:
            continue
        seen.add(key)
        yield entry
        followers = implied.get(entry.role_id, ())
        waiting += [Entry(entry.user_id, follower, entry.scope, entry.role_id) for follower in followers]


def names(session: Session, entries: Sequence[Entry]) -> Names:
    """Return what the entries speak of."""
    users = {entry.user_id for entry in entries}
    targets = {entry.scope.target_id for entry in entries}
    return Names(
        users={user.id: user for user in session.scalars(select(User).where(User.id.in_(users)))},
        roles={role.id: role for role in session.scalars(select(Role))},
        projects={project.id: project for project in session.scalars(select(Project).where(Project.id.in_(targets)))},
        domains={domain.id: domain for domain in session.scalars(select(Domain))},
    )


def roles_of(session: Session, caller: Caller, scope: Scope, user_id: str) -> Sequence[Role]:
    """Return the roles that were assigned to the user on `scope`."""
    _permit(session, caller, "list", scope, user_id)
    theirs = select(Assignment.role_id).where(
        Assignment.user_id == user_id, Assignment.scope == scope.kind, Assignment.target_id == scope.target_id
    )
    return session.scalars(select(Role).where(Role.id.in_(theirs)).order_by(Role.id)).all()


def check(session: Session, caller: Caller, scope: Scope, user_id: str, role_id: str) -> None:
    """Raise NotFound if the role was not assigned to the user on `scope`."""
    _permit(session, caller, "check", scope, user_id, role_id)
    _find(session, scope, user_id, role_id)


def give(session: Session, caller: Caller, scope: Scope, user_id: str, role_id: str) -> None:
    """Assign the role to the user on `scope`; once more does nothing."""
    _permit(session, caller, "create", scope, user_id, role_id)
    if session.get(Assignment, (user_id, role_id, scope.kind, scope.target_id)) is None:
        assignment = Assignment(user_id=user_id, role_id=role_id, scope=scope.kind, target_id=scope.target_id)
        records.save(session, assignment)


def take(session: Session, caller: Caller, scope: Scope, user_id: str, role_id: str) -> None:
    """Take the role on `scope` from the user; raise NotFound if they do not have it."""
    _permit(session, caller, "revoke", scope, user_id, role_id)
    records.remove(session, _find(session, scope, user_id, role_id))


def _find(session: Session, scope: Scope, user_id: str, role_id: str) -> Assignment:
    found = session.get(Assignment, (user_id, role_id, scope.kind, scope.target_id))
    if found is None:
        raise NotFound(f"The user {user_id} was not given the role {role_id} on {scope.kind} {scope.target_id}.")
    return found


def _permit(
    session: Session, caller: Caller, verb: str, scope: Scope, user_id: str, role_id: str | None = None
) -> None:
    """Raise NotFound for a role, user or target that is none, then Forbidden."""
    role = roles.find(session, role_id) if role_id else None
    user = records.find(session, User, "user", user_id)
    if scope.kind == "system":
        enforce(caller, SYSTEM_ACTIONS[verb])
        return
    if scope.kind == "project":
        domain_id = records.find(session, Project, "project", scope.target_id).domain_id
    else:
        domain_id = records.find(session, Domain, "domain", scope.target_id).id
    # In their own domain only: the user and the target must both be of it.
    enforce(caller, ACTIONS[verb], domain_id=domain_id if domain_id == user.domain_id else None)
    if verb in ("create", "revoke") and role and not caller.is_admin and role.name not in GIVEN_BY_MANAGERS:
        raise Forbidden(f"The manager of a domain cannot give or take the role {role.name}.")
