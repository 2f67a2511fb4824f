"""Worlds for tests that need no server: a database in a temporary folder, filled as a new one is."""

from __future__ import annotations

from pathlib import Path

from glance_emulator.clock import Clock, system_clock
from glance_emulator.db.base import Base
from glance_emulator.db.engine import connect
from glance_emulator.domain import seed, worlds
from glance_emulator.domain.worlds import World
from glance_emulator.storage.disk import Disk


def new_world(folder: Path, clock: Clock = system_clock) -> World:
    """Return a new, seeded world whose database lies in `folder`."""
    from glance_emulator.db import cache, identity, images, metadefs, servers, tasks, world  # noqa: F401 - the tables

    made = open_world(folder, clock)
    Base.metadata.create_all(made.engine)
    with made.writing() as session:
        worlds.begin(session)
        seed.sow(session, clock(), seed.PASSWORD)
    return made


def open_world(folder: Path, clock: Clock = system_clock) -> World:
    """Return the world whose database lies in `folder`, as another process would have it."""
    return World(engine=connect(f"sqlite:///{folder}/world.sqlite", 8), stores={}, clock=clock)


def bare_world(folder: Path, clock: Clock = system_clock) -> World:
    """Return a new world with two stores in `folder`, and nobody in it: for tests that make callers themselves."""
    from glance_emulator.db import cache, identity, images, metadefs, servers, tasks, world  # noqa: F401 - the tables

    stores = {name: Disk(folder / name) for name in ("local", "far")}
    made = World(engine=connect(f"sqlite:///{folder}/world.sqlite", 8), stores=stores, clock=clock)
    Base.metadata.create_all(made.engine)
    return made
