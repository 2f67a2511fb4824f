"""The folder that keeps the state: one server at a time has it, and says there where it can be reached."""

from __future__ import annotations

import fcntl
import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from glance_emulator.errors import SetupError

LOCK = "lock"
RUNNING = "server.json"
PATIENCE = 5.0
"""Seconds that the workers of a server that was killed have to follow it."""


@dataclass(frozen=True)
class Running:
    """The server that has the folder."""

    url: str
    """Where it can be reached from this machine."""
    pid: int
    ca_file: str | None = None
    """The certificate that clients have to be told of, because it has signed itself."""


def take(folder: Path) -> int:
    """Make the folder, and lock it for this process; return the lock, which ends when it is closed.

    Raises SetupError if another server has it, or if it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as reason:
        raise SetupError(
            f"cannot keep the state in {folder}: {reason.strerror}; choose another folder with --state, or --ephemeral"
        ) from None
    deadline = time.monotonic() + PATIENCE
    while not _locked(lock, fcntl.LOCK_EX):
        other = _announced(folder)
        if (other and _alive(other.pid)) or time.monotonic() > deadline:
            os.close(lock)
            raise _used(folder, other)
        time.sleep(0.02)
    (folder / RUNNING).unlink(missing_ok=True)
    return lock


def _used(folder: Path, by: Running | None) -> SetupError:
    who = f"the server at {by.url} (process {by.pid})" if by else "another server"
    return SetupError(
        f"the state in {folder} is used by {who}: stop that, or choose another folder with --state or --ephemeral"
    )


def refuse_if_used(folder: Path) -> None:
    """Raise SetupError if a server has the folder."""
    if in_use(folder):
        raise _used(folder, _announced(folder))


def announce(folder: Path, running: Running) -> None:
    """Remember where the server is, for the commands that speak of it."""
    written = folder / (RUNNING + ".new")
    written.write_text(json.dumps(asdict(running)))
    written.replace(folder / RUNNING)


def withdraw(folder: Path) -> None:
    """Forget where the server is."""
    (folder / RUNNING).unlink(missing_ok=True)


def running(folder: Path) -> Running | None:
    """Return the server that has the folder and is ready, or None."""
    return _announced(folder) if in_use(folder) else None


def in_use(folder: Path) -> bool:
    """Say whether a server has the folder."""
    try:
        lock = os.open(folder / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not _locked(lock, fcntl.LOCK_SH)
    finally:
        os.close(lock)


def _locked(lock: int, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _announced(folder: Path) -> Running | None:
    with suppress(OSError, ValueError, TypeError):
        return Running(**json.loads((folder / RUNNING).read_text()))
    return None


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError as reason:
        return not isinstance(reason, ProcessLookupError)  # what may not be signalled is somebody else's, and lives
    return True


def exists(folder: Path) -> bool:
    """Say whether the folder keeps, or kept, a state."""
    return (folder / LOCK).exists()
