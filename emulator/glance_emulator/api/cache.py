"""/v2/cache: what is cached and queued; images into the cache and out of it; clean and prune; nodes."""

from __future__ import annotations

from typing import NoReturn

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import MethodNotAllowed

from glance_emulator.domain import blobs, cache
from glance_emulator.web.body import answer, empty, show
from glance_emulator.web.caller import base_url
from glance_emulator.web.routing import ANY
from glance_emulator.web.transaction import reader, reading, transaction, world
from glance_schemas.cache import CacheContents, Pruned

blueprint = Blueprint("cache", __name__, url_prefix="/v2/cache")


@blueprint.get("")
def index() -> Response:
    """Show what is cached and what is queued."""
    with reading() as session:
        return show(CacheContents, cache.contents(session, g.caller, world().cache))


@blueprint.delete("")
def clear() -> Response:
    """Empty the cache, the queue, or both."""
    target = request.headers.get("x-image-cache-clear-target", "")
    with transaction() as session:
        garbage = cache.clear(session, g.caller, world().cache, target)
    return _removed(garbage)


@blueprint.put("/<image_id>")
def update(image_id: str) -> Response:
    """Queue an image."""
    with transaction() as session:
        cache.order(session, g.caller, world().cache, image_id, world().clock())
    world().runner.wake()
    return _done(202)


@blueprint.delete("/<image_id>")
def delete(image_id: str) -> Response:
    """Take an image out of the cache, or out of the queue."""
    with transaction() as session:
        garbage = cache.remove(session, g.caller, world().cache, image_id)
    return _removed(garbage)


@blueprint.get("/nodes/<image_id>")
def nodes(image_id: str) -> Response:
    """Show which services have an image cached: this one, or none."""
    with reader() as rows:
        held = cache.holds(rows, g.caller, world().cache, image_id)
    return answer([base_url()] if held else [])


@blueprint.post("/clean")
def clean() -> Response:
    """Remove what does not belong together."""
    with transaction() as session:
        garbage = cache.clean(session, g.caller, world().cache)
    blobs.remove(world().places, garbage)
    return _done(200)


@blueprint.post("/prune")
def prune() -> Response:
    """Make room."""
    with transaction() as session:
        pruned = cache.prune(session, g.caller, world().cache, world().features.cache_size)
    blobs.remove(world().places, pruned.garbage)
    return show(Pruned, pruned)


@blueprint.route("/clean", methods=[ANY])
@blueprint.route("/prune", methods=[ANY])
def reject() -> NoReturn:
    """Refuse other methods: these are no ids of images."""
    raise MethodNotAllowed(["POST"])


def _removed(garbage: list[blobs.Garbage]) -> Response:
    blobs.remove(world().places, garbage)
    return empty()


def _done(status: int) -> Response:
    response = empty()
    response.status_code = status
    return response
