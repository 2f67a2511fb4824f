"""What is fetched from elsewhere, by http or https.

The real service's rules for what it fetches hold, but for one: loopback addresses are allowed, since what an emulator
is to fetch mostly lies beside it. Any port is allowed; link-local addresses, where clouds tell secrets, are not.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import urllib.error
import urllib.request
from collections.abc import Collection, Iterator, Mapping
from typing import IO
from urllib.parse import SplitResult, quote, urlsplit

from glance_emulator.errors import BadRequest

SILENCE = 60.0
"""Seconds without a byte after which a download is given up."""
PIECE = 1 << 18
"""Bytes that are read at a time."""
KEPT = "%/:=&?~#+!$,;'@()*[]"
"""What stays as it is in a URL; all else, which a client should have quoted, is quoted here."""
_NUMBER = re.compile(r"\d+|0[xX][0-9a-fA-F]*")


def fault(url: object, lacks: Collection[str] = ()) -> str | None:
    """Say why this is nothing to be fetched, as releases that have not what they `lacks` say it; looks the host up."""
    if not isinstance(url, str):
        return "it is no URL"
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as reason:
        return str(reason)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "it is not an http(s) URL"
    return None if "import-hosts" in lacks else _fault_of_host(parts, parts.hostname, port, lacks)


def _fault_of_host(parts: SplitResult, host: str, port: int | None, lacks: Collection[str]) -> str | None:
    if _NUMBER.fullmatch(host.rpartition(".")[2]) and not _is_address(host):
        return f"{host} is no proper address"  # but something that the system would take for one
    try:
        found = socket.getaddrinfo(host, port or parts.scheme, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return f"the host {host} is not known"
    if "import-inward" not in lacks and any(
        ipaddress.ip_address(str(address[0]).partition("%")[0]).is_link_local for *_, address in found
    ):
        return f"{host} is a link-local address"
    return None


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows only to where one may go at once, and takes no token to another host."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Return the next request; raise URLError if it is none that may be made."""
        wrong = fault(newurl)
        if wrong:
            raise urllib.error.URLError(f"it leads to {newurl}, and {wrong}")
        following = super().redirect_request(req, fp, code, msg, headers, newurl)
        if following is not None and following.host != req.host:
            following.headers.pop("X-auth-token", None)
        return following


def start(url: str, headers: Mapping[str, str] | None = None) -> http.client.HTTPResponse:
    """Ask for what is at the URL, and follow redirects; raise BadRequest if it cannot be had."""
    wrong = fault(url)
    if wrong:
        raise BadRequest(f"{url} cannot be fetched: {wrong}.")
    opener = urllib.request.build_opener(_Redirects)
    try:
        asked = urllib.request.Request(quote(url.strip(), safe=KEPT), headers=dict(headers or {}))  # noqa: S310 - checked
        response: http.client.HTTPResponse = opener.open(asked, timeout=SILENCE)
    except (OSError, http.client.HTTPException, ValueError) as reason:
        raise BadRequest(f"{url} cannot be fetched: {reason}.") from reason
    return response


def pieces(response: http.client.HTTPResponse) -> Iterator[bytes]:
    """Yield what comes, piece by piece; raise BadRequest if it breaks off."""
    try:
        while piece := response.read1(PIECE):
            yield piece
    except (OSError, http.client.HTTPException) as reason:
        raise BadRequest(f"The download broke off: {reason}.") from reason


def announced(response: http.client.HTTPResponse) -> int | None:
    """Return the size in bytes that the other side announces, if it does."""
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isdecimal() else None
