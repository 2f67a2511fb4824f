"""/openapi.json: the document that describes what is served here."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, request

import glance_schemas

blueprint = Blueprint("openapi", __name__)


@cache
def _document(name: str) -> tuple[bytes, str]:
    """Return the document and its digest; it is not read before somebody asks for it."""
    content = Path(glance_schemas.__file__).with_name(name).read_bytes()
    return content, hashlib.sha256(content).hexdigest()


@blueprint.get("/openapi.json")
def show() -> Response:
    """Show the document, unless the client has it."""
    return described("openapi.json")


def described(name: str) -> Response:
    """Return the document in this file of the schemas, unless the client has it."""
    content, digest = _document(name)
    response = Response(content, content_type="application/json")
    response.set_etag(digest)
    response.make_conditional(request)
    return response
