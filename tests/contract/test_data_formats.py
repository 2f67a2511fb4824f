"""Data is what its disk_format says: it is looked into while it is uploaded."""

from __future__ import annotations

import struct
from typing import Any

import pytest
import requests

from tests.contract.actors import Actor

MIB = 1024 * 1024


def qcow2(size: int = 10 * MIB, version: int = 3, backing_file: int = 0, incompatible: int = 0) -> bytes:
    """A header; `backing_file` is the offset of a name of 8 letters, `incompatible` a set of bits."""
    name = 8 if backing_file else 0
    head = struct.pack(
        ">4sIQIIQIIQQIIQ", b"QFI\xfb", version, backing_file, name, 16, size, 0, 1, 3 << 16, 1 << 16, 1, 0, 0
    )
    return (head + struct.pack(">QQQII", incompatible, 0, 0, 4, 104)).ljust(4 << 16, b"\0")


def vhd(size: int = 8 * MIB, now: int = 9 * MIB) -> bytes:
    """A dynamic disk: its footer stands at the beginning, too."""
    foot = struct.pack(">8sIIQI4sI4sQQII", b"conectix", 2, 0x10000, 512, 0, b"test", 0x10000, b"Wi2k", size, now, 0, 3)
    return foot.ljust(512, b"\0") + bytes(4096)


def vdi(size: int = 5 * MIB) -> bytes:
    head = b"<<< a disk >>>".ljust(64, b"\0") + struct.pack("<III", 0xBEDA107F, 0x10001, 400)
    return (head.ljust(0x170, b"\0") + struct.pack("<Q", size)).ljust(4096, b"\0")


def vmdk(sectors: int = 32768, kind: str = "monolithicSparse") -> bytes:
    text = (
        f'# Disk DescriptorFile\nversion=1\ncreateType="{kind}"\n\n# Extent description\nRW {sectors} SPARSE "a.vmdk"\n'
    )
    head = struct.pack("<4sIIQQQQIQQQB4s", b"KDMV", 1, 3, sectors, 128, 1, 20, 512, 0, 8, 128, 0, b"\n \r\n")
    return (head.ljust(512, b"\0") + text.encode()).ljust(65536, b"\0")


def iso(blocks: int = 20) -> bytes:
    descriptor = bytearray(2048)
    descriptor[:8] = b"\x01CD001\x01\0"
    descriptor[80:88] = struct.pack("<I", blocks) + struct.pack(">I", blocks)
    descriptor[128:132] = struct.pack("<H", 2048) + struct.pack(">H", 2048)
    return (bytes(0x8000) + bytes(descriptor) + b"\xffCD001\x01").ljust(blocks * 2048, b"\0")


def partitioned() -> bytes:
    """A disk with a master boot record."""
    entry = struct.pack("<B3sB3sII", 0x80, b"\0\2\0", 0x83, bytes(3), 1, 100)
    return (bytes(446) + entry).ljust(510, b"\0") + b"\x55\xaa" + bytes(65024)


CONTENTS: dict[str, bytes] = {
    "zeros": bytes(65536),
    "text": b"just some text\n" * 5000,
    "gzip": b"\x1f\x8b\x08\0".ljust(8192, b"\1"),
    "partitioned": partitioned(),
    "luks": b"LUKS\xba\xbe\0\1".ljust(8192, b"\0"),
    "qcow2": qcow2(),
    "qcow2 v2": qcow2(version=2),
    "vhd": vhd(),
    "vdi": vdi(),
    "vmdk": vmdk(),
    "vmdk stream": vmdk(kind="streamOptimized"),
    "iso": iso(),
    # What could make a server read files of its host, and what is outdated.
    "qcow2 over a file": qcow2(backing_file=200),
    "qcow2 beside a file": qcow2(incompatible=4),
    "vmdk beside a file": vmdk(kind="monolithicFlat"),
    "qed": b"QED\0".ljust(65536, b"\0"),
}
SAFE = [name for name in CONTENTS if name != "qed" and not name.endswith("file")]
UNSAFE = [name for name in CONTENTS if name not in SAFE]
KNOWN = [name for name in CONTENTS if name not in ("zeros", "text", "gzip")]
FORMATS = {"qcow2": "qcow2", "qcow2 v2": "qcow2", "vhd": "vhd", "vdi": "vdi", "vmdk": "vmdk", "iso": "iso"}
FORMATS["vmdk stream"] = "vmdk"


def upload(actor: Actor, content: bytes, **formats: str) -> tuple[requests.Response, dict[str, Any]]:
    """Upload to a new image; return the answer and the image. A refusal closes the connection."""
    image = actor.image(**formats)
    answer = actor(
        "PUT", image["file"], data=content, headers={"Content-Type": "application/octet-stream", "Connection": "close"}
    )
    return answer, actor.get(f"/v2/images/{image['id']}").json()


def accepted(actor: Actor, content: bytes, **formats: str) -> Any:
    """Check that the content is taken; return its virtual size."""
    answer, image = upload(actor, content, **formats)
    assert answer.status_code == 204
    assert (image["status"], image["size"]) == ("active", len(content))
    return image["virtual_size"]


def refused(actor: Actor, content: bytes, **formats: str) -> None:
    """Check that it is not. (What the real service leaves in checksum and stores is of no use.)"""
    answer, image = upload(actor, content, **formats)
    assert answer.status_code == 415
    assert (image["status"], image["size"], image["virtual_size"]) == ("queued", None, None)


