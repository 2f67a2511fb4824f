"""Where two answers to the same request differ: prose and moments apart, everything counts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import zip_longest
from typing import Any

from tests.differential.wire import Answer, Request

OF_THE_SERVER = {"connection", "date", "keep-alive", "server", "transfer-encoding"}
"""Headers that the HTTP server sets, not the service."""
DATA = "application/octet-stream"
REQUEST_ID = re.compile(r"req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|(\.\d{6})?)")
TOLERANCE = 10.0  # seconds between what the two did for one request: the machine may be busy
ABSENT = "(absent)"


def differences(request: Request, real: Answer, ours: Answer) -> list[str]:
    """Return a line for each difference."""
    return [
        f"{where}: real {shortened(expected)}, emulator {shortened(found)}"
        for where, expected, found in _differences(request, real, ours)
    ]


def shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]}… ({len(text)} characters)"


def _differences(request: Request, real: Answer, ours: Answer) -> Iterator[tuple[str, Any, Any]]:
    yield from _unequal("status", real.status, ours.status)
    expected, found = _headers(request, real), _headers(request, ours)
    for name in sorted({*expected, *found}):
        yield from _unequal(name, expected.get(name, ABSENT), found.get(name, ABSENT))
    yield from _unequal("body", _body(request, real), _body(request, ours))


def _headers(request: Request, answer: Answer) -> Mapping[str, str]:
    headers = {name: value for name, value in answer.headers.items() if name not in OF_THE_SERVER}
    if answer.media_type != DATA and answer.status != 204:
        headers.pop("content-length", None)  # prose has any length
    request_id = headers.get("x-openstack-request-id", "")
    if REQUEST_ID.fullmatch(request_id) and request_id != request.headers.get("X-Openstack-Request-Id"):
        headers["x-openstack-request-id"] = "one of its own"
    if stores := headers.get("openstack-image-store-ids"):
        # The real service adds its reserved stores after a while.
        headers["openstack-image-store-ids"] = ",".join(s for s in stores.split(",") if not s.startswith("os_glance"))
    return headers


def _body(request: Request, answer: Answer) -> Any:
    if answer.media_type == "application/json" and answer.body:
        wordless = answer.status >= 400 or "/schemas/" in request.path or request.path.startswith("/v2/info")
        return _document(json.loads(answer.body), _PROSE if wordless else _own(request.path))
    text = answer.body.decode("utf-8", "replace")
    if answer.media_type == "text/html":
        # A page that is no error, that of /healthcheck, is prose alone.
        return re.findall(r"<title>.*</title>|<h1>.*</h1>", text) if answer.status >= 300 else "its own"
    if answer.media_type == "text/plain":
        return text.partition("\n")[0]
    return answer.body


def _own(path: str) -> tuple[str, ...]:
    return ("url",) if path.endswith("/locations") else _NAMES if "/tasks" in path else ()


_PROSE = ("message", "description", "data_dir")
_NAMES = ("message", "id", "self", "request_id")
"""What each service has its own of: in errors, schemas and information, and in tasks; where data are, besides."""


def _document(value: Any, own: tuple[str, ...]) -> Any:
    """Return JSON without what may differ: the order of tags, and what each service has its own of."""
    if isinstance(value, list):
        return [_document(item, own) for item in value]
    if not isinstance(value, dict):
        return value
    shown = {name: _document(item, own) for name, item in value.items()}
    for name in own:
        if isinstance(shown.get(name), str):
            shown[name] = "its own" if shown[name] else ""
    tags = shown.get("tags")
    if isinstance(tags, list) and all(isinstance(tag, str) for tag in tags):
        shown["tags"] = sorted(tags)
    return shown


def _unequal(where: str, real: Any, ours: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield the innermost places where two values differ."""
    if isinstance(real, dict) and isinstance(ours, dict):
        for key in sorted({*real, *ours}):
            yield from _unequal(f"{where}.{key}", real.get(key, ABSENT), ours.get(key, ABSENT))
    elif isinstance(real, list) and isinstance(ours, list):
        for position, (expected, found) in enumerate(zip_longest(real, ours, fillvalue=ABSENT)):
            yield from _unequal(f"{where}[{position}]", expected, found)
    elif not (type(real) is type(ours) and real == ours) and not _same_number(real, ours) and not _close(real, ours):
        yield where, real, ours


def _same_number(real: Any, ours: Any) -> bool:
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (real, ours))
    return numbers and real == ours


def _close(real: Any, ours: Any) -> bool:
    if not (isinstance(real, str) and isinstance(ours, str) and TIME.fullmatch(real) and TIME.fullmatch(ours)):
        return False
    if real[-1] != ours[-1] and "Z" in (real[-1], ours[-1]):
        return False
    return abs((datetime.fromisoformat(real) - datetime.fromisoformat(ours)).total_seconds()) <= TOLERANCE
