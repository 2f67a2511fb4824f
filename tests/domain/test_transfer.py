"""Bytes on their way in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from glance_emulator.domain import limits, transfer
from glance_emulator.domain.formats import Inspector
from glance_emulator.domain.transfer import BATCH, Received
from glance_emulator.errors import BadRequest, TooLarge
from glance_emulator.storage import Incoming
from glance_emulator.storage.disk import Disk

PATTERN = bytes(range(256)) * 4096


@pytest.fixture
def incoming(tmp_path: Path) -> Iterator[Incoming]:
    began = Disk(tmp_path).receive("image")
    yield began
    began.drop()


def receive(incoming: Incoming, content: Iterator[bytes], declared: int | None = None) -> Received:
    return transfer.receive(incoming, content, Inspector("raw", "ovf"), declared)


@pytest.mark.parametrize("length", [1 << 16, 65_537, BATCH, BATCH + 1], ids=lambda length: f"pieces of {length}")
@pytest.mark.parametrize("size", [0, 1, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH, 2 * BATCH + 7, 3 * BATCH])
def test_hashes_and_size_are_those_of_what_was_written(
    tmp_path: Path, incoming: Incoming, size: int, length: int
) -> None:
    content = (PATTERN * 4)[:size]
    received = receive(incoming, (content[start : start + length] for start in range(0, size, length)), size)
    assert (received.size, received.md5) == (size, hashlib.md5(content).hexdigest())
    assert received.sha512 == hashlib.sha512(content).hexdigest()
    received.incoming.keep("blob")
    with Disk(tmp_path).open("blob") as file:
        assert file.read() == content


@pytest.mark.parametrize("declared", [0, 1, 2 * BATCH - 1, 2 * BATCH + 1])
def test_another_size_than_was_announced_is_refused(incoming: Incoming, declared: int) -> None:
    with pytest.raises(BadRequest, match=str(declared)):
        receive(incoming, iter([b"x" * BATCH] * 2), declared)


@pytest.mark.parametrize(("size", "fits"), [(9, True), (10, True), (11, False)])
def test_an_image_has_a_largest_size(
    incoming: Incoming, monkeypatch: pytest.MonkeyPatch, size: int, fits: bool
) -> None:
    monkeypatch.setattr(limits, "IMAGE_SIZE", 10)
    content = iter([b"x"] * size)
    if fits:
        assert receive(incoming, content).size == size
        return
    with pytest.raises(TooLarge):
        receive(incoming, content)
    assert list(content) == []  # it was looked at up to the byte too many


def test_what_the_sender_raises_is_raised_on(incoming: Incoming) -> None:
    def content() -> Iterator[bytes]:
        yield b"x" * BATCH
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        receive(incoming, content())
