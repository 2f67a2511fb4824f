"""/v2/schemas/…: the documents that describe what the Images API shows; clients fetch them first."""

from __future__ import annotations

import json

from flask import Blueprint, Response

from glance_schemas.documents import DOCUMENTS

blueprint = Blueprint("schemas", __name__, url_prefix="/v2/schemas")

_ENCODED = {name: json.dumps(document).encode() for name, document in DOCUMENTS.items()}


def show(name: str) -> Response:
    """Show the document; whoever may call at all may read it."""
    return Response(_ENCODED[name], content_type="application/json")


# A route for each, so that other paths and methods are refused as they are everywhere.
for document_name in DOCUMENTS:
    blueprint.add_url_rule(f"/{document_name}", view_func=show, defaults={"name": document_name})
