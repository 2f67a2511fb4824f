"""Rows for what is asked most: statements compiled once, and executed by the driver without anything between.

SQLAlchemy writes the SQL and knows the types, here as everywhere; what is left out is what it does at each execution,
which takes longer than the database itself.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, PoolProxiedConnection, Select

Row = Any
"""The columns of a row as attributes."""
Parameters = Mapping[str, str | int | None]


class Statement:
    """A SELECT whose parameters are strings and whole numbers, ready to be executed many times."""

    def __init__(self, select: Select[Any]) -> None:
        """Take the statement as SQLAlchemy builds it."""
        self._select = select
        self._compiled: dict[str, _Compiled] = {}

    def on(self, dialect: Dialect) -> _Compiled:
        """Return the statement in the database's own language."""
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _Compiled(self._select, dialect)
        return compiled


class _Compiled:
    def __init__(self, select: Select[Any], dialect: Dialect) -> None:
        compiled = select.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        self.sql = str(compiled)
        self._constants = dict(compiled.params)
        self._order = tuple(compiled.positiontup) if compiled.positional and compiled.positiontup else None
        columns = select.selected_columns
        row: Any = namedtuple("Row", columns.keys())  # type: ignore[misc]  # its fields are known only now
        self._make: Callable[[Iterable[Any]], Row] = row._make
        types = [column.type.dialect_impl(dialect) for column in columns]
        self._processors = [type_.result_processor(dialect, None) for type_ in types]

    def parameters(self, given: Parameters) -> Any:
        """Return the parameters as the driver wants them."""
        values = {**self._constants, **given}
        return values if self._order is None else [values[name] for name in self._order]

    def row(self, values: tuple[Any, ...]) -> Row:
        """Return what the driver gave as a row."""
        pairs = zip(self._processors, values, strict=True)
        return self._make(value if process is None else process(value) for process, value in pairs)


class Reader:
    """A transaction that only reads; what it sees does not change while it is open."""

    def __init__(self, engine: Engine) -> None:
        """Take the database; nothing is opened yet."""
        self._engine = engine
        self._pooled: PoolProxiedConnection | None = None

    def __enter__(self) -> Reader:
        """Wait for the first question: until then, `connection` may be what is needed, and one is enough."""
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        """Give the connection back, which ends the transaction."""
        if self._pooled is not None:
            self._pooled.close()

    def all(self, statement: Statement, parameters: Parameters) -> list[Row]:
        """Return all rows."""
        dialect = self._engine.dialect
        compiled = statement.on(dialect)
        if self._pooled is None:
            self._pooled = self._engine.raw_connection()
            self._cursor = self._pooled.cursor()
            if dialect.name == "sqlite":
                self._cursor.execute("BEGIN")  # other drivers begin by themselves
        self._cursor.execute(compiled.sql, compiled.parameters(parameters))
        return [compiled.row(values) for values in self._cursor.fetchall()]

    def one_or_none(self, statement: Statement, parameters: Parameters) -> Row | None:
        """Return the row of a statement that finds one at the most."""
        rows = self.all(statement, parameters)
        return rows[0] if rows else None

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Open a connection of SQLAlchemy's, for what is asked too seldom to be prepared."""
        with self._engine.begin() as connection:
            yield connection
