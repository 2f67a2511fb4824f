"""/ and /versions: which versions of the Images API there are; /v2: the way to its root."""

from __future__ import annotations

import json

from flask import Blueprint, Response

from glance_emulator.web.caller import base_url
from glance_emulator.web.routing import ANY, CURRENT, VERSIONS

blueprint = Blueprint("versions", __name__)

_HREF = '"HREF"'
_DOCUMENT = json.dumps(
    {
        "versions": [
            {
                "id": version,
                "status": "CURRENT" if version == CURRENT else "SUPPORTED",
                "links": [{"rel": "self", "href": "HREF"}],
            }
            for version in VERSIONS
        ]
    }
)


@blueprint.route("/", methods=[ANY], defaults={"status": 300})
@blueprint.route("/versions", methods=[ANY], defaults={"status": 200})
def index(status: int) -> Response:
    """List the versions; 300 where a choice is to be made, which is also the answer to every unknown path."""
    document = _DOCUMENT.replace(_HREF, json.dumps(f"{base_url()}/v2/"))
    return Response(document, status, content_type="application/json")


@blueprint.route("/v2", methods=[ANY])
def redirect() -> Response:
    """Lead to the root of the Images API, where there is nothing."""
    return Response(status=302, headers={"Location": f"{base_url()}/v2/"}, content_type="text/plain; charset=utf8")
