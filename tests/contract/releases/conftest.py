"""Every scenario here holds on the emulator of each release, and on a real Glance of it.

Against a real one: `python contrib/real_glance.py run --release NAME -- pytest tests/contract/releases --release NAME
--against '{url}'`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from glance_emulator.settings import LATEST, RELEASES

NAMES = RELEASES[: RELEASES.index(LATEST)]


@dataclass(frozen=True)
class Age:
    """The release under test."""

    name: str

    def has(self, came: str) -> bool:
        """Say whether it is that release, or a later one."""
        return NAMES.index(self.name) >= NAMES.index(came)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every scenario with the release that was named, else with all."""
    if "age" not in metafunc.fixturenames:
        return
    named = metafunc.config.getoption("--release")
    against = metafunc.config.getoption("--against")
    names = (named,) if named else NAMES[-1:] if against else NAMES
    metafunc.parametrize("age", names, indirect=True, scope="session")


@pytest.fixture(scope="session")
def age(request: pytest.FixtureRequest) -> Age:
    """The release under test."""
    return Age(request.param)


@pytest.fixture(scope="session")
def url(request: pytest.FixtureRequest, age: Age) -> Iterator[str]:
    """The service under test: the one that was named, else an emulator of our own."""
    named = request.config.getoption("--against")
    if named:
        yield named.rstrip("/")
        return
    from tests.processes import emulator

    with emulator("--auth", "trusted", "--store", "reliable", "--store", "cheap", "--release", age.name) as started:
        yield started
