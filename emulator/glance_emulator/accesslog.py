"""One line on stderr for each request: `time method path status ms bytes request-id`, or the same as a JSON object."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from typing import Any, Protocol

REQUEST_ID = "x-openstack-request-id"
STDERR = 2


class Response(Protocol):
    """What gunicorn knows of an answer."""

    status: str
    headers: list[tuple[str, str]]
    sent: int
    response_length: int | None


Entry = tuple[str, str, str, int, float, int, str]
Writer = Callable[[Entry, Mapping[str, Any]], None]
"""Writes an answered request down somewhere; the second is the request's environ."""
KEYS = ("time", "method", "path", "status", "ms", "bytes", "request_id")


def _entry(response: Response, environ: Mapping[str, Any], duration: timedelta) -> Entry:
    method = environ["REQUEST_METHOD"]
    # What the kernel sends from a file, gunicorn does not count.
    size = response.sent or (method != "HEAD" and response.response_length) or 0
    request_id = next((value for name, value in response.headers if name.lower() == REQUEST_ID), "-")
    status = int(str(response.status)[:3])
    return _now(), method, environ["RAW_URI"], status, round(duration.total_seconds() * 1000, 1), size, request_id


@lru_cache(maxsize=1)
def _second(moment: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment))


def _now() -> str:
    moment = time.time()
    return f"{_second(int(moment))}.{int(moment % 1 * 1000):03}Z"


def _text(entry: Entry, environ: object) -> None:
    _write(" ".join(map(str, entry)))


def _json(entry: Entry, environ: object) -> None:
    _write(json.dumps(dict(zip(KEYS, entry, strict=True))))


def _write(line: str) -> None:
    # In one piece, so that the lines of several threads and processes stay whole; nobody may be reading.
    with suppress(OSError):
        os.write(STDERR, line.encode(errors="replace") + b"\n")


def told(*writers: Writer) -> Callable[..., None]:
    """Return what is to be told of every answer, as gunicorn does it, for these to write down."""

    def answered(response: Response, request: object, environ: Mapping[str, Any], duration: timedelta) -> None:
        entry = _entry(response, environ, duration)
        for write in writers:
            write(entry, environ)

    return answered


FORMATS: Mapping[str, Writer] = {"text": _text, "json": _json}
