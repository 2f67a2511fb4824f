"""/ and /versions: which versions of the Images API there are; /v2: the way to its root."""

from __future__ import annotations

import json
from collections.abc import Collection

from flask import Blueprint, Response

from glance_emulator.web.caller import base_url
from glance_emulator.web.routing import ANY, CACHING, PLAIN
from glance_emulator.web.transaction import world

blueprint = Blueprint("versions", __name__)

_HREF = '"HREF"'


def _with_current(versions: Collection[str]) -> list[tuple[str, str]]:
    current = max(versions, key=lambda version: int(version.partition(".")[2]))
    return [(version, "CURRENT" if version == current else "SUPPORTED") for version in versions]


def _document(versions: Collection[tuple[str, str]]) -> str:
    return json.dumps(
        {
            "versions": [
                {"id": version, "status": status, "links": [{"rel": "self", "href": "HREF"}]}
                for version, status in versions
            ]
        }
    )


_PLAIN, _CACHING = _document(_with_current(PLAIN)), _document(_with_current(CACHING))


@blueprint.route("/", methods=[ANY], defaults={"status": 300})
@blueprint.route("/versions", methods=[ANY], defaults={"status": 200})
def index(status: int) -> Response:
    """List the versions; 300 where a choice is to be made, which is also the answer to every unknown path."""
    here = world()
    if here.release is not None:
        document = _document(here.release.versions(here.cache is not None))
    else:
        document = _PLAIN if here.cache is None else _CACHING
    document = document.replace(_HREF, json.dumps(f"{base_url()}/v2/"))
    return Response(document, status, content_type="application/json")


@blueprint.route("/v2", methods=[ANY])
def redirect() -> Response:
    """Lead to the root of the Images API, where there is nothing."""
    return Response(status=302, headers={"Location": f"{base_url()}/v2/"}, content_type="text/plain; charset=utf8")
