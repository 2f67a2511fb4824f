"""The database's format: the same however it came about, and never one that is not known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from glance_emulator.db import migrations
from glance_emulator.db.base import Base
from glance_emulator.db.engine import connect
from glance_emulator.errors import SetupError


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = connect(f"sqlite:///{tmp_path}/world.sqlite", 2)
    yield made
    made.dispose()


def schema(engine: Engine) -> dict[str, list[str]]:
    """Return the words that make the tables and indexes; constraints may come in any order."""
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")).all()
    return {name: sorted(re.findall(r"\w+", sql)) for name, sql in rows}


def test_migrations_and_models_make_the_same_tables(engine: Engine, tmp_path: Path) -> None:
    migrations.prepare(engine)
    other = connect(f"sqlite:///{tmp_path}/other.sqlite", 2)
    migrations.upgrade(other)
    assert schema(other) == schema(engine)
    with other.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    other.dispose()


def test_head_is_the_last_migration() -> None:
    assert ScriptDirectory.from_config(migrations.alembic_config()).get_current_head() == migrations.HEAD


def test_a_prepared_database_is_left_as_it_is(engine: Engine) -> None:
    migrations.prepare(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO facts VALUES ('kept', 'yes')"))
    migrations.prepare(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT value FROM facts")).scalar_one() == "yes"


def test_an_older_format_is_brought_up_to_date_with_all_that_is_in_it(engine: Engine) -> None:
    config = migrations.alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text("INSERT INTO facts VALUES ('kept', 'yes')"))
    migrations.prepare(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT value FROM facts")).scalar_one() == "yes"
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == migrations.HEAD
        assert connection.execute(text("SELECT count(*) FROM jobs")).scalar_one() == 0


def test_a_newer_format_is_refused(engine: Engine) -> None:
    migrations.prepare(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SetupError, match=r"format 9999.*newer version"):
        migrations.prepare(engine)


def test_the_tables_of_another_application_are_refused(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE images (id INTEGER)"))
    with pytest.raises(SetupError, match=r"not the emulator's \(images\)"):
        migrations.prepare(engine)


def test_drop_leaves_nothing(engine: Engine) -> None:
    migrations.prepare(engine)
    migrations.drop(engine)
    assert schema(engine) == {}
