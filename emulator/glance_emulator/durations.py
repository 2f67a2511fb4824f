"""How long something takes, as people write it."""

from __future__ import annotations

import re

UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(duration: float | str) -> float:
    """Return the seconds of a number of them, or of a text with s, m, h or d; raise ValueError for what is neither."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", str(duration))
    if found is None:
        raise ValueError(f"{duration!r} is not a time like 90, 90s, 15m, 1h or 2d.")
    return float(found[1]) * UNITS[found[2]]
