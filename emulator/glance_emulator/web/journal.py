"""The journal's lines, written as requests are answered; `domain.journal` reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

from flask import g, request

from glance_emulator.caller import Caller
from glance_emulator.domain import explain
from glance_emulator.domain.journal import service
from glance_emulator.errors import NotFound, Refusal
from glance_emulator.storage.ring import LONGEST, Ring
from glance_emulator.web.caller import CALLER
from glance_emulator.web.places import BELOW, WORLD
from glance_emulator.web.transaction import reader, world

OPERATION = "glance_emulator.operation"
"""The key under which a request's environ says what was asked for; Flask itself forgets it too early."""
REFUSAL = "glance_emulator.refusal"
"""The key under which it says why the request was refused: words, and facts."""
UNTOLD = frozenset({"healthcheck.show", "metrics.show", "panel.static", "panel_activity.rows"})
"""Operations that nobody wants to read of: they would push out the others."""
LOOKS = frozenset({"GET", "HEAD"})
"""Methods by which nothing is changed; so used, the emulator's own API is nothing to read of either."""
SHORTER = (300, 80, 20)
"""Bytes to which texts are cut where the line would be too long."""

_NAMES = (
    r"(?:[\w.-]*[_.-])?(?:token|password|passwd|passphrase|secret)",
    r"(?:[\w.-]*[_.-])?(?:api|access|secret|private|account)[_-]?key",
    r"adminpass|apikey|auth|authorization|credentials?|key|pwd|sig|signature|temp_url_sig",
    r"x-(?:amz|goog)-(?:credential|signature)",
)
"""Parameters that are secrets, whole names: `sort_key` and `img_signature` are what a list was asked for."""
_SECRET = re.compile(
    rf"([?&](?:{'|'.join(_NAMES)})=)[^&\s]+|((?::|%3A)(?://|%2F%2F))(?:(?!%2F|%3F|%23)[^/?#&\s])+(?=@|%40)",
    re.IGNORECASE,
)
_AUTHORITY = re.compile(r"^[a-z][a-z0-9+.-]*://[^/?]*", re.IGNORECASE)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

Answered = tuple[str, str, str, int, float, int, str]
"""As the access log has it: time, method, path with query, status, ms, bytes, request id."""


def keep(answered: Answered, environ: Mapping[str, Any]) -> None:
    """Write an answered request into the journal of the world that it spoke to, if that keeps one."""
    operation = environ.get(OPERATION)
    if operation in UNTOLD or WORLD not in environ or _looks_on(answered, environ):
        return
    ring: Ring | None = environ[WORLD].journal
    if ring is not None:
        # A journal that cannot be written is no reason to fail: the answer has gone out already.
        with suppress(OSError):
            ring.append(_line(answered, environ, operation))


def _looks_on(answered: Answered, environ: Mapping[str, Any]) -> bool:
    return answered[1] in LOOKS and service(_path(answered[2], environ).partition("?")[0]) == "emulator"


def _path(target: str, environ: Mapping[str, Any]) -> str:
    """Return the path within the world, with the query, of what was asked for in any form that HTTP has."""
    path = _AUTHORITY.sub("", target, count=1).removeprefix(environ[BELOW])
    # The root may be asked for without the slash; and there are `OPTIONS *` and `CONNECT host:443`.
    return path if path.startswith("/") else f"/{path}"


def _line(answered: Answered, environ: Mapping[str, Any], operation: str | None) -> bytes:
    moment, method, target, *rest = answered
    path = _path(target, environ)
    caller: Caller | None = environ.get(CALLER)
    fields = [
        moment,
        method,
        without_secrets(path),
        *rest,
        environ.get("CONTENT_LENGTH") or "0",
        operation,
        *((caller.user_id, caller.project_id, _named(caller.roles)) if caller else (None, None, "")),
        *environ.get(REFUSAL, ()),
    ]
    line = _bytes(fields)
    for longest in SHORTER:
        if len(line) <= LONGEST:
            break
        line = _bytes(_cut(fields, longest))
    return line


def _bytes(fields: list[Any]) -> bytes:
    return _encode(fields).encode(errors="replace") + b"\n"


def _cut(value: Any, longest: int) -> Any:
    if isinstance(value, str):
        return value.encode(errors="replace")[:longest].decode(errors="ignore")
    if isinstance(value, list):
        return [_cut(one, longest) for one in value]
    return {name: _cut(one, longest) for name, one in value.items()} if isinstance(value, dict) else value


@lru_cache(maxsize=64)
def _named(roles: frozenset[str]) -> str:
    return ",".join(sorted(roles))


def without_secrets(text: str) -> str:
    """Return a URL, or a text with URLs in it, without what lets somebody in."""
    return _SECRET.sub(r"\1\2***", text)


def note_faults(did: Mapping[str, str]) -> None:
    """Remember which faults let this request go wrong, by id, and what each of them did."""
    words = "; ".join(f"the fault {fault_id} {text}" for fault_id, text in did.items())
    request.environ[REFUSAL] = (None, {"kind": "fault", "fault": next(iter(did)), "did": words})


def note(refusal: Refusal) -> None:
    """Remember why this request is refused; for an image that is not there for the caller, look up why not."""
    if world().journal is None or REFUSAL in request.environ:
        return
    facts = refusal.facts
    image_id = (request.view_args or {}).get("image_id")
    if isinstance(refusal, NotFound) and image_id and not facts and "caller" in g:
        with reader() as rows:
            found = explain.reading(rows, g.caller, image_id)
        facts = None if found["kind"] == "readable" else found
    request.environ[REFUSAL] = (without_secrets(refusal.message), facts)
