"""What is set to go wrong, done to requests and answers."""

from __future__ import annotations

import errno
import socket
import struct
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, Response, g, request
from werkzeug.wsgi import ClosingIterator

from glance_emulator.caller import Caller
from glance_emulator.domain import faults, journal
from glance_emulator.domain.controls import FAULTS
from glance_emulator.domain.faults import Asked, Rule
from glance_emulator.domain.worlds import World
from glance_emulator.errors import Unauthorized
from glance_emulator.stopping import STOPPING
from glance_emulator.web import journal as records
from glance_emulator.web.caller import challenge, establish
from glance_emulator.web.errors import render
from glance_emulator.web.transaction import world

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

BODYLESS = (204, 304)
NOW = struct.pack("ii", 1, 0)
"""As SO_LINGER has it: whatever was not sent is thrown away, and the peer is told so."""
UNANSWERED = 444
"""The status that the journal shows of a request to which nothing was done, and nothing said."""
SLICE = 0.2
"""Seconds after which who waits looks whether that is wanted still."""
UNTOUCHED = ("/_emulator", "/metrics", "/healthcheck")


def register(app: Flask) -> None:
    """Ask the rules about every request, if there are any; to be called before others answer."""
    app.before_request(_before)
    app.after_request(_after)


def _before() -> Response | None:
    if world().controls.read(FAULTS) is None or request.path.startswith(UNTOUCHED):
        return None
    g.faults = faults.of_request(world(), _asked())
    if g.faults:
        told = [faults.seconds(world(), rule) for rule in g.faults]
        waits = [_wait(world(), rule, seconds) for rule, seconds in zip(g.faults, told, strict=True)]
        records.note_faults(
            {rule["id"]: faults.words(rule["effect"], wait) for rule, wait in zip(g.faults, waits, strict=True)}
        )
    for rule in g.faults:
        if (response := _instead(rule["effect"])) is not None:
            return response
    return None


def _wait(here: World, rule: Rule, seconds: float) -> float:
    """Let so many seconds pass, unless the rule is taken away or the server stops; return how many have passed."""
    began = time.monotonic()
    while (left := began + seconds - time.monotonic()) > 0 and faults.is_set(here, rule):
        if STOPPING.wait(min(left, SLICE)):
            break
    return min(seconds, time.monotonic() - began)


def _instead(effect: Mapping[str, Any]) -> Response | None:
    """Return what is answered instead of carrying the request out, if it is not."""
    if effect.get("expired_token"):
        raise Unauthorized("The token is not valid any more: so a fault wants it.", challenge())
    if "status" in effect:
        headers = {"Retry-After": str(effect["retry_after"])} if "retry_after" in effect else {}
        return render(effect["status"], effect.get("message", "So a fault wants it."), headers)
    return Response(status=UNANSWERED) if effect.get("reset") == "before" else None


def _asked() -> Asked:
    service = journal.service(request.path)
    operation = journal.public(request.endpoint)
    project_id = None if service == faults.OWN else _project()  # who sits at the panel, a cookie says
    return Asked(service, operation, request.method, request.path, project_id)


def _project() -> str | None:
    """Return the project that calls, also where it is not established yet, or nobody asks."""
    try:
        if "caller" not in g:
            establish()
        caller: Caller = g.caller
    except Unauthorized:
        return None
    return caller.project_id


def _after(response: Response) -> Response:
    for rule in g.get("faults", ()):
        effect = rule["effect"]
        if effect.get("reset"):
            return _replace(response, partial(_broken, connection=request.environ.get("gunicorn.socket")))
        if effect.get("corrupt"):
            _replace(response, _corrupted)
        if "truncate" in effect:
            _replace(response, partial(_truncated, left=effect["truncate"]))
        if told := effect.get("trickle"):
            pause = partial(_wait, world(), rule, told["delay"])
            _replace(response, partial(_trickling, size=told["bytes"], pause=pause))
    return response


class _Replaced(Response):
    """An answer whose body is asked for even where there is to be none, as it may break off."""

    def get_app_iter(self, environ: WSGIEnvironment) -> Iterable[bytes]:
        """Return the body as it is."""
        body: Any = self.response
        return cast(Iterable[bytes], body)


def _replace(response: Response, change: Callable[[Iterable[bytes]], Iterator[bytes]]) -> Response:
    """Let the body be another, of which the headers do not know."""
    before: Any = response.response
    pieces = response.iter_encoded() if not response.direct_passthrough else before
    close = getattr(before, "close", lambda: None)
    if request.method == "HEAD" or response.status_code in BODYLESS:
        pieces = ()
    elif response.content_length is None and response.is_sequence:
        response.content_length = sum(map(len, before))
    response.response = ClosingIterator(change(pieces), close)
    response.direct_passthrough = True
    _Replaced.force_type(response)
    return response


def _corrupted(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the body with its first byte another."""
    first = True
    for piece in pieces:
        yield bytes([piece[0] ^ 0xFF]) + piece[1:] if first and piece else piece
        first = first and not piece


def _truncated(pieces: Iterable[bytes], left: int) -> Iterator[bytes]:
    for piece in pieces:
        if len(piece) > left:
            yield piece[:left]  # even if it is empty: the headers go with it
            break
        left -= len(piece)
        yield piece
    raise ConnectionResetError(errno.ECONNRESET, "a fault wants it")  # the server then closes the connection


def _trickling(pieces: Iterable[bytes], size: int, pause: Callable[[], object]) -> Iterator[bytes]:
    waiting = bytearray()
    for piece in chain(pieces, [None]):
        waiting += piece or b""
        while len(waiting) >= size or (piece is None and waiting):
            pause()
            yield bytes(waiting[:size])
            del waiting[:size]


def _broken(pieces: Iterable[bytes], connection: socket.socket | None) -> Iterator[bytes]:
    """Reset the connection instead of an answer."""
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NOW)
    raise ConnectionResetError(errno.ECONNRESET, "a fault wants it")
    yield b""
