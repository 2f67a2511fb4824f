"""Every scenario here holds on an emulator and a real Glance (`--against-full URL`) that have what a plain one lacks.

That is: the image cache, the import method glance-download, and locations by PATCH.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

METHODS = ("glance-direct", "web-download", "copy-image", "glance-download")


@pytest.fixture(scope="session")
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The service under test: the one that was named, else an emulator of our own."""
    named = request.config.getoption("--against-full")
    if named:
        yield named.rstrip("/")
        return
    from tests.processes import emulator

    methods = [word for method in METHODS for word in ("--import-method", method)]
    with emulator(
        "--auth", "trusted", "--store", "reliable", "--store", "cheap", "--cache", "--locations", *methods
    ) as started:
        yield started
