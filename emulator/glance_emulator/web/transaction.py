"""Transactions as blocks in a view."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import cast

from flask import request
from sqlalchemy.orm import Session

from glance_emulator.db.rows import Reader
from glance_emulator.domain.worlds import World
from glance_emulator.web.places import WORLD


def world() -> World:
    """Return the world that this request speaks to."""
    return cast(World, request.environ[WORLD])


def transaction() -> AbstractContextManager[Session]:
    """Open a transaction that may write: leaving the block commits, raising rolls everything back."""
    return world().writing()


def reader() -> Reader:
    """Open a transaction that only reads rows, for what is asked most: it costs a fraction of `reading`."""
    return Reader(world().engine)


def reading() -> AbstractContextManager[Session]:
    """Open a transaction that only reads: what it sees does not change while it is open."""
    return world().reading()
