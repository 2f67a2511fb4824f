"""Servers: what was booted, from which image, and how it stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from glance_emulator.db.base import Base


class Server(Base):
    """One server; deleted ones stay as rows, since they can still be listed as such.

    What it was booted from is its own: the image's facts as they were, and references to the image's data.
    """

    __tablename__ = "servers"

    id: Mapped[str] = mapped_column(primary_key=True)
    project_id: Mapped[str]
    user_id: Mapped[str | None]
    name: Mapped[str]
    description: Mapped[str | None]
    status: Mapped[str]
    task_state: Mapped[str | None]
    locked: Mapped[bool]
    locked_reason: Mapped[str | None]
    flavor_id: Mapped[str]
    image_id: Mapped[str]
    image: Mapped[dict[str, Any]]
    """What the image told of itself and of its data: see domain/servers.py."""
    locations: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Where the image's data are, as an image's locations say; counted as those are."""
    properties: Mapped[dict[str, str]] = mapped_column("metadata", JSON)
    """The server's metadata."""
    details: Mapped[dict[str, Any]]
    """What was said of it when it was created, and is only shown; and why something failed, as `fault`."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    launched_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_servers_project", "project_id", "created_at", "id"),)
