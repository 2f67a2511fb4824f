"""How Identity's documents look: wrapped in the name of what they are, with links to themselves."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from flask import Blueprint, Response, request
from marshmallow import Schema

from glance_emulator.web.body import answer
from glance_emulator.web.caller import base_url, establish

PREFIX = "/identity/v3"


def blueprint_of(name: str, path: str = "") -> Blueprint:
    """Return the blueprint of a resource; whoever calls it needs a token."""
    made = Blueprint(f"identity_{name}", __name__, url_prefix=f"{PREFIX}{path}")
    made.before_request(establish)
    return made


def absolute(path: str) -> str:
    """Return the URL of a path of Identity v3."""
    return f"{base_url()}{PREFIX}{path}"


@cache
def _schema(kind: type[Schema]) -> Schema:
    return kind()


def shown(kind: type[Schema], row: object, **more: Any) -> dict[str, Any]:
    """Return a resource as a document, with `more` keys and its links."""
    document: dict[str, Any] = _schema(kind).dump(row) | more
    return document | links_to(kind, document["id"])


def links_to(kind: type[Schema], id_: str) -> dict[str, Any]:
    """Return the links of a resource."""
    return {"links": {"self": absolute(f"/{kind.plural}/{id_}")}}  # type: ignore[attr-defined]


def beyond(extra: dict[str, Any]) -> dict[str, Any]:
    """Return what a resource keeps without knowing it; the real service repeats it when it answers a change."""
    return {name: value for name, value in extra.items() if name not in ("tags", "options")}


def one(kind: type[Schema], row: object, status: int = 200, **more: Any) -> Response:
    """Answer with one resource."""
    return answer({kind.singular: shown(kind, row, **more)}, status)  # type: ignore[attr-defined]


def many(kind: type[Schema], rows: Iterable[object]) -> Response:
    """Answer with resources."""
    return collection(kind.plural, [shown(kind, row) for row in rows])  # type: ignore[attr-defined]


def collection(name: str, documents: list[dict[str, Any]]) -> Response:
    """Answer with a collection; it is never cut, so it has no other pages."""
    query = request.query_string.decode("utf-8", "replace")
    here = f"{base_url()}{request.path}" + (f"?{query}" if query else "")
    return answer({name: documents, "links": {"next": None, "self": here, "previous": None}})


def nothing() -> Response:
    """Answer that it is done."""
    return Response(status=204)
