"""Bytes: what a store does, whatever it is made of."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import BinaryIO, ClassVar, Protocol


class Incoming(Protocol):
    """Bytes on their way into a store: written piece by piece, then kept under a name or dropped."""

    def write(self, piece: bytes | memoryview) -> object:
        """Take the next piece."""
        ...

    def copy(self, source: BinaryIO) -> None:
        """Take all of a blob that was opened in some store, and is never changed; nothing is written besides it."""
        ...

    def keep(self, blob: str) -> None:
        """Make what was written the blob `blob`, in one step."""
        ...

    def drop(self) -> None:
        """Forget that anything was being received; what was kept stays."""
        ...


class Store(Protocol):
    """A place for blobs, which are written once and never changed."""

    kind: ClassVar[str]
    """What sort of store it is, as the real service calls it."""
    read_only: ClassVar[bool]
    """Whether nothing can be put there."""

    def properties(self) -> Mapping[str, object]:
        """Tell what it is made of, as the real service would."""
        ...

    def claim(self, owner: str) -> bool:
        """Make the store that of `owner` if it is nobody's; say whether it is `owner`'s now."""
        ...

    def release(self) -> None:
        """Make the store nobody's."""
        ...

    def receive(self, purpose: str) -> Incoming:
        """Begin to take bytes; `purpose` (an image id) says whose they are, should this process die meanwhile."""
        ...

    def open(self, blob: str) -> BinaryIO:
        """Open a blob for reading; raise FileNotFoundError if it is not there."""
        ...

    def serves(self, url: str) -> bool:
        """Say whether data of somebody else's at `url` could be had from here."""
        ...

    def url(self, blob: str) -> str:
        """Say where a blob is."""
        ...

    def measure(self, url: str) -> int:
        """Return how many bytes are at a `url` that is served; raise FileNotFoundError if none can be had."""
        ...

    def remove(self, blob: str) -> None:
        """Remove a blob; do nothing if it is not there."""
        ...

    def blobs(self) -> Iterator[str]:
        """Name every blob."""
        ...

    def sweep(self, living: Container[int] = ()) -> list[str]:
        """Remove what was being received by processes not among `living`; return the purposes they had named."""
        ...
