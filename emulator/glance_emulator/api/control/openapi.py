"""/_emulator/openapi.json: the document that describes this API."""

from __future__ import annotations

from flask import Blueprint, Response

from glance_emulator.api.openapi import described

blueprint = Blueprint("control_openapi", __name__, url_prefix="/_emulator")


@blueprint.get("/openapi.json")
def show() -> Response:
    """Show the document, unless the client has it."""
    return described("control-openapi.json")
