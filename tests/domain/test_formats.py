"""Whether data are what they claim to be."""

from __future__ import annotations

import struct

import pytest

from glance_emulator.domain.formats import Inspector
from glance_emulator.errors import UnsupportedMediaType

GIB = 1 << 30


def qcow2(size: int = GIB, backing: int = 0, features: int = 0) -> bytes:
    """Return the first cluster of a qcow2 file, version 3."""
    named = 8 if backing else 0
    header = struct.pack(">4sIQIIQIIQQII", b"QFI\xfb", 3, backing, named, 16, size, 0, 1, 0, 0, 0, 0)
    header += struct.pack(">QQQQII", 0, features, 0, 0, 4, 104)
    return header.ljust(65536, b"\0")


def judged(content: bytes, disk_format: str, container_format: str = "bare", piece: int = 4096) -> int | None:
    inspector = Inspector(disk_format, container_format)
    for start in range(0, len(content), piece):
        inspector.look(content[start : start + piece])
    return inspector.virtual_size(len(content))


@pytest.mark.parametrize("piece", [1, 511, 4096, 1 << 20], ids=lambda piece: f"pieces of {piece}")
def test_the_size_of_a_disk_is_read_from_its_header(piece: int) -> None:
    assert judged(qcow2(), "qcow2", piece=piece) == GIB


@pytest.mark.parametrize(
    ("content", "disk_format", "container_format", "size"),
    [
        pytest.param(b"x" * 1000, "raw", "bare", 1000, id="raw data are the disk"),
        pytest.param(b"", "raw", "bare", None, id="no disk"),
        pytest.param(qcow2(), "raw", "bare", 65536, id="another disk's file is raw data too"),
        pytest.param(b"x" * 1000, "ploop", "bare", None, id="ploop is as raw data"),
        pytest.param(b"x" * 1000, "qcow2", "ovf", None, id="other containers are not looked into"),
        pytest.param(b"x" * 1000, "aki", "bare", None, id="kernels are no disks"),
    ],
)
def test_what_is_taken(content: bytes, disk_format: str, container_format: str, size: int | None) -> None:
    assert judged(content, disk_format, container_format) == size


@pytest.mark.parametrize(
    ("content", "disk_format"),
    [
        pytest.param(b"x" * 1000, "qcow2", id="raw data"),
        pytest.param(b"", "qcow2", id="nothing"),
        pytest.param(qcow2(), "vmdk", id="another format"),
        pytest.param(qcow2()[:60], "qcow2", id="cut off in the header"),
        pytest.param(qcow2(backing=512), "qcow2", id="a file behind it"),
        pytest.param(qcow2(features=4), "qcow2", id="data in another file"),
        pytest.param(qcow2(backing=512), "raw", id="a file behind it, said to be raw"),
    ],
)
def test_what_is_refused(content: bytes, disk_format: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        judged(content, disk_format)
