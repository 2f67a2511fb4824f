"""Locks: who waits for one is told when what it is for has gone meanwhile."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from glance_emulator.storage import locks


def enter(path: Path) -> bool:
    with locks.alone(path):
        return True


def test_one_at_a_time(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        with locks.alone(tmp_path / "lock"):
            other = pool.submit(enter, tmp_path / "lock")
            with pytest.raises(TimeoutError):
                other.result(0.2)
        assert other.result()


@pytest.mark.parametrize("again", [False, True], ids=["gone", "another in its place"])
def test_a_folder_that_goes_while_somebody_waits(tmp_path: Path, again: bool) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with ThreadPoolExecutor(1) as pool:
        with locks.alone(folder / "lock"):
            waiting = pool.submit(enter, folder / "lock")
            time.sleep(0.2)
            folder.rename(tmp_path / "gone")
            if again:
                folder.mkdir()
                assert enter(folder / "lock")
        with pytest.raises(FileNotFoundError):
            waiting.result()


def test_where_there_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        enter(tmp_path / "nowhere" / "lock")
