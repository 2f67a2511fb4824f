"""A bounded log that several processes write: lines in files that are appended to, and left behind when they are full.

A line is on the file before `append` returns, so it outlives the process; nobody waits for anybody, since the kernel
appends each line in one piece, and each process finds out for itself that a file is full.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

LONGEST = 1024
"""Bytes of a line, its end included."""
FULL_ONES = 2
"""Full files that are kept besides the one that is being filled; together they have all lines that are promised."""

Position = tuple[int, int]
"""Where a line is: the number of its file, and the byte there; a later line has a greater one."""


class Ring:
    """The last `capacity` lines, and somewhat more of them."""

    def __init__(self, folder: Path, capacity: int) -> None:
        """Take the folder, which need not be there yet, but its parent; nothing is opened before the first line."""
        self.capacity = capacity
        self._folder = folder
        self._full = -(-capacity // FULL_ONES) * LONGEST
        self._lock = threading.Lock()
        self._number = 0
        self._file: int | None = None

    def append(self, line: bytes) -> None:
        """Write a line, its end included; raise OSError if that cannot be done."""
        with self._lock:
            file = self._next(0) if self._file is None else self._file
            if not os.fstat(file).st_nlink:  # somebody has cleared the ring
                file = self._next(self._number + 1)
            # Others may have filled the file meanwhile: what begins behind its end does not count, so it is said again.
            while os.write(file, line) and os.lseek(file, 0, os.SEEK_CUR) - len(line) >= self._full:
                file = self._next(self._number + 1)

    def _next(self, number: int) -> int:
        """Open the newest file, or one with this number if that is newer."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        self._folder.mkdir(exist_ok=True)  # without parents: what belonged to a world that is gone does not come back
        there = self._numbers()
        self._number = max([number, *there])
        self._file = os.open(self._path(self._number), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        for old in there:
            if old < self._number - FULL_ONES:
                self._path(old).unlink(missing_ok=True)
        return self._file

    def close(self) -> None:
        """Let go of the file; the next line opens it again."""
        with self._lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def newest(self, after: Position = (-1, -1)) -> Iterator[tuple[Position, bytes]]:
        """Yield the lines behind a position, newest first."""
        left = self.capacity
        for number in sorted(self._numbers(), reverse=True):
            for start, line in reversed(self._lines(number)):
                if not left or (number, start) <= after:
                    return
                left -= 1
                yield (number, start), line

    def _lines(self, number: int) -> list[tuple[int, bytes]]:
        content = b""
        with suppress(FileNotFoundError):  # it may have been left behind just now
            content = self._path(number).read_bytes()
        found, start = [], 0
        while start < self._full and (end := content.find(b"\n", start)) >= 0:
            found.append((start, content[start:end]))
            start = end + 1
        return found

    def clear(self) -> None:
        """Remove all that is kept; who writes just now may write for nobody. What comes is behind all that was."""
        there = self._numbers()
        if there:
            self._path(max(there) + 1).touch(0o600)
        for number in there:
            self._path(number).unlink(missing_ok=True)

    def _numbers(self) -> list[int]:
        return [int(path.stem) for path in self._folder.glob("*.log") if path.stem.isdecimal()]

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:08}.log"
