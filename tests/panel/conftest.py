"""The panel of an emulator with its own Identity, and who comes to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from glance_emulator.app import create_app
from glance_emulator.domain.worlds import World
from glance_emulator.settings import Settings
from glance_emulator.storage.ring import Ring
from tests.panel.visitor import Visitor
from tests.worlds import resting_world


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with resting_world(tmp_path, monkeypatch, journal=Ring(tmp_path / "journal", 100)) as made:
        yield made


@pytest.fixture
def application(world: World) -> Flask:
    return create_app(Settings(), world)


@pytest.fixture
def producer(application: Flask) -> Visitor:
    return Visitor(application, "producer")


@pytest.fixture
def consumer(application: Flask) -> Visitor:
    return Visitor(application, "consumer")


@pytest.fixture
def reader(application: Flask) -> Visitor:
    """A read-only user of the producer's project."""
    return Visitor(application, "reader")
