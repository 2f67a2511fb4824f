"""A JSON document in a file that several processes read all the time, and change now and then."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from glance_emulator.storage.locks import alone

_State = tuple[int, int, int]


class Document:
    """An object, empty while there is no file."""

    def __init__(self, path: Path) -> None:
        """Take the path of the file, which need not be there."""
        self.path = path
        self._seen: tuple[_State | None, Mapping[str, Any]] = (None, {})

    def read(self) -> Mapping[str, Any]:
        """Return what the file says now; to look whether it has changed costs two microseconds."""
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            return {}
        state = (found.st_mtime_ns, found.st_ino, found.st_size)
        seen, content = self._seen
        if seen != state:
            try:
                content = json.loads(self.path.read_bytes())
            except FileNotFoundError:
                return {}
            self._seen = (state, content)
        return content

    @contextmanager
    def changing(self) -> Iterator[dict[str, Any]]:
        """Give the object to be changed: it is written when the block ends, in one step, by one process at a time."""
        with alone(self.path.with_name(f"{self.path.name}.lock")):
            content = json.loads(json.dumps(self.read()))
            yield content
            self._write(content)

    def _write(self, content: Mapping[str, Any]) -> None:
        if not content:
            self.path.unlink(missing_ok=True)
            return
        beside = self.path.with_name(f"{self.path.name}.new")
        beside.write_text(json.dumps(content))
        beside.replace(self.path)
