"""Bytes on their way in: counted, hashed, looked at and written, in constant memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from glance_emulator.domain import limits
from glance_emulator.domain.formats import Inspector
from glance_emulator.errors import BadRequest, TooLarge
from glance_emulator.storage import Incoming

BATCH = 1 << 20
"""Bytes that are hashed at a time, beside the thread that receives."""


@dataclass(frozen=True)
class Content:
    """What is told of data: sizes in bytes, hashes in hexadecimal digits."""

    size: int
    virtual_size: int | None
    md5: str
    sha512: str


@dataclass(frozen=True)
class Received(Content):
    """Data that have come in and wait to be kept or dropped."""

    incoming: Incoming


class _Hashes:
    """MD5 and SHA-512 of a stream, each taken in a thread of its own once there is more than a batch."""

    def __init__(self) -> None:
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha512 = hashlib.sha512()
        self._batch: list[bytes] = []
        self._batched = 0
        self._threads: ThreadPoolExecutor | None = None
        self._running: list[Future[None]] = []

    def update(self, piece: bytes) -> None:
        self._batch.append(piece)
        self._batched += len(piece)
        if self._batched >= BATCH:
            self._hash_beside()

    def _hash_beside(self) -> None:
        self._threads = self._threads or ThreadPoolExecutor(2, "hash")
        self._await()
        batch, self._batch, self._batched = self._batch, [], 0
        self._running = [self._threads.submit(_update, hash_, batch) for hash_ in (self._md5, self._sha512)]

    def _await(self) -> None:
        for future in self._running:
            future.result()

    def finish(self) -> tuple[str, str]:
        self._await()
        _update(self._md5, self._batch)
        _update(self._sha512, self._batch)
        return self._md5.hexdigest(), self._sha512.hexdigest()

    def close(self) -> None:
        if self._threads is not None:
            self._threads.shutdown()


def _update(hash_: hashlib._Hash, batch: list[bytes]) -> None:
    for piece in batch:
        hash_.update(piece)


def receive(incoming: Incoming, pieces: Iterable[bytes], inspector: Inspector, declared: int | None) -> Received:
    """Write what comes into the store, not yet as a blob; raise what `written` and `examine` raise."""
    content = examine(written(incoming, pieces, declared), inspector)
    return Received(content.size, content.virtual_size, content.md5, content.sha512, incoming)


def written(incoming: Incoming, pieces: Iterable[bytes], declared: int | None) -> Iterator[bytes]:
    """Write each piece into the store as it passes.

    `declared` is the size in bytes that the client announced. Raises BadRequest when it is another, TooLarge over the
    limit, and whatever `pieces` raises.
    """
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limits.IMAGE_SIZE:
            raise TooLarge(f"An image may have {limits.IMAGE_SIZE} bytes.")
        incoming.write(piece)
        yield piece
    if declared is not None and size != declared:
        raise BadRequest(f"{declared} bytes were announced, {size} came.")


def examine(pieces: Iterable[bytes], inspector: Inspector) -> Content:
    """Hash and judge what passes; raise UnsupportedMediaType from the inspector, and whatever `pieces` raises."""
    hashes = _Hashes()
    size = 0
    try:
        for piece in pieces:
            size += len(piece)
            hashes.update(piece)
            inspector.look(piece)
        virtual_size = inspector.virtual_size(size)
        md5, sha512 = hashes.finish()
        return Content(size, virtual_size, md5, sha512)
    finally:
        hashes.close()
