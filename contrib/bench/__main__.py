"""Runs the comparison: python -m contrib.bench [--quick] [--only KEY,…] [--json FILE]."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from contrib import real_glance
from contrib.bench import servers, work
from contrib.bench.client import UnexpectedAnswer
from contrib.bench.measures import KEYS, MEASURES, Measure, Result, document, table
from contrib.bench.work import Effort, Figures, Stage

Rounds = dict[str, list[Figures]]  # of each side, by its name


def main() -> int:
    """Compare, print the table; return 1 if a mark is missed, 2 if a server failed."""
    options = read_options()
    effort = work.QUICK if options.quick else work.FULL
    measures = [measure for measure in MEASURES if measure.key in options.only]
    try:
        results = compare(measures, effort)
    except (real_glance.Failure, servers.NotStarted, UnexpectedAnswer) as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 2
    print(table(results, effort))
    if options.json:
        where = {"python": platform.python_version(), "system": platform.platform(), "cpus": os.cpu_count()}
        options.json.write_text(json.dumps({**where, "measures": document(results, effort)}, indent=2) + "\n")
    return 0 if all(result.reached for result in results) else 1


def read_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m contrib.bench", description="The emulator beside a real Glance.")
    parser.add_argument("--quick", action="store_true", help="less of everything: rougher figures in a minute or two")
    parser.add_argument(
        "--only", type=keys, default=KEYS, metavar="KEY,…", help=f"measure only these of {', '.join(KEYS)}"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every round's figures there too")
    return parser.parse_args()


def keys(text: str) -> Sequence[str]:
    """Return the measures that a comma-separated list names."""
    named = text.split(",")
    if unknown := [name for name in named if name not in KEYS]:
        raise argparse.ArgumentTypeError(f"no measure {unknown[0]!r}; there are {', '.join(KEYS)}")
    return named


def compare(measures: Sequence[Measure], effort: Effort) -> list[Result]:
    """Measure both servers in turn, round by round."""
    figures: Rounds = {"emulator": [], "real": []}
    real_glance.install()
    starters: Mapping[str, servers.Starter] = {"emulator": servers.emulator, "real": servers.real}
    if any(measure.work is None for measure in measures):
        # Nobody logs in here: the real Glance has no Keystone that would have to start too.
        measure_starts({**starters, "emulator": partial(servers.emulator, "trusted")}, effort, figures)
    if any(measure.work for measure in measures):
        measure_work(starters, measures, effort, figures)
    return [
        Result(
            measure, *(tuple(each[measure.key] for each in figures[side] if measure.key in each) for side in starters)
        )
        for measure in measures
    ]


def measure_starts(starters: Mapping[str, servers.Starter], effort: Effort, figures: Rounds) -> None:
    """Start and stop each server once a round."""
    for number in range(effort.rounds):
        progress(f"start, round {number + 1} of {effort.rounds}")
        for side, starter in starters.items():
            figures[side].append(work.start(starter))


def measure_work(
    starters: Mapping[str, servers.Starter], measures: Sequence[Measure], effort: Effort, figures: Rounds
) -> None:
    """Run both servers and give them each kind of work in turn; the one that is not asked idles."""
    # A dict instead of a set keeps the order of the table.
    kinds = dict.fromkeys(measure.work for measure in measures if measure.work)
    with contextlib.ExitStack() as stack:
        stages: dict[str, Stage] = {}
        for side, starter in starters.items():
            progress(f"{effort.images} images for {side}")
            stages[side] = work.populate(stack.enter_context(starter()), effort)
        for number in range(effort.rounds):
            for kind in kinds:
                if kind is work.transfer and number >= effort.transfer_rounds:
                    continue
                progress(f"{kind.__name__}, round {number + 1}")
                for side, stage in stages.items():
                    figures[side].append(kind(stage))


BEGAN = time.monotonic()


def progress(message: str) -> None:
    """Tell on standard error what is being done."""
    print(f"{time.monotonic() - BEGAN:5.0f} s  {message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
