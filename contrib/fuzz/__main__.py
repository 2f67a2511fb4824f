"""Let schemathesis look for answers that the OpenAPI document does not promise.

    python -m contrib.fuzz [--seconds N] [--seed N]

Starts emulators, and asks as an admin, as an ordinary user and as nobody, N seconds each; ends with 1 if there is a
violation. The seed is printed, and replays the run. What is not checked stands in schemathesis.toml.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.processes import PRODUCER, emulator

HERE = Path(__file__).parent
METHODS = ("glance-direct", "web-download", "copy-image", "glance-download")
EVERYTHING = ("--cache", "--locations", *(word for method in METHODS for word in ("--import-method", method)))


@dataclass(frozen=True)
class Caller:
    """Who asks, and what."""

    words: str
    serve: tuple[str, ...]
    """How the emulator is started."""
    persona: str = ""
    """Who logs in for every request, if anybody does."""
    options: tuple[str, ...] = ()
    """Of schemathesis."""


CALLERS = (
    Caller("an admin, of an emulator with everything", EVERYTHING, "admin"),
    Caller(
        "a producer whose headers are trusted",
        ("--auth", "trusted"),
        options=(
            *(f"--header={name}: {text}" for name, text in PRODUCER.items()),
            # There are no tokens that could be missed.
            "--exclude-checks=ignored_auth,missing_required_header",
            "--generation-with-security-parameters=false",
        ),
    ),
    Caller("nobody", EVERYTHING, options=("--phases=examples,coverage",)),  # all that can be found is a missing 401
)


def ask(caller: Caller, seconds: int, seed: int) -> bool:
    """Run schemathesis against an emulator of its own; return whether it found nothing."""
    print(f"\n== as {caller.words}: --seed {seed}", flush=True)
    # It keeps files where it is started.
    with emulator(*caller.serve) as url, tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "--no-color",
            "run", f"{url}/openapi.json", "--seed", str(seed), "--max-time", str(seconds), "--continue-on-failure",
            *caller.options,
        ]  # fmt: skip
        environment = {
            "PYTHONPATH": str(HERE.parents[1]),
            "SCHEMATHESIS_HOOKS": "contrib.fuzz.hooks",
            "FUZZ_URL": url,
            "FUZZ_PERSONA": caller.persona,
        }
        return subprocess.run(command, env={**os.environ, **environment}, cwd=folder, check=False).returncode == 0


def main(arguments: list[str]) -> int:
    """Do what the command line says."""
    description, _, details = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(
        description=description, epilog=details, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=60, help="for each caller  [default: 60]")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    chosen = parser.parse_args(arguments)
    found_nothing = [ask(caller, chosen.seconds, chosen.seed) for caller in CALLERS]
    return int(not all(found_nothing))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
