"""The cache of images: what is in it, and what is to come."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from glance_emulator.db.base import Base


class CacheEntry(Base):
    """An image in the cache, or queued for it; times are seconds since 1970, as the Images API tells them."""

    __tablename__ = "cache_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[str] = mapped_column(unique=True)
    blob: Mapped[str | None]
    """The name under which the bytes are in the cache; None while the image is queued."""
    size: Mapped[int] = mapped_column(BigInteger)
    hits: Mapped[int]
    last_accessed: Mapped[float]
    last_modified: Mapped[float]
