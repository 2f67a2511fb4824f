"""Every scenario here holds on an emulator and on a real Glance (`--against-cors URL`) with ORIGINS that may call."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

ORIGINS = ("http://web.example", "https://other.example:8443")


@pytest.fixture(scope="session")
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The service under test: the one that was named, else an emulator of our own."""
    named = request.config.getoption("--against-cors")
    if named:
        yield named.rstrip("/")
        return
    from tests.processes import emulator

    origins = [word for origin in ORIGINS for word in ("--cors-origin", origin)]
    with emulator("--auth", "trusted", "--store", "reliable", "--store", "cheap", *origins) as started:
        yield started
