"""Worlds for tests that need no server: a database in a temporary folder, filled as a new one is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glance_emulator.clock import Clock, system_clock
from glance_emulator.db.base import Base
from glance_emulator.db.engine import connect
from glance_emulator.domain import seed, worlds
from glance_emulator.domain.background import Runner
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


@contextmanager
def resting_world(folder: Path, monkeypatch: pytest.MonkeyPatch, **parts: Any) -> Iterator[World]:
    """Give a new, seeded world with a store and staging, whose background work waits until the test does it."""
    monkeypatch.setattr(Runner, "wake", lambda _: None)
    made = new_world(folder)
    yield replace(made, stores={"local": Disk(folder / "local")}, staging=Disk(folder / "staging"), **parts)
    made.engine.dispose()


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
