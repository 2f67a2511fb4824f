"""What all tables share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, MetaData, String
from sqlalchemy.orm import DeclarativeBase

Text = String().with_variant(String(collation="C"), "postgresql")
"""Any text; compared and sorted by its bytes, as SQLite does by itself. Schemas say how long it may be."""


class Base(DeclarativeBase):
    """The one SQLAlchemy model; constraints are named so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Text, dict[str, Any]: JSON, dict[str, str]: JSON, list[str]: JSON}  # noqa: RUF012 - SQLAlchemy's
