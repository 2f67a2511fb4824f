"""The database: SQLite beside the blobs by default, any SQLAlchemy URL on request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from glance_emulator.errors import SetupError

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # Every commit is in the write-ahead log before it is answered: that outlives the process, however it ends.
    "PRAGMA synchronous = NORMAL",
    "PRAGMA busy_timeout = 60000",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -4000",
)

Transactions = Callable[[], AbstractContextManager[Session]]
"""Opens a transaction: leaving the block commits, raising rolls back."""


def connect(url: str, connections: int) -> Engine:
    """Return an engine for up to `connections` threads at once; raise SetupError for a URL it cannot use."""
    try:
        parsed = make_url(url)
        engine = create_engine(parsed, pool_size=connections, max_overflow=4, pool_timeout=60)
    except (ArgumentError, ImportError) as reason:
        raise SetupError(f"cannot use the database {url!r}: {reason}") from None
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the driver begins nothing of its own: _begin_sqlite does
    for pragma in PRAGMAS:
        connection.execute(pragma).close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that will write takes the write lock first: one that read before could only fail, not wait.
    writes = connection.get_execution_options().get("writes", False)
    # Said to the driver directly: SQLAlchemy would take ten times as long to pass it on.
    driver: Any = connection.connection.dbapi_connection
    driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN").close()


def transactions(engine: Engine, *, writing: bool) -> Transactions:
    """Return what opens sessions on `engine`, either to read and write or only to read."""
    bound = engine.execution_options(writes=True) if writing else engine

    @contextmanager
    def opened() -> Iterator[Session]:
        with Session(bound, expire_on_commit=False) as session, session.begin():
            yield session

    return opened
