"""An application that trusts headers, and the projects that call it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from glance_emulator.app import create_app
from glance_emulator.settings import Settings
from tests.api.compute.cloud import Project
from tests.worlds import resting_world


@pytest.fixture
def application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    with resting_world(tmp_path, monkeypatch) as world:
        yield create_app(Settings(auth="trusted"), world)


@pytest.fixture
def producer(application: Flask) -> Project:
    return Project(application, "producer")


@pytest.fixture
def consumer(application: Flask) -> Project:
    return Project(application, "consumer")


@pytest.fixture
def outsider(application: Flask) -> Project:
    return Project(application, "outsider")


@pytest.fixture
def admin(application: Flask) -> Project:
    return Project(application, "admin", "admin,member,reader")


@pytest.fixture
def reader(application: Flask) -> Project:
    """A read-only user of the consumer's project."""
    return Project(application, "consumer", "reader")
