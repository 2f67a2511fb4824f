"""Metadata definitions: namespaces, what is defined in them, and the kinds of resources that they apply to.

All rows have a number besides their name: names can change, and the order of creation settles ties.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from glance_emulator.db.base import Base


class Namespace(Base):
    """A name for definitions that belong together, with an owner; what is in it goes with it."""

    __tablename__ = "metadef_namespaces"

    id: Mapped[int] = mapped_column(primary_key=True)
    namespace: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str | None]
    description: Mapped[str | None]
    visibility: Mapped[str]
    protected: Mapped[bool]
    owner: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (Index("ix_metadef_namespaces_created", "created_at", "id"),)


def _of_namespace() -> Mapped[int]:
    return mapped_column(ForeignKey(Namespace.id, ondelete="CASCADE"))


class ResourceType(Base):
    """A kind of resource, like OS::Glance::Image; it stays when nothing refers to it any more."""

    __tablename__ = "metadef_resource_types"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Association(Base):
    """That a namespace applies to a kind of resource, and with which prefix its properties have there."""

    __tablename__ = "metadef_associations"

    id: Mapped[int] = mapped_column(primary_key=True)
    namespace_id: Mapped[int] = _of_namespace()
    resource_type_id: Mapped[int] = mapped_column(ForeignKey(ResourceType.id))
    prefix: Mapped[str | None]
    properties_target: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("namespace_id", "resource_type_id"),)


class Object(Base):
    """Properties that go together."""

    __tablename__ = "metadef_objects"

    id: Mapped[int] = mapped_column(primary_key=True)
    namespace_id: Mapped[int] = _of_namespace()
    name: Mapped[str]
    description: Mapped[str | None]
    required: Mapped[list[str]]
    properties: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("namespace_id", "name"),)


class Property(Base):
    """What values a property may have: a JSON Schema of its own kind."""

    __tablename__ = "metadef_properties"

    id: Mapped[int] = mapped_column(primary_key=True)
    namespace_id: Mapped[int] = _of_namespace()
    name: Mapped[str]
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("namespace_id", "name"),)


class Tag(Base):
    """A word that things may be labelled with."""

    __tablename__ = "metadef_tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    namespace_id: Mapped[int] = _of_namespace()
    name: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("namespace_id", "name"),)
