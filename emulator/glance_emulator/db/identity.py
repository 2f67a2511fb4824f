"""Who there is: domains, projects, users, roles and their assignments; and what there is: services and endpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from glance_emulator.db.base import Base


class Domain(Base):
    """A namespace of users and projects."""

    __tablename__ = "domains"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str | None]
    enabled: Mapped[bool]
    extra: Mapped[dict[str, Any]]
    """Attributes that clients gave and Identity only hands back; also `tags` and `options`."""


class Project(Base):
    """What owns images."""

    __tablename__ = "projects"

    id: Mapped[str] = mapped_column(primary_key=True)
    domain_id: Mapped[str] = mapped_column(ForeignKey(Domain.id))
    parent_id: Mapped[str | None]
    name: Mapped[str]
    description: Mapped[str | None]
    enabled: Mapped[bool]
    extra: Mapped[dict[str, Any]]

    __table_args__ = (UniqueConstraint("domain_id", "name"),)


class User(Base):
    """Somebody who can log in."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(primary_key=True)
    domain_id: Mapped[str] = mapped_column(ForeignKey(Domain.id))
    name: Mapped[str]
    password_hash: Mapped[str | None]
    password_created_at: Mapped[datetime | None]
    tokens_valid_from: Mapped[datetime]
    """Tokens issued before are revoked: by a new password, or by having been disabled."""
    default_project_id: Mapped[str | None]
    enabled: Mapped[bool]
    extra: Mapped[dict[str, Any]]

    __table_args__ = (UniqueConstraint("domain_id", "name"),)


class Role(Base):
    """What an assignment gives."""

    __tablename__ = "roles"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    domain_id: Mapped[str | None]
    description: Mapped[str | None]
    extra: Mapped[dict[str, Any]]


class ImpliedRole(Base):
    """Who has the prior role has the implied one too."""

    __tablename__ = "implied_roles"

    prior_id: Mapped[str] = mapped_column(ForeignKey(Role.id, ondelete="CASCADE"), primary_key=True)
    implied_id: Mapped[str] = mapped_column(ForeignKey(Role.id, ondelete="CASCADE"), primary_key=True)


class Assignment(Base):
    """A user's role on a target: `scope` is `project`, `domain` or `system`, `target_id` its id (`all` for system)."""

    __tablename__ = "assignments"

    user_id: Mapped[str] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), primary_key=True)
    role_id: Mapped[str] = mapped_column(ForeignKey(Role.id, ondelete="CASCADE"), primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    target_id: Mapped[str] = mapped_column(primary_key=True)


class ApplicationCredential(Base):
    """A secret that a user made, to act in one project with some of their roles."""

    __tablename__ = "application_credentials"

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"))
    project_id: Mapped[str]
    name: Mapped[str]
    description: Mapped[str | None]
    secret_hash: Mapped[str]
    role_ids: Mapped[list[str]]
    expires_at: Mapped[datetime | None]
    unrestricted: Mapped[bool | None]
    access_rules: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))

    __table_args__ = (UniqueConstraint("user_id", "name"),)


class Region(Base):
    """Where an endpoint is."""

    __tablename__ = "regions"

    id: Mapped[str] = mapped_column(primary_key=True)
    description: Mapped[str]
    parent_region_id: Mapped[str | None]
    extra: Mapped[dict[str, Any]]


class Service(Base):
    """A service of the catalog."""

    __tablename__ = "services"

    id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    name: Mapped[str | None]
    description: Mapped[str | None]
    enabled: Mapped[bool]
    extra: Mapped[dict[str, Any]]


class Endpoint(Base):
    """An address of a service; a `url` that begins with `/` is under the address by which the client came."""

    __tablename__ = "endpoints"

    id: Mapped[str] = mapped_column(primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey(Service.id, ondelete="CASCADE"))
    interface: Mapped[str]
    region_id: Mapped[str | None]
    url: Mapped[str]
    enabled: Mapped[bool]
    extra: Mapped[dict[str, Any]]


class RegisteredLimit(Base):
    """How much of a service's resource a project may have, unless a limit of its own says otherwise."""

    __tablename__ = "registered_limits"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    """They are listed in the order in which they were made."""
    id: Mapped[str] = mapped_column(unique=True)
    service_id: Mapped[str]
    region_id: Mapped[str | None]
    resource_name: Mapped[str]
    default_limit: Mapped[int]
    description: Mapped[str | None]


class Limit(Base):
    """How much of a service's resource one project or domain may have."""

    __tablename__ = "limits"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(unique=True)
    project_id: Mapped[str | None] = mapped_column(ForeignKey(Project.id, ondelete="CASCADE"))
    domain_id: Mapped[str | None] = mapped_column(ForeignKey(Domain.id, ondelete="CASCADE"))
    service_id: Mapped[str]
    region_id: Mapped[str | None]
    resource_name: Mapped[str]
    resource_limit: Mapped[int]
    description: Mapped[str | None]


class RevokedToken(Base):
    """A token that was deleted before its time; `id` is its audit id."""

    __tablename__ = "revoked_tokens"

    id: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
