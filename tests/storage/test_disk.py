"""What every store does, whatever it is made of; a new kind is one more line in STORES."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from glance_emulator.errors import SetupError
from glance_emulator.storage import Store
from glance_emulator.storage.disk import Disk

STORES: dict[str, Callable[[Path], Store]] = {"disk": Disk}
OURS = os.getpid()
BLOB = "ab" * 16


@pytest.fixture(params=STORES)
def reopened(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    """Open the same store, as another process would."""
    return lambda: STORES[request.param](tmp_path)


@pytest.fixture
def store(reopened: Callable[[], Store]) -> Store:
    return reopened()


def keep(store: Store, blob: str = BLOB, *pieces: bytes) -> None:
    incoming = store.receive("image")
    for piece in pieces:
        incoming.write(piece)
    incoming.keep(blob)
    incoming.drop()


def read(store: Store, blob: str = BLOB) -> bytes:
    with store.open(blob) as file:
        return file.read()


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([], id="nothing"),
        pytest.param([b""], id="an empty piece"),
        pytest.param([b"one"], id="one piece"),
        pytest.param([b"some", b"", b"more"], id="pieces"),
        pytest.param([b"x" * (1 << 20)] * 3, id="large pieces"),
        pytest.param([memoryview(b"abcdef")[2:4]], id="part of a buffer"),
    ],
)
def test_what_is_kept_is_read_as_it_was_written(store: Store, pieces: list[bytes]) -> None:
    keep(store, BLOB, *pieces)
    assert read(store) == b"".join(map(bytes, pieces))


def test_a_blob_appears_when_it_is_kept_and_not_before(store: Store) -> None:
    incoming = store.receive("image")
    incoming.write(b"bytes")
    assert list(store.blobs()) == []
    with pytest.raises(FileNotFoundError):
        store.open(BLOB)
    incoming.keep(BLOB)
    incoming.drop()
    assert list(store.blobs()) == [BLOB]
    assert read(store) == b"bytes"


def test_what_is_dropped_leaves_nothing(store: Store) -> None:
    incoming = store.receive("image")
    incoming.write(b"bytes")
    incoming.drop()
    incoming.drop()
    assert list(store.blobs()) == []
    assert store.sweep() == []


def test_blobs_are_named_whoever_kept_them(reopened: Callable[[], Store]) -> None:
    names = {f"{number:02x}" * 16 for number in range(20)}
    for name in names:
        keep(reopened(), name, name.encode())
    assert set(reopened().blobs()) == names
    assert all(read(reopened(), name) == name.encode() for name in names)


def test_any_part_can_be_read(store: Store) -> None:
    keep(store, BLOB, b"0123456789")
    with store.open(BLOB) as file:
        file.seek(3)
        assert file.read(4) == b"3456"


def test_a_blob_that_is_removed_is_gone_except_for_who_reads_it(store: Store) -> None:
    keep(store, BLOB, b"bytes")
    with store.open(BLOB) as file:
        store.remove(BLOB)
        assert file.read() == b"bytes"
    assert list(store.blobs()) == []
    with pytest.raises(FileNotFoundError):
        store.open(BLOB)
    store.remove(BLOB)


def test_several_can_be_received_for_one_purpose(store: Store) -> None:
    both = [store.receive("image") for _ in range(2)]
    for number, incoming in enumerate(both):
        incoming.write(b"%d" % number)
        incoming.keep(f"{number}" * 32)
        incoming.drop()
    assert [read(store, f"{number}" * 32) for number in range(2)] == [b"0", b"1"]


@pytest.mark.parametrize(
    ("living", "swept"),
    [
        pytest.param((), ["image"], id="nobody lives"),
        pytest.param((OURS,), [], id="its process lives"),
        pytest.param((OURS + 1,), ["image"], id="another lives"),
    ],
)
def test_what_processes_were_receiving_is_swept_once_they_are_dead(
    reopened: Callable[[], Store], living: tuple[int, ...], swept: list[str]
) -> None:
    keep(reopened(), BLOB, b"bytes")
    incoming = reopened().receive("image")
    incoming.write(b"half")
    assert reopened().sweep(living) == swept
    assert reopened().sweep() == (["image"] if not swept else [])
    incoming.drop()
    assert list(reopened().blobs()) == [BLOB]


def test_a_store_belongs_to_one_state_until_it_is_released(reopened: Callable[[], Store]) -> None:
    assert reopened().claim("one")
    assert reopened().claim("one")
    assert not reopened().claim("another")
    reopened().release()
    reopened().release()
    assert reopened().claim("another")


def test_a_folder_that_cannot_be_made_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match=str(tmp_path / "file")):
        Disk(tmp_path / "file" / "folder")
