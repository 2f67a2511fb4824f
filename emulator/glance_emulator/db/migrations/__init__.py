"""The format of the database: made at once where there is none, else brought up to date step by step (alembic)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect

from glance_emulator.db.base import Base
from glance_emulator.errors import SetupError

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0004"
"""The newest format, so that alembic is imported only when there is something to do for it."""

_VERSION = """CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"""


def prepare(engine: Engine) -> None:
    """Bring the database into the format HEAD; raise SetupError if that is not possible."""
    with engine.execution_options(writes=True).begin() as connection:
        found = _format(connection)
        if found is None:
            _create(connection)
    if found not in (None, HEAD):
        upgrade(engine, str(found))


def _format(connection: Connection) -> str | None:
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one_or_none())
    _import_tables()
    if clashes := sorted(Base.metadata.tables.keys() & set(tables)):
        raise SetupError(f"the database has tables that are not the emulator's ({', '.join(clashes)}): choose another")
    return None


def _create(connection: Connection) -> None:
    # The same as all migrations in turn, which a test ascertains, in a tenth of the time.
    Base.metadata.create_all(connection, checkfirst=False)
    connection.exec_driver_sql(_VERSION)
    connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{HEAD}')")  # noqa: S608 - a constant


def drop(engine: Engine) -> None:
    """Remove all tables."""
    _import_tables()
    with engine.begin() as connection:
        Base.metadata.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")


def _import_tables() -> None:
    from glance_emulator.db import cache, identity, images, metadefs, servers, tasks, world  # noqa: F401 - so that Base knows them


def upgrade(engine: Engine, found: str | None = None) -> None:
    """Run the migrations that the database still needs; raise SetupError for a format that none of them begins at."""
    from alembic import command
    from alembic.script import ScriptDirectory

    _import_tables()
    config = alembic_config()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise SetupError(
            f"the state has the format {found}, this version of glance-emulator knows {HEAD}: "
            "use the newer version that wrote it, or another state folder"
        )
    with engine.connect() as connection:
        connection.detach()  # closed afterwards: it is not as the others are
        if engine.dialect.name == "sqlite":
            # SQLite changes a table by making another and dropping it, at which what refers to it would go too.
            connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        config.attributes["connection"] = connection
        with connection.begin():
            command.upgrade(config, "head")


def alembic_config() -> Config:
    """Return the configuration that alembic needs; `attributes["connection"]` is left to the caller."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
