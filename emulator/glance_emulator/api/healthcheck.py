"""/healthcheck: whether the emulator is ready."""

from __future__ import annotations

from flask import Blueprint, Response, request

from glance_emulator.web.accept import best
from glance_emulator.web.routing import ANY

blueprint = Blueprint("healthcheck", __name__)

_ANSWERS = {
    "text/plain": ("", "text/plain; charset=UTF-8"),
    "text/html": ("<html>\n <head>\n  <title>Ready</title>\n </head>\n</html>", "text/html; charset=UTF-8"),
    "application/json": ('{\n    "detailed": false,\n    "reasons": []\n}', "application/json"),
}


@blueprint.route("/healthcheck", methods=[ANY])
def show() -> Response:
    """Say that all is well; any method will do."""
    if request.method == "HEAD":
        nothing = Response(status=204)
        del nothing.headers["Content-Type"]
        return nothing
    body, content_type = _ANSWERS[best(request.headers.get("Accept", ""), tuple(_ANSWERS), "text/plain")]
    return Response(body, content_type=content_type)
