"""Requests and answers as they go over the wire: nothing is quoted, followed or retried."""

from __future__ import annotations

import contextlib
import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

HOST = "glance.test:9292"
"""What both services are told that they are called, so that the links they answer are the same."""
IDLE = 1.0  # seconds: both close connections that are idle for longer
PIECE = 4096  # bytes of a chunk


@dataclass(frozen=True)
class Request:
    """One request; `target` is the path with the query, percent-encoded."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    chunked: bool = False

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass(frozen=True)
class Answer:
    """What came back; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]


class Service:
    """A service at a URL, asked over one connection as long as that holds."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        self._used = 0.0
        self._request = Request("GET", "/")

    def send(self, request: Request) -> None:
        """Send it, and leave the answer to `receive`, so that two services work at the same time."""
        if time.monotonic() - self._used > IDLE:
            self._connection.close()
        self._request = request
        self._connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
        for name, value in {"Host": HOST, **request.headers}.items():
            self._connection.putheader(name, value.encode())
        if request.chunked:
            self._connection.putheader("Transfer-Encoding", "chunked")
        elif request.body is not None:
            self._connection.putheader("Content-Length", str(len(request.body)))
        body = request.body or b""
        pieces = [body[at : at + PIECE] for at in range(0, len(body), PIECE)] if request.chunked else body or None
        # A refusal need not wait for the body.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._connection.endheaders(pieces, encode_chunked=request.chunked)

    def receive(self) -> Answer:
        """Return the answer to what was sent last."""
        response = self._connection.getresponse()
        body = response.read()
        headers: dict[str, str] = {}
        for name, value in response.getheaders():
            key = name.lower()
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
        if self._request.body is not None:
            self._connection.close()  # who refuses a request may leave its body unread
        self._used = time.monotonic()
        return Answer(response.status, headers, body)

    def ask(self, request: Request) -> Answer:
        self.send(request)
        return self.receive()
