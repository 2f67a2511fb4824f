"""How disks of each format begin: what is needed for made-up data to pass as one."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

SECTOR = 512


def _qcow2(size: int) -> bytes:
    """Return version 3, without a backing file; clusters have 64 KiB."""
    head = struct.pack(">4sIQIIQIIQQIIQ", b"QFI\xfb", 3, 0, 0, 16, size, 0, 1, 3 << 16, 1 << 16, 1, 0, 0)
    return (head + struct.pack(">QQQII", 0, 0, 0, 4, 104)).ljust(SECTOR, b"\0")


def _vdi(size: int) -> bytes:
    head = bytes(0x40) + struct.pack("<III", 0xBEDA107F, 0x10001, 400)
    return (head.ljust(0x170, b"\0") + struct.pack("<Q", size)).ljust(SECTOR, b"\0")


def _vhd(size: int) -> bytes:
    head = struct.pack(
        ">8sIIQI4sI4sQQII", b"conectix", 2, 1 << 16, SECTOR, 0, b"glem", 1 << 16, b"Wi2k", size, size, 0, 3
    )
    return head.ljust(SECTOR, b"\0")


def _vmdk(size: int) -> bytes:
    """Return a sparse one, whose descriptor has the sectors 1 to 20."""
    sectors = size // SECTOR
    text = f'# Disk DescriptorFile\nversion=1\ncreateType="monolithicSparse"\nRW {sectors} SPARSE "disk.vmdk"\n'
    head = struct.pack("<4sIIQQQQIQQQB4s", b"KDMV", 1, 3, sectors, 128, 1, 20, SECTOR, 0, 8, 128, 0, b"\n \r\n")
    return (head.ljust(SECTOR, b"\0") + text.encode()).ljust(21 * SECTOR, b"\0")


def _iso(size: int) -> bytes:
    blocks = size // 2048
    volume = bytearray(2048)
    volume[:8] = b"\x01CD001\x01\0"
    volume[80:88] = struct.pack("<I", blocks) + struct.pack(">I", blocks)
    volume[128:132] = struct.pack("<H", 2048) + struct.pack(">H", 2048)
    return bytes(0x8000) + bytes(volume) + b"\xffCD001\x01"


BEGINNINGS: Mapping[str, Callable[[int], bytes]] = {
    "qcow2": _qcow2, "vdi": _vdi, "vhd": _vhd, "vmdk": _vmdk, "iso": _iso,
}  # fmt: skip
"""By disk format: how a disk of so many bytes begins."""
