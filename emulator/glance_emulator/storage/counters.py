"""Numbers that several processes count up together: a small file each, behind one lock."""

from __future__ import annotations

import os
import shutil
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import quote

from glance_emulator.storage.locks import alone

_WIDTH = 20


class Counters:
    """Counters in a folder, which is made when something is counted."""

    def __init__(self, folder: Path) -> None:
        """Take the folder."""
        self.folder = folder

    def next(self, name: str) -> int:
        """Count one up, from 1 on; return what it is now."""
        with self._alone():
            self.folder.mkdir(exist_ok=True)
            file = os.open(self._path(name), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                number = int(os.pread(file, _WIDTH, 0) or b"0") + 1
                os.pwrite(file, b"%d" % number, 0)
            finally:
                os.close(file)
        return number

    def count(self, name: str) -> int:
        """Return what a counter is; 0 for one that nothing was counted with."""
        try:
            return int(self._path(name).read_bytes() or b"0")
        except FileNotFoundError:
            return 0

    def clear(self) -> None:
        """Begin at 1 again with everything."""
        with self._alone():
            shutil.rmtree(self.folder, ignore_errors=True)

    def restart(self, beginning: str, but: str) -> None:
        """Begin at 1 again with those whose names begin so, but for one."""
        for path in self.folder.glob(f"{quote(beginning, safe='')}*"):
            if path != self._path(but):
                path.unlink(missing_ok=True)

    def replace(self, source: Path) -> None:
        """Become a copy of the counters in another folder, which need not be there; who counts meanwhile waits."""
        with self._alone():
            shutil.rmtree(self.folder, ignore_errors=True)
            if source.is_dir():
                shutil.copytree(source, self.folder)

    def _alone(self) -> AbstractContextManager[None]:
        return alone(self.folder.with_name(f"{self.folder.name}.lock"))

    def _path(self, name: str) -> Path:
        return self.folder / quote(name, safe="")
