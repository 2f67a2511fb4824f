"""Uploads and downloads that can be held half-way, to see what becomes of them."""

from __future__ import annotations

import hashlib
import http.client
import random
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.processes import PRODUCER

UPLOAD = {**PRODUCER, "Content-Type": "application/octet-stream", "Transfer-Encoding": "chunked"}


def content(size: int, seed: int = 0) -> bytes:
    """Return bytes that are the same for the same seed, and never compress."""
    return random.Random(seed).randbytes(size)


def create(url: str, **attributes: Any) -> str:
    """Create an image that waits for data; return its id."""
    body = {"name": "image", "disk_format": "raw", "container_format": "bare", **attributes}
    answer = requests.post(f"{url}/v2/images", json=body, headers=PRODUCER, timeout=30)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def show(url: str, image_id: str) -> dict[str, Any]:
    answer = requests.get(f"{url}/v2/images/{image_id}", headers=PRODUCER, timeout=30)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def upload(url: str, image_id: str, data: bytes) -> None:
    answer = requests.put(f"{url}/v2/images/{image_id}/file", data=iter([data]), headers=UPLOAD, timeout=60)
    assert answer.status_code == 204, answer.text


class Upload:
    """An upload in pieces."""

    def __init__(self, url: str, image_id: str) -> None:
        parts = urlsplit(url)
        self.connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
        self.connection.putrequest("PUT", f"/v2/images/{image_id}/file")
        for name, text in UPLOAD.items():
            self.connection.putheader(name, text)
        self.connection.endheaders()

    def send(self, piece: bytes) -> None:
        self.connection.send(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")

    def finish(self) -> int:
        """End the body; return the status of the answer."""
        self.connection.send(b"0\r\n\r\n")
        answer = self.connection.getresponse()
        answer.read()
        self.connection.close()
        return answer.status

    def cut(self) -> None:
        self.connection.close()


class Download:
    """A download in pieces."""

    def __init__(self, url: str, image_id: str) -> None:
        parts = urlsplit(url)
        self.connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
        self.connection.request("GET", f"/v2/images/{image_id}/file", headers=PRODUCER)
        self.answer = self.connection.getresponse()
        self.digest = hashlib.sha256()

    def take(self, size: int | None = None) -> None:
        self.digest.update(self.answer.read(size))

    def finish(self) -> str:
        """Take the rest; return the sha256 of all."""
        self.take()
        self.connection.close()
        return self.digest.hexdigest()
