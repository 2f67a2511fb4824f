"""Numbers that several processes count up together: a small file each, locked while it is read and written."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path
from urllib.parse import quote

_WIDTH = 20


class Counters:
    """Counters in a folder, which is made when something is counted."""

    def __init__(self, folder: Path) -> None:
        """Take the folder."""
        self.folder = folder

    def next(self, name: str) -> int:
        """Count one up, from 1 on; return what it is now."""
        file = os.open(self._path(name), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            number = int(os.pread(file, _WIDTH, 0) or b"0") + 1
            os.pwrite(file, b"%d" % number, 0)
            return number
        finally:
            os.close(file)

    def count(self, name: str) -> int:
        """Return what a counter is; 0 for one that nothing was counted with."""
        try:
            return int(self._path(name).read_bytes() or b"0")
        except FileNotFoundError:
            return 0

    def clear(self) -> None:
        """Begin at 1 again with everything."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def restart(self, beginning: str, but: str) -> None:
        """Begin at 1 again with those whose names begin so, but for one."""
        for path in self.folder.glob(f"{quote(beginning, safe='')}*"):
            if path != self._path(but):
                path.unlink(missing_ok=True)

    def replace(self, source: Path) -> None:
        """Become a copy of the counters in another folder, which need not be there."""
        self.clear()
        if source.is_dir():
            shutil.copytree(source, self.folder)

    def _path(self, name: str) -> Path:
        self.folder.mkdir(exist_ok=True)
        return self.folder / quote(name, safe="")
