"""The emulator and a real Glance answer the same long random sequences of requests alike.

    python contrib/real_glance.py run -- python -m pytest tests/differential --differential '{url}'

Every sequence follows from a seed, which is printed. A failure shows the shortest sequence found that fails and the
seed of its part, which replays it: `--hypothesis-seed=SEED`. `--steps N` sets how many answers are compared.
"""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis.stateful import run_state_machine_as_test

from tests.differential.machine import Lives
from tests.differential.pair import Pair
from tests.differential.web import web
from tests.processes import emulator

PART = settings(
    max_examples=9,  # from the tenth on Hypothesis would rather repeat itself
    stateful_step_count=80,
    database=None,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
"""A part of the run, with a seed of its own, so that what is found late is replayed at once."""


def test_both_answer_alike(request: pytest.FixtureRequest, seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    real, steps = request.config.getoption("--differential").rstrip("/"), request.config.getoption("--steps")

    def say(line: str) -> None:
        with capsys.disabled():
            print(f"\n{line}", end="", flush=True)

    with emulator("--auth", "trusted", "--store", "reliable", "--store", "cheap") as ours, web() as pages:
        pair = Pair(real, ours, pages, say)
        pair.sweep()
        began, part = time.monotonic(), seed
        while pair.steps < steps:
            say(f"{pair.steps} steps, {time.monotonic() - began:.0f} s, --hypothesis-seed={part}")
            _run(pair, part)
            part += 1
        say(f"{pair.steps} steps in {time.monotonic() - began:.0f} s, seeds {seed} to {part - 1}: no difference")
        for reason, times in sorted(pair.excused.items()):
            say(f"  {times} times on purpose: {reason}")


def _run(pair: Pair, part: int) -> None:
    @seeded(part)
    class LivesOfThisPart(Lives):
        pass

    LivesOfThisPart.pair = pair
    try:
        run_state_machine_as_test(LivesOfThisPart, settings=PART)
    except AssertionError as fault:
        fault.add_note(f"Replay with --hypothesis-seed={part}")
        raise
