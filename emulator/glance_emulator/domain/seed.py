"""What a new world holds: who can log in, and what the catalog lists; ids are the same in every world."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from glance_emulator.clock import EPOCH
from glance_emulator.db.base import Base
from glance_emulator.db.identity import (
    Assignment,
    Domain,
    Endpoint,
    ImpliedRole,
    Project,
    Region,
    Role,
    Service,
    User,
)
from glance_emulator.domain import generation, passwords
from glance_emulator.domain.grants import SYSTEM

DOMAIN = "default"
REGION = "RegionOne"
PASSWORD = "secret"  # noqa: S105 - known to everybody, on purpose
PASSWORD_HASH = "$argon2id$v=19$m=7168,t=5,p=1$EHxXHJLEZ0LRuaQK04UXog$KpPQVJsxtlwX1SfKRoP23zXzWJolzFAMOrtDoHS4A4I"  # noqa: S105 - as above
"""Its hash, taken once for all: everybody knows the password, and to hash it would be a twentieth of the start."""
PROJECTS = ("admin", "producer", "consumer", "outsider")
PERSONAS = {
    "admin": ("admin", "admin"),
    "producer": ("producer", "member"),
    "consumer": ("consumer", "member"),
    "outsider": ("outsider", "member"),
    "reader": ("producer", "reader"),
}
"""The users: the project of each, and their role there; the admin is that of the whole system too."""
ROLES = ("admin", "manager", "member", "reader", "service")
IMPLIED = (("admin", "manager"), ("manager", "member"), ("member", "reader"))
SERVICES = (("identity", "keystone", "/identity/v3"), ("image", "glance", "/"), ("compute", "nova", "/compute/v2.1"))
INTERFACES = ("public", "internal", "admin")

_IDS = uuid.UUID("5f2f7a0e-6d0c-4b7e-9d0c-0a4f8f3d2c11")


def id_of(kind: str, name: str) -> str:
    """Return the id that a new world's `user`, `project`, `role`, `service` or `endpoint` of this name has."""
    return uuid.uuid5(_IDS, f"{kind}/{name}").hex


def sow(session: Session, now: datetime, admin_password: str) -> None:
    """Fill the tables of a new world."""
    admins = PASSWORD_HASH if admin_password == PASSWORD else passwords.hashed(admin_password)
    session.add(Domain(id=DOMAIN, name="Default", description="The default domain", enabled=True, extra={}))
    session.add(Region(id=REGION, description="", parent_region_id=None, extra={}))
    session.flush()  # what the other rows refer to is there before them
    session.add_all(_projects())
    session.add_all(
        Role(
            id=id_of("role", name), name=name, domain_id=None, description=None, extra={"options": {"immutable": True}}
        )
        for name in ROLES
    )
    session.add_all(
        User(
            id=id_of("user", name),
            domain_id=DOMAIN,
            name=name,
            password_hash=admins if name == "admin" else PASSWORD_HASH,
            password_created_at=now,
            tokens_valid_from=EPOCH,
            default_project_id=None,
            enabled=True,
            extra={},
        )
        for name in PERSONAS
    )
    session.add_all(
        Service(id=id_of("service", type_), type=type_, name=name, description=None, enabled=True, extra={})
        for type_, name, _ in SERVICES
    )
    session.flush()
    session.add_all(
        ImpliedRole(prior_id=id_of("role", prior), implied_id=id_of("role", implied)) for prior, implied in IMPLIED
    )
    session.add_all(_assignments())
    session.add_all(_endpoints())
    generation.bump(session)


def _projects() -> Iterator[Base]:
    for name in PROJECTS:
        yield Project(
            id=id_of("project", name),
            domain_id=DOMAIN,
            parent_id=DOMAIN,
            name=name,
            description="",
            enabled=True,
            extra={},
        )


def _assignments() -> Iterator[Base]:
    def assignment(user: str, role: str, scope: str, target_id: str) -> Assignment:
        return Assignment(user_id=id_of("user", user), role_id=id_of("role", role), scope=scope, target_id=target_id)

    for name, (project, role) in PERSONAS.items():
        yield assignment(name, role, "project", id_of("project", project))
    yield assignment("admin", "admin", "system", SYSTEM)


def _endpoints() -> Iterator[Base]:
    for type_, _, url in SERVICES:
        for interface in INTERFACES:
            yield Endpoint(
                id=id_of("endpoint", f"{type_}/{interface}"),
                service_id=id_of("service", type_),
                interface=interface,
                region_id=REGION,
                url=url,
                enabled=True,
                extra={},
            )
