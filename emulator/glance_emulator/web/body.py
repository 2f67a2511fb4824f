"""Bodies: JSON in, checked by a schema; JSON out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from flask import Response, request
from marshmallow import Schema, ValidationError

from glance_emulator.errors import BadRequest, TooLarge

LARGEST = 32 << 20
_encode = json.JSONEncoder(ensure_ascii=False).encode


@cache
def _schema(kind: type[Schema]) -> Schema:
    return kind()


def document() -> Any:
    """Return the request's body as JSON; raise BadRequest when it is not, TooLarge when it would fill the memory."""
    if request.environ.get("HTTP_TRANSFER_ENCODING", "chunked").lower() != "chunked":
        raise BadRequest("The body of the request may come in chunks, but not otherwise encoded.")
    body = request.stream.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise TooLarge(f"A JSON body may have {LARGEST} bytes.")
    if len(body) < (request.content_length or 0):
        raise BadRequest("The body of the request broke off.")
    try:
        found = json.loads(body.decode())
        if b"\\ud" in body.lower():
            _encode(found).encode()  # half of a surrogate pair is no character: it can neither be kept nor sent
    except (ValueError, RecursionError):
        raise BadRequest("The body of the request is not JSON, or has half of a character in it.") from None
    return found


def refuse_nonsense() -> None:
    """Raise BadRequest for a body that is neither a JSON object nor a list."""
    if not isinstance(document(), dict | list):
        raise BadRequest("The body of the request is neither an object nor a list.")


def load(kind: type[Schema]) -> dict[str, Any]:
    """Return the request's JSON body as `kind` understands it; raise BadRequest with every fault that it finds."""
    return check(kind, document())


def check(kind: type[Schema], body: Any) -> dict[str, Any]:
    """Return a JSON body as `kind` understands it; raise BadRequest with every fault that it finds."""
    try:
        loaded: dict[str, Any] = _schema(kind).load(body)
    except ValidationError as fault:
        raise BadRequest(f"The body of the request is not valid: {faults(fault.messages_dict)}") from None
    return loaded


def faults(messages: Mapping[str, Any], path: str = "") -> str:
    """Return what marshmallow finds wrong as text: each place, and what it is about it."""
    found = []
    for key, value in messages.items():
        name = "body" if key == "_schema" else str(key)
        place = f"{path}.{name}" if path else name
        inner = value if isinstance(value, Mapping) else None
        found.append(faults(inner, place) if inner else f"{place}: {' '.join(map(str, value))}")
    return "; ".join(found)


def show(kind: type[Schema], thing: object, status: int = 200) -> Response:
    """Return `thing` as JSON in the shape of `kind`."""
    return answer(dump(kind, thing), status)


def dump(kind: type[Schema], thing: object) -> Any:
    """Return `thing` as a document in the shape of `kind`."""
    return _schema(kind).dump(thing)


def answer(document: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a JSON document."""
    response = Response(_encode(document), status, content_type="application/json")
    if headers:
        response.headers.update(headers)
    return response


def empty(content_type: str | None = "text/html; charset=UTF-8") -> Response:
    """Return an answer without a body; the real service gives most of them a media type all the same."""
    response = Response(status=204, content_type=content_type)
    if content_type is None:
        del response.headers["Content-Type"]
    return response
