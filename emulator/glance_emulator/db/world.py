"""What the emulator remembers about a world as a whole."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from glance_emulator.db.base import Base


class Fact(Base):
    """A named value: the key that signs tokens, the generation of the identity tables."""

    __tablename__ = "facts"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
