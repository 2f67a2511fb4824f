"""PostgreSQL made to behave as SQLite does: one writer at a time, reads of one moment, any text, sorted by bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError

from glance_emulator.errors import BadRequest, Conflict, Refusal

MOST_CONNECTIONS = 48
"""Connections of all of a server's processes together: PostgreSQL has a hundred unless it is told otherwise."""
PATIENCE = "60s"
"""How long to wait for the other writers, and how long one may do nothing while they wait."""
# A lock belongs to a schema: the worlds in two schemas of a database have nothing to do with each other.
_LOCK = "SELECT {function}(hashtext('glance-emulator {purpose}'), hashtext(current_schema()))"
# What is read after the lock has been waited for must not be older than the lock.
_BEGIN_WRITING = (
    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
    _LOCK.format(function="pg_advisory_xact_lock", purpose="writer"),
)
_OCCUPY = _LOCK.format(function="pg_try_advisory_lock", purpose="server")
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_REFUSALS: dict[str, type[Refusal]] = {"22": BadRequest, "23": Conflict, "54": BadRequest}
"""What an error of the database means to the client, by the class of its SQLSTATE."""


def engine(url: URL, connections: int) -> Engine:
    """Return the engine for a PostgreSQL database."""
    # Naming the time-outs in the URL (options=-c …) overrules these.
    options = {} if "options" in url.query else {"options": _timeouts()}
    made = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=60,
        pool_pre_ping=True,  # the database may have been restarted meanwhile
        isolation_level="REPEATABLE READ",
        json_serializer=_json,
        connect_args={"connect_timeout": 10, **options},
    )
    event.listen(made, "connect", _prepare)
    event.listen(made, "begin", _begin)
    event.listen(made, "handle_error", _refuse)
    return made


def _timeouts() -> str:
    return f"-c lock_timeout={PATIENCE} -c idle_in_transaction_session_timeout={PATIENCE}"


def occupy(engine: Engine) -> Callable[[], None] | None:
    """Take the database for this server; return what leaves it, or None if another server has it."""
    # Not one of the engine's connections: those are closed before the server forks, and this is to live as long as it.
    arguments, options = engine.dialect.create_connect_args(engine.url)
    driver = engine.dialect.loaded_dbapi
    try:
        connection: Any = driver.connect(*arguments, **options, autocommit=True, connect_timeout=10)
    except driver.Error as reason:
        raise DBAPIError(None, None, reason) from None
    (taken,) = connection.execute(_OCCUPY).fetchone()
    if taken:
        leave: Callable[[], None] = connection.close
        return leave
    connection.close()
    return None


def _prepare(connection: Any, _: object) -> None:
    from psycopg.types.string import StrDumperUnknown  # late: where SQLite is used, there may be no psycopg

    class Dumper(StrDumperUnknown):
        """Text as PostgreSQL can keep it."""

        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\N{SYMBOL FOR NULL}") if "\0" in obj else obj)

    connection.adapters.register_dumper(str, Dumper)


def _json(document: object) -> str:
    text = json.dumps(document)
    return _NUL.sub(r"\1\\u2400", text) if r"\u0000" in text else text


def _begin(connection: Connection) -> None:
    # Rules are checked by reading and then writing, so that two writers at once would both find them kept.
    if connection.get_execution_options().get("writes", False):
        driver: Any = connection.connection.dbapi_connection
        with driver.cursor() as cursor:
            for statement in _BEGIN_WRITING:
                cursor.execute(statement)


def _refuse(context: ExceptionContext) -> None:
    """Have what the database cannot keep refused, where it would be a fault of ours otherwise."""
    state = getattr(context.original_exception, "sqlstate", None)
    refusal = _REFUSALS.get(state[:2]) if state else None
    if refusal is not None:
        raise refusal("The database does not keep such a value, or has it already.") from context.original_exception
