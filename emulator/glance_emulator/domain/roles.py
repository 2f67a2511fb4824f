"""Roles, and which imply which."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.identity import ImpliedRole, Role
from glance_emulator.domain import generation, records
from glance_emulator.domain.identity_policy import enforce
from glance_emulator.domain.records import Values
from glance_emulator.errors import BadRequest, Conflict, Forbidden, NotFound

ATTRIBUTES = ("name", "description", "domain_id")
NEVER_IMPLIED = "admin"


def index(session: Session, caller: Caller, filters: Values) -> Sequence[Role]:
    """Return the roles: those of no domain, unless a domain's are asked for."""
    enforce(caller, "list_roles", domain_id=caller.domain_id)
    statement = select(Role) if "domain_id" in filters else select(Role).where(Role.domain_id.is_(None))
    return records.listed(session, statement, filters, (Role.name, Role.domain_id))


def find(session: Session, role_id: str) -> Role:
    """Return one role, whoever asks; raise NotFound."""
    return records.find(session, Role, "role", role_id)


def get(session: Session, caller: Caller, role_id: str) -> Role:
    """Return one role; raise NotFound, then Forbidden."""
    role = find(session, role_id)
    enforce(caller, "get_role")
    return role


def create(session: Session, caller: Caller, values: Values) -> Role:
    """Make a role; raise Conflict for a name that is taken."""
    enforce(caller, "create_role")
    records.refuse_duplicate(session, Role, "role", None, name=values["name"], domain_id=values.get("domain_id"))
    role = Role(id=records.new_id(session, Role), description=None, domain_id=None, extra={})
    records.keep(role, values, ATTRIBUTES)
    return records.save(session, role)


def update(session: Session, caller: Caller, role_id: str, values: Values) -> Role:
    """Change a role."""
    role = find(session, role_id)
    enforce(caller, "update_role")
    records.refuse_immutable(role, "role", values)
    records.refuse_change(role, values, "id")
    if "domain_id" in values:
        raise BadRequest("The domain of a role cannot be changed.")
    if "name" in values:
        records.refuse_duplicate(session, Role, "role", role.id, name=values["name"], domain_id=role.domain_id)
    records.keep(role, values, ATTRIBUTES)
    return records.save(session, role)


def delete(session: Session, caller: Caller, role_id: str) -> None:
    """Remove a role, wherever it is assigned."""
    role = find(session, role_id)
    enforce(caller, "delete_role")
    records.refuse_immutable(role, "role")
    records.remove(session, role)


def inferences(session: Session, caller: Caller) -> list[tuple[Role, list[Role]]]:
    """Return every role that implies others, with those."""
    enforce(caller, "list_role_inference_rules")
    priors = session.scalars(select(Role).where(Role.id.in_(select(ImpliedRole.prior_id))).order_by(Role.id))
    return [(prior, _implied(session, prior)) for prior in priors]


def implied(session: Session, caller: Caller, prior_id: str) -> tuple[Role, list[Role]]:
    """Return a role, and those that it implies."""
    prior = find(session, prior_id)
    enforce(caller, "list_implied_roles")
    return prior, _implied(session, prior)


def _implied(session: Session, prior: Role) -> list[Role]:
    statement = select(Role).join(ImpliedRole, ImpliedRole.implied_id == Role.id)
    return list(session.scalars(statement.where(ImpliedRole.prior_id == prior.id).order_by(Role.id)))


def inference(
    session: Session, caller: Caller, prior_id: str, implied_id: str, action: str = "get_implied_role"
) -> tuple[Role, Role, ImpliedRole]:
    """Return that one role implies the other; raise NotFound if it does not."""
    prior, follower = find(session, prior_id), find(session, implied_id)
    enforce(caller, action)
    rule = session.get(ImpliedRole, (prior_id, implied_id))
    if rule is None:
        raise NotFound(f"The role {prior_id} does not imply {implied_id}.")
    return prior, follower, rule


def imply(session: Session, caller: Caller, prior_id: str, implied_id: str) -> tuple[Role, Role]:
    """Have one role imply the other; raise Conflict if it does, Forbidden for `admin`, which nothing implies."""
    prior, follower = find(session, prior_id), find(session, implied_id)
    enforce(caller, "create_implied_role")
    if follower.name == NEVER_IMPLIED:
        raise Forbidden(f"The role {follower.name} cannot be implied.")
    if session.get(ImpliedRole, (prior_id, implied_id)):
        raise Conflict(f"The role {prior_id} implies {implied_id} already.")
    records.save(session, ImpliedRole(prior_id=prior_id, implied_id=implied_id))
    return prior, follower


def stop_implying(session: Session, caller: Caller, prior_id: str, implied_id: str) -> None:
    """Have one role not imply the other any more."""
    _, _, rule = inference(session, caller, prior_id, implied_id, "delete_implied_role")
    session.delete(rule)
    generation.bump(session)
