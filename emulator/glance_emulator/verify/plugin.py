"""What makes pytest ask a given service: loaded by the process that runs the suite for `verify`."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Generator, Iterable
from contextlib import ExitStack, suppress
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from glance_emulator.verify import leavings, likeness, service
from glance_emulator.verify.guards import Guards
from glance_emulator.verify.identities import Identities, Impossible, KeystoneMaker, Maker, Refused
from glance_emulator.verify.leavings import Leavings, Unanswered
from glance_emulator.verify.outcomes import FAILS, HOLDS, SKIPPED, UNANSWERED, Notes, Outcome

if TYPE_CHECKING:
    import requests

SUITE = "tests/contract/"
USUAL = {"", "metadefs"}
"""The folders of the suite whose scenarios need no service that is set up for them."""
FRESH = {"test_tasks.py"}
"""The files whose scenarios count the tasks of their project."""
LONGEST = 160
"""Letters of a reason."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say what is asked, and where to write what it answers."""
    group = parser.getgroup("verify")
    group.addoption("--verify-cloud", metavar="NAME")
    group.addoption("--verify-folder", metavar="DIR", type=Path)
    group.addoption("--verify-patience", metavar="SECONDS", type=float)


def pytest_configure(config: pytest.Config) -> None:
    """Take over."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # which who is started in the background does not have
    asked = service.find(config.getoption("--verify-cloud"), config.getoption("--against"))
    folder, patience = config.getoption("--verify-folder"), config.getoption("--verify-patience")
    config.pluginmanager.register(Verification(asked, folder, patience))


class Verification:
    """Gives the scenarios their actors, watches what they do, removes what they made, and notes what came of them."""

    def __init__(self, asked: service.Service, folder: Path, patience: float) -> None:
        """Ask this service, which may be silent for some seconds, and write into this folder."""
        self._service, self._patience = asked, patience
        self._notes = Notes(folder / "outcomes")
        self._leavings = Leavings(folder / "leavings")
        self._cleaner = asked.cleaner
        self._guards = Guards(asked, likeness.stores(asked), self._made)
        self._fresh = False
        self._silence = ""
        self._scopes: list[str] = []
        self._things: dict[str, list[tuple[str, str]]] = {}
        self._reports: list[pytest.TestReport] = []
        self._answers: list[str] = []
        self._parent = os.getppid()
        self._open = ExitStack()

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Let actors be made our way."""
        from tests.contract.actors import Actor  # late: it is of the suite, wherever that stands

        self._open.enter_context(self._guards.watching())
        trusted = self._service.identity is None
        try:
            maker = Maker(self._leavings) if trusted else KeystoneMaker(self._service, self._leavings)
        except (Refused, Unanswered) as reason:
            self._give_up(str(reason))
        self._identities = Identities(maker)
        Actor.witness = self._witness
        Actor.identify = self._identify

    @pytest.hookimpl(trylast=True)  # after -k has been obeyed
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Skip what needs a service that is set up for it."""
        for item in items:
            folder = _scenario(item.nodeid).partition("::")[0].rpartition("/")[0]
            if folder not in USUAL:
                item.add_marker(pytest.mark.skip(reason=f"needs a service that is set up for it ({folder})"))
        self._notes.total(len(items))

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Remember whom the scenario needs."""
        self._fresh = item.path.name in FRESH

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
        """Remember for how long what is made now is needed."""
        self._scopes.append("function" if fixturedef.scope == "function" else "module")
        try:
            return (yield)
        finally:
            self._scopes.pop()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, object, object]:
        """Remove what the scenario made, after its fixtures have; that of its file after the last one."""
        try:
            return (yield)
        finally:
            self._end("function")
            if nextitem is None or nextitem.path != item.path:
                self._end("module")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take a part of what becomes of a scenario; wait if it failed because nobody is there."""
        self._reports.append(report)
        if report.failed and (reason := self._refusal()):
            self._silence = self._silence or reason
            self._await_service()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Note what came of a scenario; end if nobody will read it."""
        verdict, why = _verdict(self._reports)
        if self._silence:
            verdict, why = UNANSWERED, self._silence
        elif verdict == FAILS and self._guards.disturbed:
            verdict, why = SKIPPED, "depends on lists, in which there are images of others"
        answers = " ".join(status for status, _ in groupby(self._answers))
        seconds = round(sum(report.duration for report in self._reports), 3)
        self._notes.outcome(Outcome(_scenario(nodeid), verdict, _short(why), answers, seconds))
        self._reports.clear()
        self._answers.clear()
        self._silence = ""
        self._guards.disturbed = 0
        if os.getppid() != self._parent:
            pytest.exit("the command has ended")

    def pytest_sessionfinish(self) -> None:
        """Leave what is still there to who started us, or remove it if that has ended."""
        self._open.close()
        if os.getppid() != self._parent:
            leavings.remove_all(self._leavings, self._cleaner)

    def _identify(self, actor: Any) -> dict[str, str]:
        scope = self._scopes[-1] if self._scopes else "function"
        try:
            project, user = self._identities.lend(actor.roles, actor.project, scope, fresh=self._fresh)
        except Impossible as reason:
            pytest.skip(str(reason))
        except Refused as reason:
            self._give_up(str(reason))
        actor.project, actor.user = project.id, user.id
        return user.headers(actor.roles)

    def _refusal(self) -> str:
        with self._guards.paused():
            return self._service.refusal()

    def _await_service(self) -> None:
        """Wait until the service answers again; end if it does not."""
        until = time.monotonic() + self._patience
        while reason := self._refusal():
            if time.monotonic() > until:
                self._give_up(f"it stopped answering: {reason}")
            time.sleep(1)

    def _give_up(self, reason: str) -> NoReturn:
        self._notes.refusal(reason)
        pytest.exit(reason)

    def _witness(self, answer: requests.Response) -> None:
        """Write down what was answered, and hide what others made."""
        self._answers.append(str(answer.status_code))
        if answer.request.method == "GET":
            self._guards.hide_others(answer)

    def _made(self, kind: str, name: str) -> None:
        self._leavings.made(kind, name)
        self._things.setdefault(self._scopes[-1] if self._scopes else "function", []).append((kind, name))

    def _end(self, scope: str) -> None:
        """Remove what was made in the scope, as far as the service answers, and take back whom it had."""
        with self._guards.paused():
            for kind, name in self._things.pop(scope, ()):
                with suppress(Unanswered):
                    if self._cleaner.remove(kind, name):
                        self._leavings.gone(kind, name)
            for project in self._identities.held(scope):
                project.worked = project.worked or self._guards.worked
                if self._guards.unsure:
                    with suppress(Unanswered):
                        self._cleaner.clear_images(project.id)
        self._guards.unsure = self._guards.worked = False
        self._identities.give_back(scope)


def _scenario(nodeid: str) -> str:
    return nodeid.removeprefix(SUITE)


def _verdict(reports: Iterable[pytest.TestReport]) -> tuple[str, str]:
    """Return what became of a scenario by the reports of its parts, and why."""
    skipped = ""
    for report in reports:
        if report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            return FAILS, crash.message if crash else str(report.longrepr)
        if report.skipped:
            skipped = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return (SKIPPED, skipped.removeprefix("Skipped: ")) if skipped else (HOLDS, "")


def _short(why: str) -> str:
    """Return the first line that says something."""
    line = next((line.strip() for line in why.splitlines() if line.strip()), "")
    line = line.removeprefix("AssertionError: ")
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
