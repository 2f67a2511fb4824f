"""Every scenario here holds on an emulator and on a real Glance (`--against-policy URL`) whose operator has rules.

That is: the rules of policy.yaml, and the property protections (by role) of protections.ini.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The service under test: the one that was named, else an emulator of our own."""
    named = request.config.getoption("--against-policy")
    if named:
        yield named.rstrip("/")
        return
    from tests.processes import emulator

    rules = ("--policy-file", str(HERE / "policy.yaml"), "--property-protections", str(HERE / "protections.ini"))
    with emulator("--auth", "trusted", "--store", "reliable", "--store", "cheap", *rules) as started:
        yield started
