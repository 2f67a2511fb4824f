"""What `glance-emulator verify` does: run the suite against a cloud and an emulator, wait, clean up, report."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import click

from glance_emulator import child, clouds, personas
from glance_emulator.domain.seed import PERSONAS
from glance_emulator.verify import leavings, likeness, report, service, suite
from glance_emulator.verify.ending import Ending, GivenUp
from glance_emulator.verify.leavings import Leavings, Unanswered
from glance_emulator.verify.outcomes import FAILS
from glance_emulator.verify.suite import Run

UNPROXIED = dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost")
"""What keeps requests to this machine from a proxy."""
LOOKS_EVERY = 0.3
"""Seconds between looks at the progress."""
NAMED = 10
"""Things that are left, of which the names are told."""


@dataclass(frozen=True)
class Wish:
    """What the user asked for."""

    cloud: str | None
    url: str | None
    against: str
    selected: str | None
    release: str
    """Of the emulator."""
    patience: float
    """Seconds for which the cloud may be silent before it is given up."""

    @property
    def name(self) -> str:
        """What the report calls the cloud."""
        return self.cloud or str(self.url)


@dataclass(frozen=True)
class Found:
    """Where the cloud differs, and whether something that was made for that is left in it."""

    report: report.Report
    left: bool


def verify(wish: Wish) -> Found:
    """Ask the cloud; raise UsageError if it cannot be asked. What could not be removed is told on standard error."""
    if bool(wish.cloud) == bool(wish.url):
        raise click.UsageError("say --cloud NAME, or --url URL of a service that trusts identity headers")
    suite.ascertain()
    asked = service.find(wish.cloud, wish.url)
    with tempfile.TemporaryDirectory(prefix="glance-emulator-verify-") as name, Ending() as ending:
        folder = Path(name)
        try:
            found = _compare(wish, asked, folder)
        finally:
            left = _clean(asked, Leavings(folder / "cloud" / "leavings"), ending)
        return Found(found, left)


def _compare(wish: Wish, asked: service.Service, folder: Path) -> report.Report:
    try:
        options, stores = tuple(likeness.arguments(asked)), likeness.stores(asked)
    except Unanswered as reason:
        raise click.UsageError(f"{wish.name} stopped answering: {reason}") from None
    named = {suite.STORES: ",".join(stores[:2])} if stores else {}
    with ExitStack() as stack:
        runs = [stack.enter_context(_cloud(wish, asked, _new(folder / "cloud"), named))]
        if wish.against == report.EMULATOR:
            runs.append(stack.enter_context(_emulator(wish, options, _new(folder / "emulator"), named)))
        _watch(wish, runs)
    found = [run.outcomes() for run in runs]
    unfinished = next(filter(None, (run.unfinished() for run in runs)), "")
    if not all(found):
        raise click.UsageError(f"{wish.name}: {unfinished or 'no scenario is selected'}")
    return report.compare(wish.name, found[0], found[1] if len(found) > 1 else None, unfinished)


@contextmanager
def _cloud(wish: Wish, asked: service.Service, own: Path, named: Mapping[str, str]) -> Iterator[Run]:
    environment = {**os.environ, **named}
    with suite.running(own, asked.url, wish.cloud, wish.selected, wish.patience, environment) as run:
        yield run


@contextmanager
def _emulator(wish: Wish, options: Iterable[str], own: Path, named: Mapping[str, str]) -> Iterator[Run]:
    """Start an emulator like the cloud, and run the suite against it, in the same way."""
    options = ("--ephemeral", "--port", "0", "--release", wish.release, *options)
    with child.emulator(*options, log=own / "server.log") as running:
        file = own / "clouds.yaml"
        file.write_text(clouds.document([personas.access(name, running.url) for name in PERSONAS]))
        foreign = personas.foreign(os.environ)
        kept = {name: text for name, text in os.environ.items() if name not in foreign}
        environment = {**kept, **UNPROXIED, **named, personas.CLOUDS: str(file)}
        cloud = "admin" if wish.cloud else None
        with suite.running(own, running.url, cloud, wish.selected, wish.patience, environment) as run:
            yield run


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _watch(wish: Wish, runs: list[Run]) -> None:
    """Show how far the runs are, until they have ended."""
    shown = -1
    while any(run.process.poll() is None for run in runs) and not any(run.failed for run in runs):
        time.sleep(LOOKS_EVERY)
        progress = runs[0].progress()
        done, total = len(progress.outcomes), progress.total
        if total is None:
            continue
        failed = sum(outcome.verdict == FAILS for outcome in progress.outcomes.values())
        line = f"{wish.name}: {done} of {total} scenarios, {failed} do not hold"
        if sys.stderr.isatty():
            _write_over(line)
        elif done * 10 // max(total, 1) != shown:
            shown = done * 10 // max(total, 1)
            click.echo(line, err=True)
    _write_over("")


def _write_over(line: str) -> None:
    """Show a line of progress in the place of the one before, where there is a terminal."""
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{line}", nl=False, err=True)


def _clean(asked: service.Service, made: Leavings, ending: Ending) -> bool:
    """Remove what the run has left; say what could not be, and return whether there is something."""
    with suppress(GivenUp):
        ending.cleaning()
        leavings.remove_all(made, asked.cleaner, lambda number: _write_over(f"removing what was made: {number} left"))
    _write_over("")
    if left := [f"{kind} {name}" for kind, name in made.read()]:
        more = f" and {len(left) - NAMED} more" if len(left) > NAMED else ""
        click.echo(f"glance-emulator: left in {asked.url}: {', '.join(left[:NAMED])}{more}", err=True)
    return bool(left)
