"""Domains: namespaces of users and projects."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete as sql_delete
from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.identity import ApplicationCredential, Assignment, Domain, Project, Role, User
from glance_emulator.domain import records
from glance_emulator.domain.identity_policy import enforce
from glance_emulator.domain.records import Values
from glance_emulator.errors import Forbidden

ATTRIBUTES = ("name", "description", "enabled")


def index(session: Session, caller: Caller, filters: Values) -> Sequence[Domain]:
    """Return the domains: all, or the one that the caller's token is for."""
    enforce(caller, "list_domains", domain_id=caller.domain_id)
    statement = select(Domain)
    if caller.domain_id:
        statement = statement.where(Domain.id == caller.domain_id)
    return records.listed(session, statement, filters, (Domain.name, Domain.enabled))


def get(session: Session, caller: Caller, domain_id: str) -> Domain:
    """Return one domain; raise Forbidden, also where there is none, or NotFound."""
    mine = caller.project_id if domain_id == records.home(session, caller) else None
    enforce(caller, "get_domain", domain_id=domain_id, project_id=mine)
    return records.find(session, Domain, "domain", domain_id)


def create(session: Session, caller: Caller, values: Values) -> Domain:
    """Make a domain; raise Conflict for a name that is taken."""
    enforce(caller, "create_domain")
    records.refuse_duplicate(session, Domain, "domain", None, name=values["name"])
    domain = Domain(id=records.new_id(session, Domain), description="", enabled=True, extra={})
    records.keep(domain, values, ATTRIBUTES)
    return records.save(session, domain)


def update(session: Session, caller: Caller, domain_id: str, values: Values) -> Domain:
    """Change a domain."""
    domain = records.find(session, Domain, "domain", domain_id)
    enforce(caller, "update_domain")
    records.refuse_change(domain, values, "id")
    records.refuse_immutable(domain, "domain", values)
    if "name" in values:
        records.refuse_duplicate(session, Domain, "domain", domain.id, name=values["name"])
    records.keep(domain, values, ATTRIBUTES)
    return records.save(session, domain)


def delete(session: Session, caller: Caller, domain_id: str) -> None:
    """Remove a disabled domain, and all that is in it; raise Forbidden for an enabled one."""
    domain = records.find(session, Domain, "domain", domain_id)
    enforce(caller, "delete_domain")
    records.refuse_immutable(domain, "domain")
    if domain.enabled:
        raise Forbidden("A domain must be disabled before it can be deleted.")
    projects = select(Project.id).where(Project.domain_id == domain_id).scalar_subquery()
    for statement in (
        sql_delete(Assignment).where(Assignment.target_id.in_(projects) | (Assignment.target_id == domain_id)),
        sql_delete(ApplicationCredential).where(ApplicationCredential.project_id.in_(projects)),
        sql_delete(User).where(User.domain_id == domain_id),
        sql_delete(Project).where(Project.domain_id == domain_id),
        sql_delete(Role).where(Role.domain_id == domain_id),
    ):
        session.execute(statement, execution_options={"synchronize_session": False})
    records.remove(session, domain)
