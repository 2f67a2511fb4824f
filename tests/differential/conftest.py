"""The emulator beside a real Glance (`--differential URL`): without one there is nothing to collect here."""

from __future__ import annotations

import random
from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Collect nothing unless a real service is named."""
    return None if config.getoption("--differential") else True


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    """The number that all that is random follows from."""
    given = request.config.getoption("--hypothesis-seed")
    return int(given) if given and given != "random" else random.randrange(10**9)
