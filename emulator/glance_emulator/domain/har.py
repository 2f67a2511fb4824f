"""The journal as an HTTP archive (HAR 1.2), which browsers and proxies show; bodies and headers are not remembered."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote

from glance_emulator import __version__
from glance_emulator.domain import explain
from glance_emulator.domain.journal import Entry

UNKNOWN = -1
"""What the format writes for a size that is not known."""
PLAIN = "/!$&'()*+,;=:@~"
"""What stands for itself in a path."""


def document(entries: Iterable[Entry], url: str) -> dict[str, Any]:
    """Return the archive of entries, oldest first, of the service at `url`."""
    creator = {"name": "glance-emulator", "version": __version__}
    return {"log": {"version": "1.2", "creator": creator, "entries": [_entry(one, url) for one in entries]}}


def _entry(entry: Entry, url: str) -> dict[str, Any]:
    address = url + quote(entry.path, safe=PLAIN) + (f"?{entry.query}" if entry.query else "")
    why = explain.words(entry.facts) if entry.facts else entry.message
    return {
        "startedDateTime": entry.time,
        "time": entry.milliseconds,
        "request": {
            "method": entry.method,
            "url": address,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [],
            "queryString": [{"name": name, "value": value} for name, value in pairs(entry.query)],
            "headersSize": UNKNOWN,
            "bodySize": entry.received,
        },
        "response": {
            "status": entry.status,
            "statusText": _phrase(entry.status),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [{"name": "x-openstack-request-id", "value": entry.request_id}],
            "content": {"size": entry.sent, "mimeType": ""},
            "redirectURL": "",
            "headersSize": UNKNOWN,
            "bodySize": entry.sent,
        },
        "cache": {},
        "timings": {"send": 0, "wait": entry.milliseconds, "receive": 0},
        "comment": why or "",
    }


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def pairs(query: str) -> list[tuple[str, str]]:
    """Return the parameters of a query, decoded."""
    return parse_qsl(query, keep_blank_values=True)
