"""What became of each scenario of a run, line by line in a file: a process writes it while another reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HOLDS, FAILS, SKIPPED, UNANSWERED = "holds", "fails", "skipped", "unanswered"
"""What may become of a scenario."""


@dataclass(frozen=True)
class Outcome:
    """What became of one scenario; `why` it failed or was skipped, in a line."""

    scenario: str
    verdict: str
    why: str = ""
    answers: str = ""
    """The statuses that the scenario was answered, in their order; who asks again until something is done, once."""
    seconds: float = 0.0
    """How long it took."""


@dataclass(frozen=True)
class Progress:
    """How far a run is: `total` scenarios in all, or None if that is not known yet; `refusal` if it cannot go on."""

    total: int | None
    outcomes: Mapping[str, Outcome]
    refusal: str = ""


class Notes:
    """The file, for who writes it."""

    def __init__(self, file: Path) -> None:
        """Open it."""
        self._file = file.open("a", buffering=1)

    def total(self, number: int) -> None:
        """Write how many scenarios there are."""
        self._write({"total": number})

    def outcome(self, outcome: Outcome) -> None:
        """Write what became of a scenario."""
        self._write(asdict(outcome))

    def refusal(self, reason: str) -> None:
        """Write why the run cannot go on."""
        self._write({"refusal": reason})

    def _write(self, line: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")


def read(file: Path) -> Progress:
    """Return what the file says by now."""
    total, found, refusal = None, {}, ""
    for text in file.read_text().splitlines() if file.exists() else ():
        try:
            line = json.loads(text)
        except ValueError:  # being written
            break
        total = line.get("total", total)
        refusal = line.get("refusal", refusal)
        if "scenario" in line:
            found[line["scenario"]] = Outcome(**line)
    return Progress(total, found, refusal)
