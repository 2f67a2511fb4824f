"""Run by alembic: migrates the database of the connection that it is given."""

from alembic import context

from glance_emulator.db.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
