"""A running emulator's own API, for commands and tests."""

from __future__ import annotations

import http.client
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, urlencode

from glance_emulator.errors import SetupError

TIMEOUT = 600.0
"""Seconds: restoring and sending large snapshots takes its time."""
PIECE = 1 << 20


class Refused(SetupError):
    """The emulator has refused something; `status` is that of its answer."""

    def __init__(self, status: int, message: str) -> None:
        """Keep both."""
        super().__init__(message)
        self.status = status


class _Hearing:
    """A connection that hears what the other end says, though it takes in no more of the request."""

    sock: Any

    def request(self, *asked: Any, **options: Any) -> None:
        """Send a request as far as it is taken in: an early refusal comes before all of a large body is sent."""
        try:
            super().request(*asked, **options)  # type: ignore[misc]  # the connection's
        except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
            if self.sock is None:
                raise


class _Plain(_Hearing, http.client.HTTPConnection):
    pass


class _Secure(_Hearing, http.client.HTTPSConnection):
    pass


class _PlainHandler(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Plain, req)


class _SecureHandler(urllib.request.HTTPSHandler):
    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__()
        self._trusting = context

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Secure, req, context=self._trusting)


@cache
def _plain_opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_PlainHandler)


def _opener_for(ca_file: str | None) -> urllib.request.OpenerDirector:
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as reason:
        raise SetupError(f"cannot use the certificate {ca_file}: {reason.strerror}") from None
    return urllib.request.build_opener(_SecureHandler(context))


class Remote:
    """The API of the world at `url`, which is the emulator's own or one with `/w/NAME` behind it."""

    def __init__(
        self, url: str, token: str | None = None, ca_file: str | None = None, password: str | None = None
    ) -> None:
        """Take the address and the certificate to trust; for another machine the token of an admin, or the password."""
        self.url = url.rstrip("/")
        self._token = token
        self._password = password
        self._opener = _opener_for(ca_file) if self.url.startswith("https:") else _plain_opener()

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, str | None] | None = None,
        data: bytes | BinaryIO | None = None,
    ) -> Any:
        """Send a request, with a `body` as JSON or with `data`; return the JSON of the answer, or None.

        Raises Refused for a refusal, SetupError where nobody answers.
        """
        with self._open(method, path, body, query, data) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def pieces(self, path: str) -> Iterator[bytes]:
        """Yield what is at a path, piece by piece."""
        with self._open("GET", path, None, None, None) as answer:
            while piece := answer.read(PIECE):
                yield piece

    def _open(self, method: str, path: str, *what: Any) -> Any:
        """Send a request, and once more as the admin if it is answered that one is needed."""
        try:
            return self._send(method, path, *what)
        except Refused as refusal:
            if refusal.status != 401 or self._password is None:
                raise
        self._log_in(self._password)
        return self._send(method, path, *what)

    def _log_in(self, password: str) -> None:
        """Get a token, which counts in this world only and expires by its clock."""
        domain = {"name": "Default"}
        user = {"name": "admin", "password": password, "domain": domain}
        body = {
            "auth": {
                "identity": {"methods": ["password"], "password": {"user": user}},
                "scope": {"project": {"name": "admin", "domain": domain}},
            }
        }
        url = f"{self.url}/identity/v3/auth/tokens"
        with self._answer(url, json.dumps(body).encode(), {"Content-Type": "application/json"}, "POST") as answer:
            self._token = answer.headers["X-Subject-Token"]

    def _send(
        self,
        method: str,
        path: str,
        body: Any,
        query: Mapping[str, str | None] | None,
        data: bytes | BinaryIO | None,
    ) -> Any:
        told = {name: text for name, text in (query or {}).items() if text is not None}
        url = f"{self.url}/_emulator/{quote(path)}" + (f"?{urlencode(told)}" if told else "")
        headers = {"Content-Type": "application/octet-stream" if body is None else "application/json"}
        if self._token:
            headers["X-Auth-Token"] = self._token
        sent = data if body is None else json.dumps(body).encode()
        if sent is not None and not isinstance(sent, bytes):
            headers["Content-Length"] = str(Path(sent.name).stat().st_size)
        return self._answer(url, sent, headers, method)

    def _answer(self, url: str, sent: bytes | BinaryIO | None, headers: Mapping[str, str], method: str) -> Any:
        request = urllib.request.Request(url, sent, dict(headers), method=method)  # noqa: S310 - the user's own
        try:
            return self._opener.open(request, timeout=TIMEOUT)
        except urllib.error.HTTPError as refusal:
            raise Refused(refusal.code, _message(refusal)) from None
        except OSError as reason:
            raise SetupError(f"no emulator answers at {self.url}: {getattr(reason, 'reason', reason)}") from None


def _message(refusal: urllib.error.HTTPError) -> str:
    with refusal:
        content = refusal.read()
    try:
        return str(json.loads(content)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"the answer was {refusal.code} {refusal.reason}"
