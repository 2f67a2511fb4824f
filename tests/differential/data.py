"""What is uploaded and how, and what is asked for of it."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.contract.test_data_formats import CONTENTS as FORMATTED
from tests.contract.test_data_formats import FORMATS

CONTENTS: dict[str, bytes] = {
    "nothing": b"",
    "byte": b"x",
    "bytes": b"0123456789",
    "thousand": bytes(range(250)) * 4,
    "short qcow2": FORMATTED["qcow2"][:100],
    "just a qcow2 header": FORMATTED["qcow2"][:512],
    "vhd late": bytes(512) + FORMATTED["vhd"],
    **FORMATTED,
}
contents = st.sampled_from([*("nothing", "byte", *("bytes", "thousand") * 4), *CONTENTS])
OCTETS = {"Content-Type": "application/octet-stream"}
FITTING = {"bytes": "raw", "nothing": "raw", "thousand": "raw", **FORMATS}
"""Contents that can be had under a disk_format."""
upload_headers = st.sampled_from([
    *[OCTETS] * 12, {}, {"Content-Type": ""}, {"Content-Type": "application/json"},
    {**OCTETS, "Content-Encoding": "gzip"},
    {"Content-Type": "application/octet-stream; charset=x"}, {"Content-Type": "Application/Octet-Stream"},
])  # fmt: skip
sizes = st.sampled_from([*[None] * 8, *["right"] * 2, "0", "-1", "", "a", "1.5", "more", "less", " 10", "1_0", "+10"])
stores = st.sampled_from([*[None] * 6, *["cheap"] * 3, "reliable", "", "nowhere", "cheap,reliable", "Cheap",
                          "os_glance_staging_store"])  # fmt: skip
download_headers = st.sampled_from([
    *[{}] * 10,
    *({"Range": text} for text in (
        "bytes=0-9", "bytes=0-0", "bytes=5-", "bytes=-5", "bytes=-2000", "bytes=3-5000", "bytes=9999-", "bytes=9-5",
        "bytes=", "bytes", "0-9", "items=0-9", "bytes=a-b", "bytes=5", "", "bytes=0-1,3-4", "bytes=0-1,", "Bytes=0-1",
        "bytes = 0-1", "bytes=0 - 1", "bytes=-0", "bytes=-", "bytes=--5", "bytes=0-999999999999999999999", "bytes=1-1",
    )),
    *({"Content-Range": text} for text in (
        "bytes 0-9/1024", "bytes 0-4/*", "bytes 0-4/1000", "bytes 0-9/10", "bytes 0-4/5", "bytes 0-4", "bytes 9-5/10",
        "nonsense", "", "bytes */10", "bytes 5-/1000", "bytes 20-30/1000",
    )),
    {"Range": "bytes=0-1", "Content-Range": "bytes 2-5/1000"}, {"If-Range": "x", "Range": "bytes=0-1"},
    {"If-None-Match": "*"}, {"Accept": "application/json"}, {"Accept": "text/html", "Range": "bytes=9999-"},
    {"Accept": "application/json", "Range": "bytes=9999-"},
])  # fmt: skip


def announced(size: str | None, content: bytes) -> dict[str, str]:
    """Return the header that tells how much is to come: as it is, otherwise, or not at all."""
    if size is None:
        return {}
    lengths = {"right": len(content), "more": len(content) + 1, "less": max(0, len(content) - 1)}
    return {"x-openstack-image-size": str(lengths.get(size, size))}
