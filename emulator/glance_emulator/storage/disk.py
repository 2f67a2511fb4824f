"""Blobs as files in a folder.

`blobs/ab/abcdef…` holds what was kept, `incoming/PID.PURPOSE.…` what is being received: a file appears among the
blobs complete and in one step, and after a crash the names tell what was cut off.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, ClassVar

from glance_emulator.errors import SetupError

COPIED = 1 << 20
"""Bytes that are copied at a time."""


class Incoming:
    """A file that is being received."""

    def __init__(self, store: Disk, path: Path) -> None:
        """Create the file."""
        self._store = store
        self._path = path
        self._file = path.open("wb", buffering=0)

    def write(self, piece: bytes | memoryview) -> None:
        """Append the next piece, all of it."""
        rest = memoryview(piece)
        while rest:
            rest = rest[self._file.write(rest) or 0 :]

    def copy(self, source: BinaryIO) -> None:
        """Become another name of the source's file, which costs no bytes, or a copy where it lies elsewhere."""
        beside = self._path.with_name(f"{self._path.name}+")
        try:
            os.link(source.name, beside)
            beside.rename(self._path)
        except (OSError, AttributeError):  # another filesystem, no file at all, or one that has been removed since
            source.seek(0)
            while piece := source.read(COPIED):
                self.write(piece)

    def keep(self, blob: str) -> None:
        """Make the file the blob `blob`; under its own name it stays until it is dropped."""
        self._file.close()
        target = self._store.path(blob)
        target.parent.mkdir(exist_ok=True)
        target.hardlink_to(self._path)

    def drop(self) -> None:
        """Remove the name under which the file was received."""
        self._file.close()
        self._path.unlink(missing_ok=True)


class Disk:
    """A store in `folder`, which is made if it is not there, but not its parent; raises SetupError if it cannot be."""

    kind: ClassVar[str] = "file"
    read_only: ClassVar[bool] = False

    def __init__(self, folder: Path) -> None:
        """Make the folders."""
        self._folder = folder
        self._blobs = folder / "blobs"
        self._incoming = folder / "incoming"
        self._owner = folder / "owner"
        try:
            folder.mkdir(exist_ok=True)
            self._blobs.mkdir(exist_ok=True)
            self._incoming.mkdir(exist_ok=True)
        except OSError as reason:
            raise SetupError(f"cannot keep image data in {folder}: {reason.strerror}") from None

    def properties(self) -> Mapping[str, object]:
        """Tell where it is, in the words of the real service's file store."""
        return {"data_dir": str(self._folder), "chunk_size": 65536, "thin_provisioning": False}

    def claim(self, owner: str) -> bool:
        """Write down whose folder this is, if nobody has."""
        try:
            with self._owner.open("x") as file:
                file.write(owner)
        except FileExistsError:
            return self._owner.read_text() == owner
        return True

    def release(self) -> None:
        """Strike out whose folder this is."""
        self._owner.unlink(missing_ok=True)

    def path(self, blob: str) -> Path:
        """Say where a blob is, or would be."""
        return self._blobs / blob[:2] / blob

    def receive(self, purpose: str) -> Incoming:
        """Begin a file for `purpose`."""
        return Incoming(self, self._incoming / f"{os.getpid()}.{purpose}.{secrets.token_hex(8)}")

    def open(self, blob: str) -> BinaryIO:
        """Open a blob, unbuffered."""
        return self.path(blob).open("rb", buffering=0)

    def serves(self, url: str) -> bool:
        """Refuse: whoever could name any file of this machine could read it."""
        return False

    def url(self, blob: str) -> str:
        """Return the blob's file:// URL."""
        return self.path(blob).absolute().as_uri()

    def measure(self, url: str) -> int:
        """Find nothing, since nothing is served."""
        raise FileNotFoundError(url)

    def adopt(self, blob: str, source: Disk) -> None:
        """Have a blob of another folder's as well, unless it is not there: by a link, or as a copy elsewhere."""
        target = f"{self._blobs}/{blob[:2]}/{blob}"  # as `path` has it, which takes longer, and there may be thousands
        if os.path.exists(target):
            return
        there = source.path(blob)
        try:
            os.link(there, target)
        except FileExistsError:
            return
        except FileNotFoundError:
            if there.exists():
                os.makedirs(os.path.dirname(target), exist_ok=True)
                self.adopt(blob, source)
        except OSError:  # another filesystem, or one without links
            beside = self._incoming / f"{os.getpid()}.{blob}.{secrets.token_hex(8)}"
            shutil.copyfile(there, beside)
            beside.rename(target)

    def remove(self, blob: str) -> None:
        """Unlink a blob; who is reading it reads on."""
        self.path(blob).unlink(missing_ok=True)

    def blobs(self) -> Iterator[str]:
        """Walk over the blobs."""
        return (entry.name for entry in self._blobs.glob("??/*"))

    def sweep(self, living: Container[int] = ()) -> list[str]:
        """Unlink what processes not among `living` were receiving."""
        purposes = []
        for entry in self._incoming.iterdir():
            process, purpose, _ = entry.name.split(".")
            if int(process) not in living:
                entry.unlink(missing_ok=True)
                purposes.append(purpose)
        return purposes
