"""Let schemathesis look for answers that the OpenAPI document does not promise.

    python -m contrib.fuzz [--seconds N] [--seed N]

Starts an emulator with all that there can be, and asks as an admin and as an ordinary user, N seconds each; ends with 1
if there is a violation. The seed is printed, and replays the run. What is checked stands in schemathesis.toml.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
from pathlib import Path

from tests.processes import emulator

HERE = Path(__file__).parent
METHODS = ("glance-direct", "web-download", "copy-image", "glance-download")
EVERYTHING = ("--cache", "--locations", *(word for method in METHODS for word in ("--import-method", method)))


def ask(url: str, persona: str, seconds: int, seed: int) -> int:
    """Run schemathesis as a persona; return its exit code."""
    print(f"\n== as {persona}: --seed {seed}", flush=True)
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "--no-color",
        "run", f"{url}/openapi.json", "--seed", str(seed), "--max-time", str(seconds), "--continue-on-failure",
    ]  # fmt: skip
    environment = {"SCHEMATHESIS_HOOKS": "contrib.fuzz.hooks", "FUZZ_URL": url, "FUZZ_PERSONA": persona}
    return subprocess.run(command, env={**os.environ, **environment}, cwd=HERE.parents[1], check=False).returncode


def main(arguments: list[str]) -> int:
    """Do what the command line says."""
    description, _, details = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(
        description=description, epilog=details, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=60, help="for each persona  [default: 60]")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    chosen = parser.parse_args(arguments)
    codes = []
    for persona in ("admin", "producer"):
        with emulator("--auth", "keystone", *EVERYTHING) as url:
            codes.append(ask(url, persona, chosen.seconds, chosen.seed))
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
