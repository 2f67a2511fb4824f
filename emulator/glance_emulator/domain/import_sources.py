"""Where imported data come from when they come from elsewhere: a web server, or another Glance."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from glance_emulator.domain import downloads
from glance_emulator.errors import BadRequest, Refusal

TAKEN_OVER = ("hw_", "trait:", "os_distro", "os_secure_boot", "os_type")
"""What the names of properties begin with that glance-download takes over, by the real service's configuration."""
LARGEST_DOCUMENT = 32 << 20


class Unknown(BadRequest):
    """The other Glance does not tell of the image, so that there was nothing that a store could have failed to take."""


@dataclass(frozen=True)
class Remote:
    """What another Glance tells of an image."""

    disk_format: str | None
    container_format: str | None
    properties: Mapping[str, str]
    size: int


def remote(source: Mapping[str, Any]) -> Remote:
    """Ask another Glance about the image at `url`, with the caller's `token`; raise Unknown."""
    url = source["url"]
    if url is None or source["token"] is None:
        raise Unknown("There is no Glance in that region and at that interface, or no token to go there with.")
    try:
        with closing(downloads.start(url, _headers(source))) as response:
            found = json.loads(response.read(LARGEST_DOCUMENT))
        if found["status"] != "active":
            raise BadRequest(f"there it is {found['status']}")
        properties = {name: value for name, value in found.items() if name.startswith(TAKEN_OVER)}
        return Remote(found["disk_format"], found["container_format"], properties, int(found["size"]))
    except (Refusal, OSError, ValueError, KeyError, TypeError) as reason:
        raise Unknown(f"The image at {url} cannot be had: {reason}.") from reason


def pieces(source: Mapping[str, Any], size: int | None, lacks: Collection[str]) -> Iterator[bytes]:
    """Yield the data; raise BadRequest if they cannot be had whole, that is, with `size` bytes if that is known.

    Of a release that `lacks` import-unsized they cannot be had either if nobody knows it.
    """
    url = source["url"] if size is None else f"{source['url']}/file"
    with closing(downloads.start(url, _headers(source))) as response:
        announced = downloads.announced(response) if size is None else size
        if announced is None and "import-unsized" in lacks:
            raise BadRequest(f"{url} does not tell how long it is.")
        came = 0
        for piece in downloads.pieces(response):
            came += len(piece)
            yield piece
    if announced not in (None, came):
        raise BadRequest(f"{announced} bytes were announced by {url}, {came} came.")


def _headers(source: Mapping[str, Any]) -> Mapping[str, str]:
    return {"X-Auth-Token": source["token"]} if "token" in source else {}
