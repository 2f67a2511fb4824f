"""What a user may be somewhere: the roles on a project, on a domain or on the system, implied ones included."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from glance_emulator.db.identity import ApplicationCredential, Assignment, Domain, ImpliedRole, Project, Role, User

SYSTEM = "all"
"""The only target that the scope `system` has."""


@dataclass(frozen=True)
class Scope:
    """Where somebody acts: `kind` is `project`, `domain` or `system`, `target_id` its id (`all` for system)."""

    kind: str
    target_id: str


@dataclass(frozen=True)
class Grant:
    """Who somebody is and what they may be, as the tables have it now."""

    user: User
    user_domain: Domain
    scope: Scope | None = None
    project: Project | None = None
    domain: Domain | None = None
    """The domain that is the scope, or the scope's project's domain."""
    roles: tuple[Role, ...] = ()
    application_credential: ApplicationCredential | None = None


def find(session: Session, user_id: str, scope: Scope | None, credential_id: str | None = None) -> Grant | None:
    """Return what the user is on `scope`, or None: somebody or something is gone or disabled, or no role is left."""
    found = session.execute(
        select(User, Domain).join(Domain, Domain.id == User.domain_id).where(User.id == user_id)
    ).one_or_none()
    if found is None or not (found.User.enabled and found.Domain.enabled):
        return None
    if scope is None:
        return Grant(found.User, found.Domain)
    project, domain = _target(session, scope)
    if scope.kind != "system" and (domain is None or not domain.enabled or (project and not project.enabled)):
        return None
    roles = roles_on(session, user_id, scope)
    credential = None
    if credential_id is not None:
        credential = session.get(ApplicationCredential, credential_id)
        if credential is None:
            return None
        limit = {role.id for role in with_implied(session, credential.role_ids)}
        roles = tuple(role for role in roles if role.id in limit)
    if not roles:
        return None
    return Grant(found.User, found.Domain, scope, project, domain, roles, credential)


def _target(session: Session, scope: Scope) -> tuple[Project | None, Domain | None]:
    if scope.kind == "project":
        statement = select(Project, Domain).join(Domain, Domain.id == Project.domain_id)
        row = session.execute(statement.where(Project.id == scope.target_id)).one_or_none()
        return (row.Project, row.Domain) if row else (None, None)
    return None, session.get(Domain, scope.target_id) if scope.kind == "domain" else None


def roles_on(session: Session, user_id: str, scope: Scope) -> tuple[Role, ...]:
    """Return the user's roles on the scope: those that were assigned, and what they imply."""
    assigned = session.scalars(
        select(Assignment.role_id).where(
            Assignment.user_id == user_id, Assignment.scope == scope.kind, Assignment.target_id == scope.target_id
        )
    ).all()
    return with_implied(session, assigned)


def with_implied(session: Session, role_ids: Iterable[str]) -> tuple[Role, ...]:
    """Return these roles, and all that they imply, directly or not; ids of roles that are gone count for nothing."""
    found = set(role_ids)
    if not found:
        return ()
    implied: dict[str, list[str]] = {}
    for prior, follower in session.execute(select(ImpliedRole.prior_id, ImpliedRole.implied_id)):
        implied.setdefault(prior, []).append(follower)
    waiting = list(found)
    while waiting:
        new = set(implied.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return tuple(session.scalars(select(Role).where(Role.id.in_(found)).order_by(Role.name, Role.id)))


def projects_of(session: Session, user_id: str) -> list[Project]:
    """Return the projects that the user has a role on, disabled ones too."""
    statement = select(Project).where(Project.id.in_(_targets(user_id, "project")))
    return list(session.scalars(statement.order_by(Project.name, Project.id)))


def domains_of(session: Session, user_id: str) -> list[Domain]:
    """Return the domains that the user has a role on, disabled ones too."""
    statement = select(Domain).where(Domain.id.in_(_targets(user_id, "domain")))
    return list(session.scalars(statement.order_by(Domain.name)))


def has_system(session: Session, user_id: str) -> bool:
    """Say whether the user has a role on the system."""
    return session.scalars(_targets(user_id, "system")).first() is not None


def _targets(user_id: str, kind: str) -> Select[str]:
    return select(Assignment.target_id).where(Assignment.user_id == user_id, Assignment.scope == kind)
