"""How much memory a server takes, its child processes included (Linux)."""

from __future__ import annotations

import re
from pathlib import Path

_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


def proportional_set(pid: int) -> float:
    """Return the MiB that a process and its descendants hold, shared pages being counted once in all."""
    kibibytes = 0
    for member in _tree(pid):
        found = _PSS.search(Path(f"/proc/{member}/smaps_rollup").read_text())
        kibibytes += int(found[1]) if found else 0
    return kibibytes / 1024


def _tree(pid: int) -> list[int]:
    tree = [pid]
    for parent in tree:  # grows while it is walked
        for task in Path(f"/proc/{parent}/task").iterdir():
            tree.extend(int(child) for child in (task / "children").read_text().split())
    return tree
