"""What runs in the background: jobs, which the emulator has for itself, and tasks, which the Images API shows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from glance_emulator.db.base import Base


class Job(Base):
    """Work that is to be done, or being done; its row goes when it is done or has failed."""

    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    process: Mapped[int | None]
    """The process that does it; None while it waits."""
    held: Mapped[bool]
    """Whether it waits until somebody says so."""
    polls: Mapped[int | None]
    """For how many looks at what it is about it waits; None if it does not wait for any."""
    due: Mapped[datetime | None]
    """Until when it waits, by the world's clock."""
    created_at: Mapped[datetime]


class Task(Base):
    """A task as the Images API shows it; deleted ones stay as rows."""

    __tablename__ = "tasks"

    id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    status: Mapped[str]
    owner: Mapped[str | None]
    input: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    message: Mapped[str]
    image_id: Mapped[str | None]
    user_id: Mapped[str | None]
    request_id: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_tasks_created", "created_at", "id"), Index("ix_tasks_image", "image_id"))
