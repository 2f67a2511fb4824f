"""What work in the background is called, where testers speak of it."""

from __future__ import annotations

from fnmatch import fnmatchcase

from glance_emulator.domain import typos
from glance_emulator.domain.background import KINDS
from glance_emulator.domain.imports import BEGINS_IN
from glance_emulator.domain.server_states import CHANGES

NAMES = (
    *sorted(KINDS),
    *(f"import.{method}" for method in BEGINS_IN),
    *(f"server.{action}" for action in CHANGES if action != "createImage"),  # which is a snapshot
)


def check(name: str) -> None:
    """Raise BadRequest unless there is such work."""
    if name not in NAMES:
        typos.refuse("work", name, NAMES, f"There are {', '.join(NAMES)}.")


def check_pattern(pattern: str) -> None:
    """Raise BadRequest unless there is work that the pattern fits."""
    if not any(fnmatchcase(name, pattern) for name in NAMES):
        check(pattern)