@pytest.mark.parametrize(
    ("disk_format", "content", "virtual_size"),
    [
        pytest.param("raw", b"x", 1, id="raw-of-one-byte"),
        pytest.param("raw", bytes(65536), 65536, id="raw"),
        pytest.param("raw", b"", None, id="raw-empty"),
        pytest.param("qcow2", qcow2(), 10 * MIB, id="qcow2"),
        pytest.param("qcow2", qcow2(version=2), 10 * MIB, id="qcow2-v2"),
        pytest.param("qcow2", qcow2(size=3 << 40), 3 << 40, id="qcow2-of-terabytes"),
        pytest.param("qcow2", qcow2()[:512], 10 * MIB, id="qcow2-cut-short"),
        pytest.param("vhd", vhd(), 8 * MIB, id="vhd-original-size"),
        pytest.param("vdi", vdi(), 5 * MIB, id="vdi"),
        pytest.param("vmdk", vmdk(), 16 * MIB, id="vmdk"),
        pytest.param("vmdk", vmdk(kind="streamOptimized"), 16 * MIB, id="vmdk-stream"),
        pytest.param("iso", iso(), 40960, id="iso"),
        pytest.param("iso", iso(64), 131072, id="iso-of-64-blocks"),
        pytest.param("iso", iso(64)[:34816], 131072, id="iso-cut-short"),
    ],
)
def test_the_virtual_size_is_read_from_the_data(
    producer: Actor, disk_format: str, content: bytes, virtual_size: int | None
) -> None:
    assert accepted(producer, content, disk_format=disk_format) == virtual_size


@pytest.mark.parametrize("disk_format", ["qcow2", "vhd", "vhdx", "vmdk", "vdi", "iso"])
@pytest.mark.parametrize("content", list(CONTENTS))
def test_a_format_takes_its_own_content_only(producer: Actor, disk_format: str, content: str) -> None:
    if FORMATS.get(content) == disk_format:
        accepted(producer, CONTENTS[content], disk_format=disk_format)
    else:
        refused(producer, CONTENTS[content], disk_format=disk_format)


@pytest.mark.parametrize("content", SAFE)
def test_raw_takes_anything_safe_for_what_it_is(producer: Actor, content: str) -> None:
    assert accepted(producer, CONTENTS[content], disk_format="raw") == len(CONTENTS[content])


@pytest.mark.parametrize("content", UNSAFE)
def test_raw_takes_nothing_unsafe(producer: Actor, content: str) -> None:
    refused(producer, CONTENTS[content], disk_format="raw")


@pytest.mark.parametrize("disk_format", ["ploop", "aki", "ari", "ami"])
@pytest.mark.parametrize("content", list(CONTENTS))
def test_what_nothing_is_known_of_is_not_what_is_known(producer: Actor, content: str, disk_format: str) -> None:
    if content in KNOWN:
        refused(producer, CONTENTS[content], disk_format=disk_format)
    else:
        assert accepted(producer, CONTENTS[content], disk_format=disk_format) is None


@pytest.mark.parametrize("disk_format", ["aki", "ari", "ami"])
@pytest.mark.parametrize("content", ["zeros", "qcow2", *UNSAFE])
def test_amazon_containers_are_not_looked_into(producer: Actor, disk_format: str, content: str) -> None:
    formats = {"disk_format": disk_format, "container_format": disk_format}
    assert accepted(producer, CONTENTS[content], **formats) is None


@pytest.mark.parametrize("container_format", ["ovf", "ova", "docker", "compressed"])
@pytest.mark.parametrize(
    ("disk_format", "content"),
    [("raw", "zeros"), ("raw", "qcow2"), ("qcow2", "qcow2"), ("qcow2", "zeros"), ("raw", "qed")],
    ids=lambda value: value,
)
def test_containers_are_not_looked_into(producer: Actor, container_format: str, disk_format: str, content: str) -> None:
    formats = {"disk_format": disk_format, "container_format": container_format}
    assert accepted(producer, CONTENTS[content], **formats) is None


@pytest.mark.parametrize(
    ("disk_format", "content"),
    [
        pytest.param("qcow2", b"", id="empty"),
        pytest.param("qcow2", qcow2()[:510], id="qcow2"),
        pytest.param("vdi", vdi()[:511], id="vdi"),
        pytest.param("vmdk", vmdk()[:512], id="vmdk"),
        pytest.param("iso", iso()[:0x8000], id="iso"),
        pytest.param("vhd", bytes(4096) + vhd()[:512], id="vhd-with-its-footer-at-the-end-only"),
    ],
)
def test_too_little_of_a_format_is_not_that_format(producer: Actor, disk_format: str, content: bytes) -> None:
    refused(producer, content, disk_format=disk_format)


def test_content_in_chunks_is_looked_into_all_the_same(producer: Actor) -> None:
    headers = {"Content-Type": "application/octet-stream", "Connection": "close"}
    good, bad = producer.image(disk_format="qcow2"), producer.image(disk_format="qcow2")
    content = qcow2()
    chunks = iter([content[:3], content[3:30], content[30:]])
    assert producer("PUT", good["file"], data=chunks, headers=headers).status_code == 204
    assert producer.get(f"/v2/images/{good['id']}").json()["virtual_size"] == 10 * MIB
    assert producer("PUT", bad["file"], data=iter([bytes(1000)] * 100), headers=headers).status_code == 415


def test_a_refused_image_can_still_be_changed_and_deleted(producer: Actor) -> None:
    answer, image = upload(producer, b"x", disk_format="qcow2")
    path = f"/v2/images/{image['id']}"
    assert answer.status_code == 415
    assert producer.patch(path, {"op": "replace", "path": "/disk_format", "value": "raw"}).status_code == 200
    assert producer.delete(path).status_code == 204
