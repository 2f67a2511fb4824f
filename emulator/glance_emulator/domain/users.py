"""Users: somebody who can log in, and their passwords."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.clock import EPOCH
from glance_emulator.db.identity import Domain, User
from glance_emulator.domain import generation, passwords, records
from glance_emulator.domain.identity_policy import enforce
from glance_emulator.domain.records import Values
from glance_emulator.errors import Unauthorized

ATTRIBUTES = ("name", "enabled", "default_project_id")
KEPT_ELSEWHERE = {"password", "domain_id"}


def index(session: Session, caller: Caller, filters: Values) -> Sequence[User]:
    """Return the users: all, or those of the domain that the caller's token is for."""
    enforce(caller, "list_users", domain_id=caller.domain_id)
    statement = select(User)
    if caller.domain_id:
        statement = statement.where(User.domain_id == caller.domain_id)
    if "password_expires_at" in filters:  # passwords do not expire here, as by the real service's default
        return []
    columns = (User.name, User.domain_id, User.enabled, User.default_project_id)
    return records.listed(session, statement, filters, columns)


def get(session: Session, caller: Caller, user_id: str, action: str = "get_user") -> User:
    """Return one user; raise Forbidden, also where there is none, or NotFound."""
    user = session.get(User, user_id)
    enforce(caller, action, domain_id=user.domain_id if user else None, user_id=user_id)
    return user or records.find(session, User, "user", user_id)


def create(session: Session, caller: Caller, values: Values, now: datetime) -> User:
    """Make a user; raise NotFound for a domain that is none, Conflict for a name that is taken."""
    enforce(caller, "create_user", domain_id=values.get("domain_id"))
    domain = records.find(session, Domain, "domain", values.get("domain_id") or records.home(session, caller))
    records.refuse_duplicate(session, User, "user", None, name=values["name"], domain_id=domain.id)
    user = User(id=records.new_id(session, User), domain_id=domain.id, enabled=True, extra={})
    _merge(user, values, now)
    user.tokens_valid_from = EPOCH  # no token can be older than its user, and a world's clock can be set back
    return records.save(session, user)


def update(session: Session, caller: Caller, user_id: str, values: Values, now: datetime) -> User:
    """Change a user; a new password and being disabled end all of the user's tokens."""
    user = get(session, caller, user_id, "update_user")
    records.refuse_change(user, values, "id", "domain_id")
    if "name" in values:
        records.refuse_duplicate(session, User, "user", user.id, name=values["name"], domain_id=user.domain_id)
    _merge(user, values, now)
    return records.save(session, user)


def _merge(user: User, values: Values, now: datetime) -> None:
    if "password" in values:
        _set_password(user, values["password"], now)
    if values.get("enabled") is False:
        user.tokens_valid_from = now
    records.keep(user, {name: value for name, value in values.items() if name not in KEPT_ELSEWHERE}, ATTRIBUTES)


def _set_password(user: User, password: str | None, now: datetime) -> None:
    user.password_hash = passwords.hashed(password) if password is not None else None
    user.password_created_at = now if password is not None else None
    user.tokens_valid_from = now


def change_password(session: Session, user_id: str, original: str, password: str, now: datetime) -> None:
    """Set a new password, for whoever knows the present one; raise Unauthorized, also for a user that is none."""
    user = session.get(User, user_id)
    # The password is verified in any case, so that the time taken does not tell which users there are.
    known = passwords.matches(original, user.password_hash if user else None)
    if user is None or not (known and user.enabled):
        raise Unauthorized("The user or the password is not right.")
    _set_password(user, password, now)
    generation.bump(session)


def delete(session: Session, caller: Caller, user_id: str) -> None:
    """Remove a user, and with them their roles and application credentials."""
    records.remove(session, get(session, caller, user_id, "delete_user"))
