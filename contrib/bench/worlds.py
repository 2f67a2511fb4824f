#!/usr/bin/env python3
"""How long worlds and snapshots take, with a thousand images and a gigabyte of data; the real service has neither.

python -m contrib.bench.worlds [--images N]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median

from glance_emulator import testing
from glance_emulator.testing import Emulator, World

TIMES = 5
RESTORED_WITHIN = 100
"""Milliseconds that restoring may take."""


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description="How long worlds and snapshots take.")
    parser.add_argument("--images", type=int, default=1000, help="images of 1 MiB each")
    images = parser.parse_args().images
    with testing.emulator() as emulator:
        tell("make a world and delete it", lambda: made(emulator))
        with emulator.world() as world:
            print(f"making {images} images of 1 MiB …", flush=True)
            world.seed("images:\n" + "".join(f"- {{name: i{n}, project: producer, size: 1M}}\n" for n in range(images)))
            names = iter(range(TIMES))
            tell("save", lambda: world.save(f"s{next(names)}"))
            tell("restore, where nothing has changed", lambda: world.restore("s0"), RESTORED_WITHIN)
            tell("restore, where everything is gone", lambda: world.restore("s0"), RESTORED_WITHIN, world.reset)
            tell("copy the world", lambda: copied(emulator, world))


def made(emulator: Emulator) -> None:
    """Make a world, and delete it."""
    with emulator.world():
        pass


def copied(emulator: Emulator, world: World) -> None:
    """Make a copy of a world, and delete it."""
    with emulator.world(source=world.name):
        pass


def tell(what: str, act: Callable[[], object], mark: float | None = None, before: Callable[[], object] = list) -> None:
    """Do something several times, and print the median of what it took."""
    taken = []
    for _ in range(TIMES):
        before()
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    verdict = "" if mark is None else f"  (mark: {mark} ms, {'ok' if median(taken) <= mark else 'MISS'})"
    print(f"{what:<40}{median(taken):8.1f} ms{verdict}", flush=True)


if __name__ == "__main__":
    main()
