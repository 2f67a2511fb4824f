"""Every scenario here holds on the emulator and on a real Glance (`--against URL`)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
import requests

from tests.contract.actors import Actor
from tests.contract.importing import Web, web_server
from tests.contract.stores import FIRST, SECOND


@pytest.fixture(scope="session")
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The service under test: the one that was named, else an emulator of our own."""
    named = request.config.getoption("--against")
    if named:
        yield named.rstrip("/")
        return
    from tests.processes import emulator

    with emulator("--auth", "trusted", "--store", FIRST, "--store", SECOND) as started:
        yield started


@pytest.fixture(scope="session", autouse=True)
def _record(request: pytest.FixtureRequest) -> Iterator[None]:
    """Write down which file of scenarios had which request answered, if that is wanted."""
    named = request.config.getoption("--record")
    if not named:
        yield
        return
    with open(named, "a", buffering=1) as file:

        def write_down(answer: requests.Response) -> None:
            scenarios = os.environ["PYTEST_CURRENT_TEST"].partition("::")[0]
            path = urlsplit(answer.url).path
            file.write(f"{answer.status_code} {answer.request.method} {path} {scenarios}\n")

        Actor.witness = write_down
        yield
        Actor.witness = None


@pytest.fixture(scope="module")  # not longer: some folders here have a `url` of their own
def newcomer(url: str) -> Callable[..., Actor]:
    """Make an actor of a project that nobody has used yet."""
    return lambda **identity: Actor(url, **identity)


@pytest.fixture
def producer(newcomer: Callable[..., Actor]) -> Actor:
    return newcomer()


@pytest.fixture
def consumer(newcomer: Callable[..., Actor]) -> Actor:
    return newcomer()


@pytest.fixture
def outsider(newcomer: Callable[..., Actor]) -> Actor:
    return newcomer()


@pytest.fixture
def admin(newcomer: Callable[..., Actor]) -> Actor:
    return newcomer(roles="admin,member,reader")


@pytest.fixture
def reader(newcomer: Callable[..., Actor], producer: Actor) -> Actor:
    """A read-only user of the producer's project."""
    return newcomer(roles="reader", project=producer.project)


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    """A web server to import images from."""
    with web_server() as served:
        yield served
