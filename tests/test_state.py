"""Who has the state folder: one server at a time, and nobody that is dead."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from glance_emulator import state
from glance_emulator.errors import SetupError
from glance_emulator.state import Running


@pytest.fixture
def dead() -> int:
    """Return the id of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return process.pid


@pytest.fixture
def held(tmp_path: Path) -> Iterator[ExitStack]:
    """Hold the folder, as another process would, until this is closed."""
    with ExitStack() as holding:
        holding.callback(os.close, state.take(tmp_path))
        yield holding


def test_a_folder_that_is_held_is_not_given(tmp_path: Path, held: ExitStack) -> None:
    state.announce(tmp_path, Running("http://there", os.getpid()))
    with pytest.raises(SetupError, match=f"http://there .process {os.getpid()}"):
        state.take(tmp_path)
    with pytest.raises(SetupError, match="http://there"):
        state.refuse_if_used(tmp_path)
    assert state.running(tmp_path) == Running("http://there", os.getpid())


def test_the_workers_of_a_server_that_was_killed_are_waited_for(tmp_path: Path, held: ExitStack, dead: int) -> None:
    state.announce(tmp_path, Running("http://there", dead))
    threading.Timer(0.2, held.close).start()
    taken = state.take(tmp_path)
    assert state.in_use(tmp_path)
    assert not (tmp_path / state.RUNNING).exists()
    os.close(taken)


@pytest.mark.parametrize("announced", [None, "", "{", "[]", '{"url": 5, "else": 6}'])
def test_patience_has_an_end(
    tmp_path: Path, held: ExitStack, monkeypatch: pytest.MonkeyPatch, announced: str | None
) -> None:
    monkeypatch.setattr(state, "PATIENCE", 0.05)
    if announced is not None:
        (tmp_path / state.RUNNING).write_text(announced)
    with pytest.raises(SetupError, match="another server"):
        state.take(tmp_path)
    assert state.running(tmp_path) is None


def test_what_a_server_left_behind_announces_nobody(tmp_path: Path, held: ExitStack, dead: int) -> None:
    state.announce(tmp_path, Running("http://there", dead))
    held.close()
    assert state.running(tmp_path) is None
    state.refuse_if_used(tmp_path)
    assert state.exists(tmp_path)


def test_a_folder_that_never_was_is_not_in_use(tmp_path: Path) -> None:
    assert not state.in_use(tmp_path / "none")
    assert not state.exists(tmp_path / "none")
