"""Counters: no number twice, whoever counts, and while they are replaced."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from glance_emulator.storage.counters import Counters


def test_while_some_count_others_may_replace_them(tmp_path: Path) -> None:
    counters, saved = Counters(tmp_path / "counters"), Counters(tmp_path / "saved")
    for _ in range(500):
        saved.next("ids")
    with ThreadPoolExecutor(4) as pool:
        counting = [pool.submit(counters.next, f"ids{thread % 2}") for thread in range(400)]
        for _ in range(50):
            counters.replace(saved.folder)
        counters.clear()
        assert all(one.result() >= 1 for one in counting)
    counters.replace(saved.folder)
    assert counters.next("ids") == 501
