"""The time, as UTC without a zone, the way it is stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - as all times here


def system_clock() -> datetime:
    """Return the present time in UTC, naive."""
    return datetime.now(UTC).replace(tzinfo=None)
