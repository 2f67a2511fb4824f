"""Work that waits for a time, for polls, or for somebody to say so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns that format 0004 has."""
    with op.batch_alter_table("jobs") as jobs:
        jobs.add_column(sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()))
        jobs.add_column(sa.Column("polls", sa.Integer(), nullable=True))
        jobs.add_column(sa.Column("due", sa.DateTime(), nullable=True))
    with op.batch_alter_table("jobs") as jobs:
        jobs.alter_column("held", server_default=None)
