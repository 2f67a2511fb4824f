"""A world for each test, with two stores and nobody in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from glance_emulator.domain.worlds import World
from tests.worlds import bare_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = bare_world(tmp_path)
    yield made
    made.engine.dispose()
