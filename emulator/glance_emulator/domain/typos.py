"""Names that are not there: refused, with those that were perhaps meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NoReturn

from glance_emulator.errors import BadRequest


def refuse(what: str, given: str, known: Iterable[str], there_are: str) -> NoReturn:
    """Raise BadRequest, with the known names that are close, and a sentence on what there is."""
    close = get_close_matches(given, sorted(set(known)))
    meant = f": did you mean {' or '.join(close)}?" if close else "."
    raise BadRequest(f"There is no {what} {given!r}{meant} {there_are}")
