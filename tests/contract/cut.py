"""Requests whose body is sent piece by piece, and may be cut off."""

from __future__ import annotations

import http.client

from tests.contract.actors import Actor


class Cut:
    """A PUT of data in chunks."""

    def __init__(self, actor: Actor, path: str) -> None:
        """Send the head."""
        self._connection = http.client.HTTPConnection(*actor.address, timeout=30)
        self._connection.putrequest("PUT", path)
        for name, text in {
            **actor.headers,
            "Content-Type": "application/octet-stream",
            "Transfer-Encoding": "chunked",
        }.items():
            self._connection.putheader(name, text)
        self._connection.endheaders()

    def send(self, piece: bytes) -> None:
        """Send a chunk."""
        self._connection.send(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")

    def finish(self) -> int:
        """End the body; return the status of the answer."""
        self._connection.send(b"0\r\n\r\n")
        answer = self._connection.getresponse()
        answer.read()
        self._connection.close()
        return answer.status

    def cut(self) -> None:
        """Go away."""
        self._connection.close()
