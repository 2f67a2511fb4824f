"""/v2/info/import, /v2/info/stores and /v2/info/stores/detail: what there is; /v2/stores/{store}/{image}."""

from __future__ import annotations

from flask import Blueprint, Response, g

from glance_emulator.domain import blobs, stores
from glance_emulator.web.body import empty, show
from glance_emulator.web.transaction import transaction, world
from glance_schemas.stores import ImportMethods, Stores, StoresDetail

blueprint = Blueprint("stores", __name__, url_prefix="/v2")


@blueprint.get("/info/import")
def import_methods() -> Response:
    """List the methods of import."""
    return show(ImportMethods, {"import_methods": {"value": world().features.import_methods}})


@blueprint.get("/info/stores")
def index() -> Response:
    """List the stores."""
    return show(Stores, {"stores": stores.index(world().stores)})


@blueprint.get("/info/stores/detail")
def detail() -> Response:
    """List the stores with what they are made of."""
    return show(StoresDetail, {"stores": stores.detail(g.caller, world().stores)})


@blueprint.delete("/stores/<store>/<image_id>")
def delete(store: str, image_id: str) -> Response:
    """Take the image's data out of one store."""
    with transaction() as session:
        garbage = stores.remove(session, g.caller, world().stores, store, image_id, world().clock())
    blobs.remove(world().stores, garbage)
    return empty()
