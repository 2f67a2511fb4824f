"""/compute/v2.1/flavors: the sizes."""

from __future__ import annotations

from flask import Blueprint, Response, request

from glance_emulator.api.compute import documents
from glance_emulator.api.compute.queries import whole
from glance_emulator.domain import flavors
from glance_emulator.domain.flavors import Flavor
from glance_emulator.errors import BadRequest
from glance_emulator.web.body import answer

blueprint = Blueprint("flavors", __name__, url_prefix="/compute/v2.1/flavors")


@blueprint.get("")
def index() -> Response:
    """List the flavors."""
    return answer(
        {
            "flavors": [
                {"id": flavor.id, "name": flavor.name, "links": documents.links("flavors", flavor.id)}
                for flavor in _page()
            ]
        }
    )


@blueprint.get("/detail")
def detail() -> Response:
    """List the flavors with all that is to tell."""
    return answer({"flavors": [documents.flavor(flavor) for flavor in _page()]})


def _page() -> list[Flavor]:
    given = request.args
    found = sorted(flavors.FLAVORS.values(), key=lambda flavor: flavor.id)
    found = [flavor for flavor in found if flavor.ram >= (whole(given, "minRam") or 0)]
    found = [flavor for flavor in found if flavor.disk >= (whole(given, "minDisk") or 0)]
    if given.get("is_public", "").lower() in ("false", "0", "no", "f", "off"):
        found = []
    if (marker := given.get("marker")) is not None:
        if marker not in flavors.FLAVORS:
            raise BadRequest(f"There is no flavor {marker} to begin after.")
        found = [flavor for flavor in found if flavor.id > marker]
    limit = whole(given, "limit")
    return found if limit is None else found[:limit]


@blueprint.get("/<flavor_id>")
def show(flavor_id: str) -> Response:
    """Show a flavor."""
    return answer({"flavor": documents.flavor(flavors.get(flavor_id))})


@blueprint.get("/<flavor_id>/os-extra_specs")
def extra_specs(flavor_id: str) -> Response:
    """Show what a flavor wants besides its size: nothing."""
    flavors.get(flavor_id)
    return answer({"extra_specs": {}})
