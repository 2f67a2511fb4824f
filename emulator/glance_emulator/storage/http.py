"""Data that lie on web servers: they can be read where they are, and nothing can be put there."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Container, Iterator, Mapping
from typing import BinaryIO, ClassVar, NoReturn, cast

from glance_emulator.errors import Gone

PATIENCE = 60
"""Seconds that a web server has for each answer."""
SCHEMES = ("http://", "https://")

# Nothing is redirected, since what was checked is the URL given, and no environment variable has a say in it.
_web = urllib.request.OpenerDirector()
for _handler in (
    urllib.request.HTTPHandler,
    urllib.request.HTTPSHandler,
    urllib.request.HTTPErrorProcessor,
    urllib.request.HTTPDefaultErrorHandler,
):
    _web.add_handler(_handler())


class Http:
    """A store of whatever can be fetched; the name of a blob is its URL."""

    kind: ClassVar[str] = "http"
    read_only: ClassVar[bool] = True

    def properties(self) -> Mapping[str, object]:
        """Tell nothing, as the real service."""
        return {}

    def claim(self, owner: str) -> bool:
        """Let everybody have it: there is nothing that one could take from another."""
        return True

    def release(self) -> None:
        """Do nothing."""

    def receive(self, purpose: str) -> NoReturn:
        """Refuse what is to be written; raise Gone, as the real service."""
        raise Gone("This store can only be read.")

    def serves(self, url: str) -> bool:
        """Say whether data at `url` could be had from here."""
        return url.startswith(SCHEMES)

    def url(self, blob: str) -> str:
        """Return the blob's name, which is where it is."""
        return blob

    def measure(self, url: str) -> int:
        """Return how many bytes there are at `url`; raise FileNotFoundError if none can be had."""
        with _ask(url, "HEAD") as answer:
            length = answer.headers.get("Content-Length") or ""
        if not length.isdecimal() or not int(length):
            raise FileNotFoundError(f"the server does not say how much there is at {url}")
        return int(length)

    def open(self, blob: str) -> BinaryIO:
        """Begin to fetch; raise FileNotFoundError if that cannot be."""
        return cast(BinaryIO, _ask(blob, "GET"))

    def remove(self, blob: str) -> None:
        """Do nothing: what is there is somebody else's."""

    def blobs(self) -> Iterator[str]:
        """Name nothing: all that is there is somebody else's."""
        return iter(())

    def sweep(self, living: Container[int] = ()) -> list[str]:
        """Find nothing, since nothing is received."""
        return []


def _ask(url: str, method: str) -> http.client.HTTPResponse:
    try:
        request = urllib.request.Request(url, method=method)  # noqa: S310 - the opener knows no files
        answer = _web.open(request, timeout=PATIENCE)
    except (OSError, http.client.HTTPException, ValueError) as reason:
        if isinstance(reason, urllib.error.HTTPError):
            reason.close()
        raise FileNotFoundError(f"{url}: {reason}") from None
    if answer is None or answer.status != http.client.OK:  # None: a scheme that there is nothing for
        raise FileNotFoundError(f"{url} cannot be fetched")
    return cast(http.client.HTTPResponse, answer)
