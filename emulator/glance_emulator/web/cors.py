"""Which other sites' web pages may call (CORS), as the real service's middleware says it when it is configured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ANY = "*"
METHODS = frozenset({"GET", "PUT", "POST", "DELETE", "PATCH"})
SIMPLE = ("Accept", "Accept-Language", "Cache-Control", "Content-Language", "Content-Type", "Expires", "Last-Modified",
          "Pragma")  # fmt: skip
HEADERS = frozenset(
    name.lower()
    for name in (
        *SIMPLE, "Accept-Encoding", "Content-MD5", "X-Auth-Token", "X-Identity-Status", "X-Image-Meta-Checksum",
        "X-OpenStack-Request-ID", "X-Roles", "X-Service-Catalog", "X-Storage-Token", "X-Subject-Token", "X-Tenant-ID",
        "X-User-Id",
    )
)  # fmt: skip
"""What a page may send; X-Subject-Token is for Identity alone."""
EXPOSED = "X-Image-Meta-Checksum,X-Auth-Token,X-Subject-Token,X-Service-Token,X-OpenStack-Request-ID"
"""What a page may read."""
MAX_AGE = "3600"
"""Seconds for which a browser may remember the answer to a preflight request."""

Headers = list[tuple[str, str]]


def register(app: Flask, origins: Sequence[str]) -> None:
    """Let pages of `origins` call, if there are any; without, no request pays for this."""
    if origins:
        app.wsgi_app = Cors(app.wsgi_app, origins)  # type: ignore[method-assign]


class Cors:
    """Tell browsers what pages of which origins may do."""

    def __init__(self, app: WSGIApplication, origins: Sequence[str]) -> None:
        """Take the application that answers."""
        self.app = app
        self.origins = frozenset(origins)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer OPTIONS, whoever asks for whatever path; let the application answer all else."""
        if environ["PATH_INFO"].startswith("/healthcheck"):  # the real one stands apart, too
            return self.app(environ, start_response)
        origin = self._allowed(environ.get("HTTP_ORIGIN"))
        if environ["REQUEST_METHOD"] == "OPTIONS":
            start_response("200 OK", [("Content-Length", "0"), *_preflight(environ, origin)])
            return []
        if origin is None:
            return self.app(environ, start_response)
        return self.app(
            environ, _adding([*_open_to(origin), ("Access-Control-Expose-Headers", EXPOSED)], start_response)
        )

    def _allowed(self, origin: str | None) -> str | None:
        """Return how the origin is told that it may call, None if it may not."""
        if origin is None:
            return None
        if ANY in self.origins:
            return ANY
        return origin if origin in self.origins else None


def _adding(more: Headers, start_response: StartResponse) -> Callable[..., Any]:
    def start(status: str, headers: Headers, *exception: Any) -> Any:
        return start_response(status, [*headers, *more], *exception)

    return start


def _open_to(origin: str) -> Headers:
    return [
        ("Vary", "Origin"),
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
    ]


def _preflight(environ: WSGIEnvironment, origin: str | None) -> Headers:
    """Return the permission for the request that a browser wants to make: for all of it, or none."""
    method = environ.get("HTTP_ACCESS_CONTROL_REQUEST_METHOD")
    names = [name.strip() for name in environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "").split(",")]
    names = [name for name in names if name]
    if origin is None or method not in METHODS or not HEADERS.issuperset(name.lower() for name in names):
        return []
    allowed = [("Access-Control-Max-Age", MAX_AGE), ("Access-Control-Allow-Methods", method)]
    if names:
        allowed.append(("Access-Control-Allow-Headers", ",".join(names)))
    return [*_open_to(origin), *allowed]
