"""An HTTP client that costs almost nothing, so that what is measured is the server.

Requests are bytes made beforehand; of an answer only the status and the length are read.
"""

from __future__ import annotations

import json
import random
import re
import socket

BLOCK_BYTES = 1 << 20
CHUNK_BYTES = 1 << 16  # as glanceclient cuts its uploads
PATIENCE = 120.0  # seconds of silence before a server is given up

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)")


class UnexpectedAnswer(Exception):
    """The server answered otherwise than the measured work needs."""


def request(method: str, path: str, headers: bytes = b"", document: object = None) -> bytes:
    """Return the bytes of a request; `headers` are whole lines, a document is sent as JSON."""
    body = b"" if document is None else json.dumps(document).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n".encode() + headers
    if document is not None:
        head += b"Content-Type: application/json\r\nContent-Length: %d\r\n" % len(body)
    return head + b"\r\n" + body


def chunked_block() -> bytes:
    """Return BLOCK_BYTES of data, always the same, that no disk can compress, cut into chunks for the wire."""
    content = random.Random(20).randbytes(BLOCK_BYTES)
    pieces = (content[at : at + CHUNK_BYTES] for at in range(0, BLOCK_BYTES, CHUNK_BYTES))
    return b"".join(b"%x\r\n%b\r\n" % (CHUNK_BYTES, piece) for piece in pieces)


class Connection:
    """One kept-alive connection to a server on this machine."""

    def __init__(self, port: int) -> None:
        """Connect to the port."""
        self._port = port
        self._buffer = bytearray(BLOCK_BYTES)
        self._socket = self._connect()

    def _connect(self) -> socket.socket:
        opened = socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def exchange(self, sent: bytes, expected: int = 200) -> bytes:
        """Send a request; return the body of its answer, which must have the expected status."""
        self._socket.sendall(sent)
        body, missing, closing = self._head(expected)
        pieces = [body]
        while missing > 0:
            pieces.append(self._receive())
            missing -= len(pieces[-1])
        self._reconnect_if(closing)
        return b"".join(pieces)

    def upload(self, path: str, headers: bytes, block: bytes, times: int) -> None:
        """PUT a chunked body that repeats a block of chunks."""
        lines = headers + b"Content-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n"
        self._socket.sendall(request("PUT", path, lines))
        for _ in range(times):
            self._socket.sendall(block)
        self._socket.sendall(b"0\r\n\r\n")
        _, _, closing = self._head(expected=204)
        self._reconnect_if(closing)

    def download(self, sent: bytes) -> int:
        """Send a request and throw the body away as it comes; return its length."""
        self._socket.sendall(sent)
        body, missing, closing = self._head(expected=200)
        length = len(body) + missing
        while missing > 0:
            received = self._socket.recv_into(self._buffer)
            if not received:
                raise UnexpectedAnswer(f"the download ended {missing} bytes early")
            missing -= received
        self._reconnect_if(closing)
        return length

    def _head(self, expected: int) -> tuple[bytes, int, bool]:
        """Read an answer's head; return what came of the body, what is missing, and whether the server hangs up."""
        received = self._receive()
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._receive()
        head = received[:end].lower()
        body = received[end + 4 :]
        if int(head[9:12]) != expected:
            raise UnexpectedAnswer(f"expected {expected}, got: {received[:600].decode(errors='replace')}")
        length = _LENGTH.search(head)
        if length is None and expected != 204:
            raise UnexpectedAnswer(f"an answer without Content-Length: {head.decode(errors='replace')}")
        return body, (int(length[1]) if length else 0) - len(body), b"\r\nconnection: close" in head

    def _receive(self) -> bytes:
        received = self._socket.recv(1 << 16)
        if not received:
            raise UnexpectedAnswer("the server hung up before its answer was complete")
        return received

    def _reconnect_if(self, closing: bool) -> None:
        if closing:
            self._socket.close()
            self._socket = self._connect()
