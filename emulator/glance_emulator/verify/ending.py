"""How `verify` ends when it is asked to: it cleans up first; who asks again is told so; at the third time it stops."""

from __future__ import annotations

import signal
import sys
from types import FrameType, TracebackType
from typing import Any

import click

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class GivenUp(SystemExit):
    """The user does not want to wait for the clean-up."""


class Ending:
    """Takes the signals that ask a command to end, while it is entered."""

    def __init__(self) -> None:
        """Be asked nothing yet."""
        self._asked = 0
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Ending:
        """Take them over."""
        self._before = {number: signal.signal(number, self._end) for number in SIGNALS}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Give them back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def cleaning(self) -> None:
        """Begin to clean up, which the first signal does not end; raise GivenUp if it is not wanted any more."""
        if self._asked > 2:
            raise GivenUp(1)
        self._asked = max(self._asked, 1)

    def _end(self, number: int, _: FrameType | None) -> None:
        self._asked += 1
        if self._asked == 1:
            sys.exit(128 + number)
        if self._asked > 2:
            raise GivenUp(128 + number)
        click.echo("glance-emulator: removing what was made in the cloud; once more leaves it there", err=True)
