"""How long something takes, as people write it."""

from __future__ import annotations

import re

UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_PART = r"\d+(?:\.\d+)?"


def seconds(duration: float | str) -> float:
    """Return the seconds of a number of them, or of a text like 90s or 2h30m; raise ValueError for what is neither."""
    text = str(duration)
    if not re.fullmatch(rf"{_PART}|({_PART}[smhd])+", text):
        raise ValueError(f"{duration!r} is not a time like 90, 90s, 15m, 2h30m or 2d.")
    return sum(float(number) * UNITS[unit] for number, unit in re.findall(rf"({_PART})([smhd]?)", text))
