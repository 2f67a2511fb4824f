"""What `glance-emulator verify` does: run the suite against a cloud and an emulator, wait, clean up, report."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import click

from glance_emulator import child, clouds, personas
from glance_emulator.domain.seed import PERSONAS
from glance_emulator.errors import SetupError
from glance_emulator.verify import leavings, likeness, report, service, suite
from glance_emulator.verify.outcomes import FAILS
from glance_emulator.verify.suite import Run

LOOKS_EVERY = 0.3
"""Seconds between looks at the progress."""


@dataclass(frozen=True)
class Wish:
    """What the user asked for."""

    cloud: str | None
    url: str | None
    against: str
    selected: str | None
    release: str
    """Of the emulator."""

    @property
    def name(self) -> str:
        """What the report calls the cloud."""
        return self.cloud or str(self.url)


def verify(wish: Wish) -> report.Report:
    """Return where the cloud differs; raise UsageError if it cannot be asked, SetupError if something is left in it."""
    if bool(wish.cloud) == bool(wish.url):
        raise click.UsageError("say --cloud NAME, or --url URL of a service that trusts identity headers")
    suite.ascertain()
    asked = service.find(wish.cloud, wish.url)
    with tempfile.TemporaryDirectory(prefix="glance-emulator-verify-") as name, _ended_by_signals():
        folder = Path(name)
        try:
            return _compare(wish, asked, folder)
        finally:
            _clean(asked, folder)


def _compare(wish: Wish, asked: service.Service, folder: Path) -> report.Report:
    with ExitStack() as stack:
        runs = [stack.enter_context(_cloud(wish, asked, folder))]
        if wish.against == "emulator":
            runs.append(stack.enter_context(_emulator(wish, asked, folder)))
        _watch(wish, runs)
        found = [run.outcomes() for run in runs]
    return report.compare(wish.name, found[0], found[1] if len(found) > 1 else None)


@contextmanager
def _cloud(wish: Wish, asked: service.Service, folder: Path) -> Iterator[Run]:
    with suite.running(_new(folder / "cloud"), asked.url, wish.cloud, wish.selected, os.environ) as run:
        yield run


@contextmanager
def _emulator(wish: Wish, asked: service.Service, folder: Path) -> Iterator[Run]:
    """Start an emulator like the cloud, and run the suite against it, in the same way."""
    own = _new(folder / "emulator")
    options = ("--ephemeral", "--port", "0", "--release", wish.release, *likeness.arguments(asked))
    with child.emulator(*options, log=own / "server.log") as running:
        file = own / "clouds.yaml"
        file.write_text(clouds.document([personas.access(name, running.url) for name in PERSONAS]))
        environment = _without_openstack(os.environ) | {"OS_CLIENT_CONFIG_FILE": str(file)}
        cloud = "admin" if wish.cloud else None
        with suite.running(own, running.url, cloud, wish.selected, environment) as run:
            yield run


def _without_openstack(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in environment.items() if not name.startswith("OS_")}


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _watch(wish: Wish, runs: list[Run]) -> None:
    """Show how far the runs are, until they have ended."""
    shown = -1
    while any(run.process.poll() is None for run in runs):
        time.sleep(LOOKS_EVERY)
        progress = runs[0].progress()
        done, total = len(progress.outcomes), progress.total
        if total is None:
            continue
        failed = sum(outcome.verdict == FAILS for outcome in progress.outcomes.values())
        line = f"{wish.name}: {done} of {total} scenarios, {failed} do not hold"
        if sys.stderr.isatty():
            click.echo(f"\r\033[K{line}", nl=False, err=True)
        elif done * 10 // max(total, 1) != shown:
            shown = done * 10 // max(total, 1)
            click.echo(line, err=True)
    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)


def _clean(asked: service.Service, folder: Path) -> None:
    """Remove what the run has left, undisturbed by a second Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        left = leavings.remove_all(leavings.Leavings(folder / "cloud" / "leavings"), asked.ask, asked.identity)
    finally:
        signal.signal(signal.SIGINT, before)
    if left:
        raise SetupError(f"could not be removed from {asked.url}: {', '.join(left)}")


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Clean up when we are asked to end, too."""

    def end(number: int, _: FrameType | None) -> None:
        sys.exit(128 + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
