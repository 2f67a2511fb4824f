"""Copies of an SQLite database: made while it is in use, and put in the place of what it holds."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine

from glance_emulator.db.base import Base
from glance_emulator.db.world import Fact


def possible(engine: Engine) -> bool:
    """Say whether the database can be copied."""
    return engine.dialect.name == "sqlite" and bool(engine.url.database)


@contextmanager
def resting(engine: Engine) -> Iterator[None]:
    """Let nobody write while the block lasts; who wants to waits."""
    with engine.execution_options(writes=True).begin():
        yield


def save(engine: Engine, path: Path) -> None:
    """Write all that was committed into a file that is not there yet."""
    with _opened(Path(engine.url.database or "")) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)


def duplicate(source: Path, path: Path, facts: Mapping[str, str]) -> None:
    """Write a copy of a database that nobody has open, in which these facts are others."""
    shutil.copyfile(source, path)
    with closing(sqlite3.connect(path)) as target, target:
        _tell(target, facts)


@contextmanager
def replacing(engine: Engine, path: Path, facts: Mapping[str, str]) -> Iterator[None]:
    """Put what another database holds in the place of all that this one does, but for these facts, in one step.

    It is so for others when the block ends; while it lasts nobody writes.
    """
    with _opened(Path(engine.url.database or "")) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("ATTACH DATABASE ? AS other", (str(path),))
        connection.execute("BEGIN IMMEDIATE")
        try:
            for table in Base.metadata.sorted_tables:
                columns = ", ".join(f'"{column.name}"' for column in table.columns)
                connection.execute(f'DELETE FROM main."{table.name}"')  # noqa: S608 - names of our own tables
                connection.execute(
                    f'INSERT INTO main."{table.name}" ({columns}) '  # noqa: S608 - as above
                    f'SELECT {columns} FROM other."{table.name}"'
                )
            _tell(connection, facts)
            yield
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def _tell(connection: sqlite3.Connection, facts: Mapping[str, str]) -> None:
    connection.executemany(
        f"INSERT OR REPLACE INTO {Fact.__tablename__} (name, value) VALUES (?, ?)",  # noqa: S608 - as above
        facts.items(),
    )


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
        yield connection
