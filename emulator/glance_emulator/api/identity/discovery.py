"""/identity and /identity/v3: which versions there are."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from glance_emulator.api.identity.documents import absolute
from glance_emulator.web.body import answer

blueprint = Blueprint("identity_discovery", __name__, url_prefix="/identity")


def _version() -> dict[str, Any]:
    return {
        "id": "v3.14",
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": absolute("/")}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}],
    }


@blueprint.get("", strict_slashes=False)
def index() -> Response:
    """List the versions."""
    return answer({"versions": {"values": [_version()]}}, 300, {"Location": absolute("/")})


@blueprint.get("/v3", strict_slashes=False)
def show() -> Response:
    """Show the one version."""
    return answer({"version": _version()})
