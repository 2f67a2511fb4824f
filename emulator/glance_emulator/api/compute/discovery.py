"""/compute and /compute/v2.1: which version there is, with which microversions."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from glance_emulator.web.body import answer
from glance_emulator.web.caller import base_url
from glance_emulator.web.microversions import MAXIMUM, MINIMUM

blueprint = Blueprint("compute_discovery", __name__, url_prefix="/compute")


def _version(**more: Any) -> dict[str, Any]:
    return {
        "id": "v2.1",
        "status": "CURRENT",
        "version": f"2.{MAXIMUM}",
        "min_version": f"2.{MINIMUM}",
        "updated": "2013-07-23T11:33:21Z",
        "links": [{"rel": "self", "href": f"{base_url()}/compute/v2.1/"}],
        **more,
    }


@blueprint.get("", strict_slashes=False)
def index() -> Response:
    """List the one version."""
    return answer({"versions": [_version()]})


@blueprint.get("/v2.1", strict_slashes=False)
def show() -> Response:
    """Show the version."""
    types = [{"base": "application/json", "type": "application/vnd.openstack.compute+json;version=2.1"}]
    return answer({"version": _version(**{"media-types": types})})
