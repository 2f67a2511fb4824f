"""The ring: bounded, whole lines, several writers, the newest first."""

from __future__ import annotations

import os
import shutil
from multiprocessing import get_context
from pathlib import Path

import pytest

from glance_emulator.storage.ring import LONGEST, Ring


def lines(ring: Ring) -> list[str]:
    return [line.decode() for _, line in ring.newest()]


def fill(folder: Path, capacity: int, name: str, count: int) -> None:
    ring = Ring(folder, capacity)
    for number in range(count):
        ring.append(f"{name}{number}".ljust(200).encode() + b"\n")


def test_the_newest_come_first_and_only_so_many(tmp_path: Path) -> None:
    ring = Ring(tmp_path / "ring", 3)
    for number in range(5):
        ring.append(b"%d\n" % number)
    assert lines(ring) == ["4", "3", "2"]


def test_all_that_are_promised_are_kept_even_the_longest_and_no_file_stays_for_ever(tmp_path: Path) -> None:
    ring = Ring(tmp_path, 8)
    for number in range(100):
        ring.append(f"{number}".ljust(LONGEST - 1).encode() + b"\n")
    assert [int(line) for line in lines(ring)] == list(range(99, 91, -1))
    assert len(list(tmp_path.iterdir())) <= 3


def test_behind_a_position_there_is_only_what_came_later(tmp_path: Path) -> None:
    ring = Ring(tmp_path, 10)
    ring.append(b"before\n")
    ((position, _),) = ring.newest()
    ring.append(b"after\n")
    assert [line for _, line in ring.newest(position)] == [b"after"]


def test_another_process_begins_where_one_ended_and_sees_its_lines(tmp_path: Path) -> None:
    Ring(tmp_path, 10).append(b"first\n")
    Ring(tmp_path, 10).append(b"second\n")
    assert lines(Ring(tmp_path, 10)) == ["second", "first"]


def test_who_was_idle_while_others_filled_files_writes_where_it_counts(tmp_path: Path) -> None:
    idle = Ring(tmp_path, 4)
    idle.append(b"early\n")
    fill(tmp_path, 4, "x", 100)
    idle.append(b"late\n")
    assert lines(idle)[0] == "late"


def test_processes_write_side_by_side_and_lose_nothing(tmp_path: Path) -> None:
    several = [get_context("spawn").Process(target=fill, args=(tmp_path, 4000, name, 500)) for name in "ab"]
    for process in several:
        process.start()
    for process in several:
        process.join()
    found = [line.strip() for line in lines(Ring(tmp_path, 4000))]
    assert sorted(found) == sorted(f"{name}{number}" for name in "ab" for number in range(500))


@pytest.mark.parametrize("written", [False, True])
def test_cleared_it_is_empty(tmp_path: Path, written: bool) -> None:
    ring = Ring(tmp_path / "ring", 4)
    if written:
        ring.append(b"x\n")
    ring.clear()
    assert lines(ring) == []


def test_what_comes_after_clearing_is_behind_all_that_was(tmp_path: Path) -> None:
    ring, another = Ring(tmp_path / "ring", 4), Ring(tmp_path / "ring", 4)
    ring.append(b"x\n")
    ((last, _),) = ring.newest()
    ring.clear()
    another.append(b"y\n")
    assert [line for _, line in ring.newest(last)] == [b"y"]
    ring.append(b"z\n")
    assert [line for _, line in ring.newest(last)] == [b"z", b"y"]


def test_it_makes_no_folder_for_a_world_that_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "world" / "ring"
    folder.mkdir(parents=True)
    ring = Ring(folder, 4)
    ring.append(b"x\n")
    shutil.rmtree(folder.parent)
    with pytest.raises(FileNotFoundError):
        ring.append(b"y\n")
    assert not folder.parent.exists()


def test_closed_it_has_no_file_open_and_goes_on_with_the_next_line(tmp_path: Path) -> None:
    ring, before = Ring(tmp_path, 4), len(os.listdir("/proc/self/fd"))
    ring.append(b"x\n")
    ring.close()
    assert len(os.listdir("/proc/self/fd")) == before
    ring.append(b"y\n")
    assert lines(ring) == ["y", "x"]
