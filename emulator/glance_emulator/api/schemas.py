"""/v2/schemas/…: the documents that describe what the Images API shows; clients fetch them first."""

from __future__ import annotations

import json
from functools import cache

from flask import Blueprint, Response

from glance_emulator.web.transaction import world
from glance_schemas.documents import DOCUMENTS

blueprint = Blueprint("schemas", __name__, url_prefix="/v2/schemas")

_ENCODED = {name: json.dumps(document).encode() for name, document in DOCUMENTS.items()}


def show(name: str) -> Response:
    """Show the document; whoever may call at all may read it."""
    lacks = world().lacks
    return Response(_older(name, lacks) if lacks else _ENCODED[name], content_type="application/json")


@cache
def _older(name: str, lacks: frozenset[str]) -> bytes:
    from glance_schemas.documents import older  # late, as most worlds serve the latest release

    return json.dumps(older.document(name, lacks)).encode()


# A route for each, so that other paths and methods are refused as they are everywhere.
for document_name in DOCUMENTS:
    blueprint.add_url_rule(f"/{document_name}", view_func=show, defaults={"name": document_name})
