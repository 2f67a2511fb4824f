"""The pytest plugin: an emulator for the session, a world for each test, and clients of it.

It is loaded into every session of an environment that has the emulator, so it imports nothing before it is used.
"""

from __future__ import annotations

import shlex
import sys
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from glance_emulator.testing import Emulator, World

MARKER = """\
glance(seed=None, freeze=None, rejected_members=None, quota=None, source=None, snapshot=None): the world that the \
fixture `glance` gives. seed: a number from which ids and generated data follow, or a seed file, or both; freeze: \
True, or the time in UTC at which the clock stands still; rejected_members: keep-access or lose-access; quota: \
limits by name, as image_count_total; source: the world of which it is a copy, or of whose snapshot."""
OPTIONS = {"rejected_members": "rejected_members", "quota": "quotas", "source": "source", "snapshot": "snapshot"}
"""What a world is made with: the marker's name for it, and that of `Emulator.world`."""
KNOWN = {"seed", "freeze", *OPTIONS}
SHOWN = 50
"""Requests that the report of a failure shows, of each world."""
INSTALL = "pip install -e '.[clients]'"
"""What brings the clients, in a clone."""
_BEGAN = pytest.StashKey[Mapping["World", str]]()
"""What was asked last of each world before the test."""
_ENDING = pytest.StashKey[ExitStack]()
"""What is done when all is reported of the test."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what can be said about the emulator."""
    group = parser.getgroup("glance-emulator")
    group.addoption("--glance-emulator-url", metavar="URL", help="a running emulator, instead of one of our own")
    parser.addini(
        "glance_emulator_options", "options of `glance-emulator serve` for the session's emulator", default=""
    )
    parser.addini(
        "glance_emulator_admin_password",
        "password of the user admin of a running emulator (default: GLANCE_EMULATOR_ADMIN_PASSWORD, or secret)",
        default="",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture(scope="session")
def glance_emulator(pytestconfig: pytest.Config) -> Emulator:
    """A running emulator, for the whole session: a process of its own, on a free port, that ends with it."""
    from glance_emulator import settings, testing

    url = pytestconfig.getoption("--glance-emulator-url")
    if url:
        password = pytestconfig.getini("glance_emulator_admin_password") or None
        chosen = settings.read({"admin_password": password})
        return testing.Emulator(url.rstrip("/"), settings.cacert(), chosen.admin_password)
    ending = ExitStack()
    pytestconfig.add_cleanup(ending.close)  # not with the fixture: the last test's end may have to be reported
    return ending.enter_context(testing.emulator(*shlex.split(pytestconfig.getini("glance_emulator_options"))))


@pytest.fixture
def glance(request: pytest.FixtureRequest, glance_emulator: Emulator) -> World:
    """A world of the test's own, as the marker `glance` wants it, which is deleted after the test."""
    from glance_emulator.errors import SetupError

    wanted = _wanted(request.node)
    options = {theirs: wanted[ours] for ours, theirs in OPTIONS.items() if ours in wanted}
    ending = request.node.stash[_ENDING]  # not with the fixture: a report of its end shows what was asked
    ending.enter_context(suppress(SetupError))  # of an emulator that has died, the test tells
    world: World = ending.enter_context(glance_emulator.world(**options))
    _prepare(world, wanted, Path(request.node.path).parent)
    return world


def _wanted(node: pytest.Item) -> dict[str, Any]:
    """Return what the markers say; of several the one nearest to the test counts."""
    wanted: dict[str, Any] = {}
    for marker in reversed(list(node.iter_markers("glance"))):
        wrong = [*map(repr, marker.args), *sorted(marker.kwargs.keys() - KNOWN)]
        if wrong:
            takes = f"the marker glance takes {', '.join(sorted(KNOWN))} by name"
            raise pytest.UsageError(f"{takes}, and not {', '.join(wrong)}")
        wanted |= marker.kwargs
    return wanted


def _prepare(world: World, wanted: Mapping[str, Any], folder: Path) -> None:
    freeze, seed = wanted.get("freeze"), wanted.get("seed")
    if freeze is not None and freeze is not False:
        world.freeze(None if freeze is True else freeze)
    seeds = seed if isinstance(seed, list | tuple) else [seed]
    for number in (one for one in seeds if isinstance(one, int)):  # first, since the ids in files follow from it
        world.seed_ids(number)
    for file in (one for one in seeds if one is not None and not isinstance(one, int)):
        world.seed(file if isinstance(file, str) and "\n" in file else folder / file)


@pytest.fixture
def glance_cloud(glance: World) -> Iterator[Callable[..., Any]]:
    """Return a function that makes openstacksdk's connection of a persona, or of a user: `glance_cloud("consumer")`."""
    with _installed("glance_cloud", "openstack", "openstacksdk"):
        import openstack

    with ExitStack() as ending:

        def connect(user: str = "consumer", password: str | None = None, project: str | None = None) -> Any:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what it says of itself is none of the test's
                cloud = openstack.connect(**glance.login(user, password, project))
            ending.callback(cloud.close)
            return cloud

        yield connect


@pytest.fixture
def glance_client(glance: World) -> Iterator[Callable[..., Any]]:
    """Return a function that makes python-glanceclient's client of a persona, or of a user: `glance_client("eve")`."""
    with _installed("glance_client", "glanceclient", "python-glanceclient"):
        from glanceclient import Client
        from keystoneauth1.identity.v3 import Password
        from keystoneauth1.session import Session

    with ExitStack() as ending:

        def connect(user: str = "consumer", password: str | None = None, project: str | None = None) -> Any:
            login = glance.login(user, password, project)
            session = Session(Password(**login["auth"]), verify=login.get("cacert", True))
            ending.callback(session.session.close)
            return Client("2", session=session, region_name=login["region_name"])

        yield connect


@contextmanager
def _installed(fixture: str, module: str, package: str) -> Iterator[None]:
    """Say how a client is installed where it is missing."""
    try:
        yield
    except ModuleNotFoundError as missing:
        if missing.name != module:
            raise
        raise pytest.UsageError(
            f"{fixture} needs {package}: {INSTALL} in a clone of glance-emulator brings it"
        ) from None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Note where the journals end before the test, and delete its world after it."""
    with ExitStack() as ending:
        item.stash[_ENDING] = ending
        item.stash[_BEGAN] = {world: _newest(world) for world in _worlds()}
        return (yield)


def _worlds() -> list[World]:
    """Return the worlds that there are; there are none before somebody else imports what makes them."""
    testing = sys.modules.get("glance_emulator.testing")
    return list(testing.OPEN) if testing else []


def _newest(world: World) -> str:
    from glance_emulator.errors import SetupError

    with suppress(SetupError):
        return str(world.control("GET", "requests", query={"limit": "0"})["newest"])
    return ""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show in the report of a failure what was asked of the worlds since the test began, and what was decided."""
    report = yield
    if report.failed:
        asked = {world: text for world in _worlds() if (text := _told(world, item.stash[_BEGAN].get(world, "")))}
        for world, text in asked.items():
            title = "requests to the emulator" + (f", world {world.name}" if len(asked) > 1 else "")
            report.sections.append((title, text))
    return report


def _told(world: World, after: str) -> str:
    from glance_emulator.errors import SetupError

    try:
        found = world.control("GET", "requests", query={"limit": str(SHOWN), "after": after})["requests"]
    except SetupError as reason:
        return str(reason)
    return "\n".join(_line(one) for one in reversed(found))


def _line(request: Mapping[str, Any]) -> str:
    query = f"?{request['query']}" if request["query"] else ""
    line = f"{request['status']} {request['method']} {request['path']}{query}  {request['request_id']}"
    line += _who(request["caller"])
    said = " ".join(text for text in (request["message"], request["why"]) if text)
    return f"{line}\n      {said}" if said else line


def _who(caller: Mapping[str, Any]) -> str:
    user, project = caller["user_name"] or caller["user_id"], caller["project_name"] or caller["project_id"]
    if not user:
        return ""
    return f"  {user}" + (f" of {project}" if project and project != user else "")
