"""Application credentials: secrets that a user makes, to act in a project with some of their roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.identity import ApplicationCredential, Role
from glance_emulator.domain import controls, grants, passwords, records
from glance_emulator.domain.grants import Scope
from glance_emulator.domain.identity_policy import enforce
from glance_emulator.domain.records import Values
from glance_emulator.errors import BadRequest, Forbidden, NotFound


def index(session: Session, caller: Caller, user_id: str, filters: Values) -> Sequence[ApplicationCredential]:
    """Return the user's application credentials."""
    enforce(caller, "list_application_credentials", user_id=user_id)
    statement = select(ApplicationCredential).where(ApplicationCredential.user_id == user_id)
    return records.listed(session, statement, filters, (ApplicationCredential.name,))


def get(
    session: Session, caller: Caller, user_id: str, credential_id: str, action: str = "get_application_credential"
) -> ApplicationCredential:
    """Return one application credential of the user; raise Forbidden, also where there is none, or NotFound."""
    enforce(caller, action, user_id=user_id)
    found = session.get(ApplicationCredential, credential_id)
    if found is None or found.user_id != user_id:
        raise records.missing("application credential", credential_id)
    return found


def create(
    session: Session, caller: Caller, user_id: str, values: Values, now: datetime, used: str | None = None
) -> tuple[ApplicationCredential, str]:
    """Make an application credential for the caller's project; return it and its secret, which nobody sees again.

    `used` is the application credential behind the caller's token, if it is one; only an unrestricted one will do.
    Raises Forbidden, NotFound for a role that is none, BadRequest for an end in the past or for roles that the caller
    does not have, Conflict for a taken name.
    """
    enforce(caller, "create_application_credential", user_id=user_id)
    _refuse_restricted(session, used)
    if caller.project_id is None:
        raise Forbidden("An application credential belongs to a project: the token must be for one.")
    expires_at = values.get("expires_at")
    if expires_at is not None and expires_at <= now:
        raise BadRequest("expires_at: this time is past.")
    chosen = _chosen(session, user_id, caller.project_id, values.get("roles") or ())
    records.refuse_duplicate(
        session, ApplicationCredential, "application credential", None, user_id=user_id, name=values["name"]
    )
    secret = values.get("secret") or controls.of(session).token("secret", 64)
    rules = values.get("access_rules") or ()
    credential = ApplicationCredential(
        id=records.new_id(session, ApplicationCredential),
        user_id=user_id,
        project_id=caller.project_id,
        name=values["name"],
        description=values.get("description"),
        secret_hash=passwords.hashed(secret),
        role_ids=[role.id for role in chosen],
        expires_at=expires_at,
        unrestricted=values.get("unrestricted"),
        access_rules=[{"id": records.new_id(session, ApplicationCredential), **rule} for rule in rules] or None,
    )
    return records.save(session, credential), secret


def _chosen(session: Session, user_id: str, project_id: str, wanted: Sequence[Mapping[str, str]]) -> Sequence[Role]:
    """Return the roles that were asked for, with what they imply; all of the user's, if none were."""
    theirs = {role.id: role for role in grants.roles_on(session, user_id, Scope("project", project_id))}
    ids = [role.get("id") or _id_of(session, role["name"]) for role in wanted]
    if not set(ids) <= theirs.keys():
        raise BadRequest("An application credential can only have roles that its user has.")
    return grants.with_implied(session, ids) if ids else tuple(theirs.values())


def _id_of(session: Session, name: str) -> str:
    found = session.scalars(select(Role.id).where(Role.name == name, Role.domain_id.is_(None))).first()
    if found is None:
        raise NotFound(f"There is no role {name}.")
    return found


def roles_of(session: Session, credentials: Sequence[ApplicationCredential]) -> dict[str, list[Role]]:
    """Return the roles of application credentials, by the credentials' ids."""
    known: dict[str, Role] = {role.id: role for role in session.scalars(select(Role))}
    return {item.id: [known[id_] for id_ in item.role_ids if id_ in known] for item in credentials}


def access_rules(session: Session, caller: Caller, user_id: str) -> list[dict[str, Any]]:
    """Return the access rules of all of the user's application credentials."""
    return [rule for credential in index(session, caller, user_id, {}) for rule in credential.access_rules or ()]


def _refuse_restricted(session: Session, used: str | None) -> None:
    """Raise Forbidden if the caller came with a restricted application credential: a leaked one begets no others."""
    credential = session.get(ApplicationCredential, used) if used else None
    if credential is not None and not credential.unrestricted:
        raise Forbidden("With a restricted application credential, none can be made or removed.")


def delete(session: Session, caller: Caller, user_id: str, credential_id: str, used: str | None = None) -> None:
    """Remove an application credential; tokens that came from it are void. For `used`, see `create`."""
    found = get(session, caller, user_id, credential_id, "delete_application_credential")
    _refuse_restricted(session, used)
    records.remove(session, found)
