"""The generation of the identity tables: a value that every change to them replaces.

Whoever remembers something that follows from these tables remembers the generation with it. The values are random,
not counted: equal generations mean equal tables even between worlds of which one is a copy of the other.
"""

from __future__ import annotations

import secrets
from contextlib import closing

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from glance_emulator.db.world import Fact

NAME = "identity_generation"
_READ = f"SELECT value FROM facts WHERE name = '{NAME}'"  # noqa: S608 - a constant


def new() -> str:
    """Return a generation that never was."""
    return secrets.token_hex(8)


def bump(session: Session) -> None:
    """Begin a new generation: call it in every transaction that writes to an identity table."""
    session.merge(Fact(name=NAME, value=new()))


def current(engine: Engine) -> str:
    """Return the generation, as last committed."""
    # Every request does this, so it goes to the driver directly: that takes a third of the time.
    with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(_READ)
        row = cursor.fetchone()
    return row[0] if row else ""


def within(session: Session) -> str:
    """Return the generation, as this transaction sees it."""
    driver = session.connection().connection.dbapi_connection
    with closing(driver.cursor()) as cursor:  # type: ignore[union-attr]  # it is open while the session is
        cursor.execute(_READ)
        row = cursor.fetchone()
    return row[0] if row else ""
