"""One line on stderr for each request: `time method path status ms bytes request-id`, or the same as a JSON object."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

REQUEST_ID = "x-openstack-request-id"
STDERR = 2


class Response(Protocol):
    """What gunicorn knows of an answer."""

    status: str
    headers: list[tuple[str, str]]
    sent: int
    response_length: int | None


def _entry(response: Response, environ: Mapping[str, Any], duration: timedelta) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in response.headers}
    # What the kernel sends from a file, gunicorn does not count.
    size = response.sent or (environ["REQUEST_METHOD"] != "HEAD" and response.response_length) or 0
    return {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "method": environ["REQUEST_METHOD"],
        "path": environ["RAW_URI"],
        "status": int(str(response.status).split(" ", 1)[0]),
        "ms": round(duration / timedelta(milliseconds=1), 1),
        "bytes": size,
        "request_id": headers.get(REQUEST_ID, "-"),
    }


def _text(response: Response, request: object, environ: Mapping[str, Any], duration: timedelta) -> None:
    _write(" ".join(map(str, _entry(response, environ, duration).values())))


def _json(response: Response, request: object, environ: Mapping[str, Any], duration: timedelta) -> None:
    _write(json.dumps(_entry(response, environ, duration)))


def _write(line: str) -> None:
    # In one piece, so that the lines of several threads and processes stay whole; nobody may be reading.
    with suppress(OSError):
        os.write(STDERR, line.encode(errors="replace") + b"\n")


FORMATS: Mapping[str, Callable[..., None]] = {"text": _text, "json": _json}
