"""The pytest plugin: an emulator for the session, a world for each test, and clients of it.

It is loaded into every session of an environment that has the emulator, so it imports nothing before it is used.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from glance_emulator.testing import Emulator, World

MARKER = """\
glance(seed=None, freeze=None, rejected_members=None, quota=None): the world that the fixture `glance` gives. \
seed: a number from which ids and generated data follow, or a seed file; freeze: True, or the time in UTC at which the \
clock stands still; rejected_members: keep-access or lose-access; quota: limits by name, as image_count_total."""
KNOWN = {"seed", "freeze", "rejected_members", "quota"}
SHOWN = 50
"""Requests that the report of a failure shows."""
_WORLD = pytest.StashKey["World"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what can be said about the emulator."""
    group = parser.getgroup("glance-emulator")
    group.addoption("--glance-emulator-url", metavar="URL", help="a running emulator, instead of one of our own")
    parser.addini(
        "glance_emulator_options", "options of `glance-emulator serve` for the session's emulator", default=""
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture(scope="session")
def glance_emulator(pytestconfig: pytest.Config) -> Iterator[Emulator]:
    """A running emulator, for the whole session: a process of its own, on a free port, that ends with it."""
    from glance_emulator import testing

    url = pytestconfig.getoption("--glance-emulator-url")
    if url:
        yield testing.Emulator(url.rstrip("/"))
        return
    with testing.emulator(*shlex.split(pytestconfig.getini("glance_emulator_options"))) as started:
        yield started


@pytest.fixture
def glance(request: pytest.FixtureRequest, glance_emulator: Emulator) -> Iterator[World]:
    """A world of the test's own, as the marker `glance` wants it, which is deleted after the test."""
    marker = request.node.get_closest_marker("glance")
    wanted = dict(marker.kwargs) if marker else {}
    if (marker and marker.args) or wanted.keys() - KNOWN:
        raise pytest.UsageError(f"the marker glance takes {', '.join(sorted(KNOWN))} by name")
    options = {"rejected_members": wanted.get("rejected_members"), "quotas": wanted.get("quota")}
    with glance_emulator.world(**{name: value for name, value in options.items() if value is not None}) as world:
        request.node.stash[_WORLD] = world
        _prepare(world, wanted, Path(request.node.path).parent)
        yield world


def _prepare(world: World, wanted: dict[str, Any], folder: Path) -> None:
    freeze, seed = wanted.get("freeze"), wanted.get("seed")
    if freeze is not None and freeze is not False:
        world.freeze(None if freeze is True else freeze)
    if isinstance(seed, int):
        world.seed_ids(seed)
    elif seed is not None:
        world.seed(seed if isinstance(seed, str) and "\n" in seed else folder / seed)


@pytest.fixture
def glance_cloud(glance: World) -> Iterator[Callable[[str], Any]]:
    """Return a function that makes openstacksdk's connection of a persona: `glance_cloud("consumer")`."""
    import openstack

    with ExitStack() as ending:

        def connect(persona: str = "consumer") -> Any:
            cloud = openstack.connect(**glance.login(persona))
            ending.callback(cloud.close)
            return cloud

        yield connect


@pytest.fixture
def glance_client(glance: World) -> Iterator[Callable[[str], Any]]:
    """Return a function that makes python-glanceclient's client of a persona: `glance_client("producer")`."""
    from glanceclient import Client
    from keystoneauth1.identity.v3 import Password
    from keystoneauth1.session import Session

    with ExitStack() as ending:

        def connect(persona: str = "consumer") -> Any:
            login = glance.login(persona)
            session = Session(Password(**login["auth"]), verify=login.get("cacert", True))
            ending.callback(session.session.close)
            return Client("2", session=session, region_name=login["region_name"])

        yield connect


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show in the report of a failure what was asked of the world, and what was decided."""
    report = yield
    if report.failed and call.when != "teardown" and _WORLD in item.stash:  # then the world is gone
        report.sections.append(("requests to the emulator", _told(item.stash[_WORLD])))
    return report


def _told(world: World) -> str:
    from glance_emulator.errors import SetupError

    try:
        found = world.control("GET", "requests", query={"limit": str(SHOWN)})["requests"]
    except SetupError as reason:
        return str(reason)
    return "\n".join(_line(one) for one in reversed(found)) or "There were none."


def _line(request: dict[str, Any]) -> str:
    query = f"?{request['query']}" if request["query"] else ""
    line = f"{request['status']} {request['method']} {request['path']}{query}  {request['request_id']}"
    said = " ".join(text for text in (request["message"], request["why"]) if text)
    return f"{line}\n      {said}" if said else line
