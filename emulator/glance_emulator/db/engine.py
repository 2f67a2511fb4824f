"""The database: SQLite beside the blobs by default, any SQLAlchemy URL on request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
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


def connect(url: str, threads: int, processes: int = 1) -> Engine:
    """Return an engine for each of `processes` with so many threads; raise SetupError for a URL it cannot use."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SetupError(f"setting database: {url!r} is not a URL like postgresql://user:password@host/name") from None
    kind = parsed.get_backend_name()
    if kind not in ("sqlite", "postgresql"):
        raise SetupError(f"setting database: {kind} is neither sqlite nor postgresql")
    try:
        return _sqlite(parsed, threads) if kind == "sqlite" else _postgresql(parsed, threads, processes)
    except ImportError:
        raise SetupError(
            "the driver for PostgreSQL is not installed: pip install 'glance-emulator[postgresql]'"
        ) from None


def _postgresql(url: URL, threads: int, processes: int) -> Engine:
    from glance_emulator.db import postgresql  # late: few need it

    if url.drivername not in ("postgresql", "postgresql+psycopg"):
        raise SetupError(f"setting database: {url.drivername} is not supported, postgresql+psycopg is")
    connections = max(2, min(threads, postgresql.MOST_CONNECTIONS // processes))
    return postgresql.engine(url.set(drivername="postgresql+psycopg"), connections)


def occupy(engine: Engine) -> Callable[[], None] | None:
    """Take a database that servers on other machines can reach; return what leaves it, None if one has it already."""
    if engine.dialect.name == "sqlite":
        return _nothing  # whoever has the folder has the database
    from glance_emulator.db import postgresql

    return postgresql.occupy(engine)


def _nothing() -> None:
    pass


def _sqlite(url: URL, connections: int) -> Engine:
    engine = create_engine(url, pool_size=connections, max_overflow=4, pool_timeout=60)
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


def transactions(engine: Engine, *, writing: bool, **told: Any) -> Transactions:
    """Return what opens sessions on `engine`, either to read and write or only to read; each has what is `told`."""
    bound = engine.execution_options(writes=True) if writing else engine

    @contextmanager
    def opened() -> Iterator[Session]:
        with Session(bound, expire_on_commit=False, info=told) as session, session.begin():
            yield session

    return opened
