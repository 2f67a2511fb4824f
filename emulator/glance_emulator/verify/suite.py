"""The contract suite: where it stands, and a process that runs it against a service."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

import glance_emulator
from glance_emulator.verify import outcomes

STORES = "GLANCE_CONTRACT_STORES"
"""The variable that tells the suite the ids of two stores of the service, the default one's first."""
NEEDED = ("pytest", "requests", "keystoneauth1", "openstack")
STOPS_WITHIN = 20.0
"""Seconds that a run has to end its scenario."""


def root() -> Path:
    """Return the folder that has the suite in tests/contract: the package's own, or that of the clone it is in."""
    package = Path(glance_emulator.__file__).parent
    for folder in (package / "suite", package.parents[1]):
        if (folder / "tests" / "contract").is_dir():
            return folder
    raise click.UsageError("this installation has no contract suite: install the wheel, or a clone")


def ascertain() -> None:
    """Raise UsageError if something is not installed that the suite needs."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise click.UsageError(f"verify needs {', '.join(missing)}: pip install 'glance-emulator[verify]'")


class Run:
    """A process that runs the suite against one service."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        """Take the process, which writes into the folder."""
        self.process, self.folder = process, folder

    def progress(self) -> outcomes.Progress:
        """Return how far it is."""
        return outcomes.read(self.folder / "outcomes")

    @property
    def failed(self) -> bool:
        """Whether it has ended too early."""
        return self.process.poll() is not None and bool(self.unfinished())

    def unfinished(self) -> str:
        """Return why it ended before all scenarios had, in words; nothing if they have."""
        found = self.progress()
        if found.refusal or (found.total is not None and len(found.outcomes) >= found.total):
            return found.refusal
        said = (self.folder / "log").read_text(errors="replace").strip().splitlines()
        return f"the suite did not run to its end: {said[-1] if said else 'it said nothing'}"

    def outcomes(self) -> Mapping[str, outcomes.Outcome]:
        """Return what has become of the scenarios by now."""
        return self.progress().outcomes

    def stop(self) -> None:
        """End it as Ctrl-C would, and wait; if that is interrupted, end it at once."""
        try:
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGINT)
                self.process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            pass
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()


@contextmanager
def running(
    folder: Path, url: str, cloud: str | None, selected: str | None, patience: float, environment: Mapping[str, str]
) -> Iterator[Run]:
    """Run the scenarios that pytest's -k selects against the service at a URL, as `cloud` says or by trusted headers.

    A service that is silent for `patience` seconds is given up. The process writes into the folder, and has ended after
    the block.
    """
    where = root()
    command = [
        *(sys.executable, "-m", "pytest", str(where / "tests" / "contract"), "-q"),
        *("--rootdir", str(where), "--confcutdir", str(where), "-c", os.devnull),
        *("--import-mode=importlib", "-p", "no:cacheprovider", "-p", "glance_emulator.verify.plugin"),
        *("-W", "ignore", "--against", url, "--verify-folder", str(folder), "--verify-patience", str(patience)),
        *(("--verify-cloud", cloud) if cloud else ()),
        *(("-k", selected) if selected else ()),
    ]
    ours = {
        "PYTHONPATH": os.pathsep.join(filter(None, (str(where), environment.get("PYTHONPATH")))),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_ADDOPTS": "",
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - ourselves
            command,
            env={**environment, **ours},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the command, which ends this
        )
    run = Run(process, folder)
    try:
        yield run
    finally:
        run.stop()
