"""Locks that hold for all processes, and end with the one that has them."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Let one thread at a time, of all processes, into the block; the file is made if its folder is there.

    Raises FileNotFoundError where it is not, or is not any more when it is one's turn.
    """
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.samestat(os.fstat(lock), os.stat(path)):  # its folder went, and another came in its place
            raise FileNotFoundError(path)
        yield
    finally:
        os.close(lock)
