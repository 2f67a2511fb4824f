"""/v2/images/{id}/file: an image's data, up and down."""

from __future__ import annotations

from typing import Any, BinaryIO

from flask import Blueprint, Response, g, request

from glance_emulator.domain import cache, data, transfer
from glance_emulator.errors import BadRequest
from glance_emulator.web import ranges, streams
from glance_emulator.web.body import empty
from glance_emulator.web.transaction import reader, transaction, world

blueprint = Blueprint("data", __name__, url_prefix="/v2/images/<image_id>/file")


@blueprint.put("")
def update(image_id: str) -> Response:
    """Take the image's data as they come."""
    streams.check_media_type()
    declared, store = streams.declared_size(), _store()
    with transaction() as session:
        inspector = data.begin(session, g.caller, image_id, declared or request.content_length)
        # Before the commit: should this process die, what it was receiving tells which image waits in vain.
        incoming = world().stores[store].receive(image_id)
    try:
        received = transfer.receive(incoming, streams.body(), inspector, declared)
        with transaction() as session:
            data.finish(session, image_id, store, received, world().clock())
    except BaseException:
        with transaction() as session:
            data.abandon(session, image_id)
        raise
    finally:
        incoming.drop()
    return empty()


def _store() -> str:
    stores = world().stores
    name = request.headers.get("x-image-meta-store", next(iter(stores)))
    if name not in stores:
        raise BadRequest(f"There is no store {name!r}; there are {', '.join(stores)}.")
    return name


@blueprint.get("")
def show(image_id: str) -> Response:
    """Send the image's data, or a part of them."""
    with reader() as rows:
        image = data.find(rows, g.caller, image_id)
    span = ranges.asked(request.headers, image.size)
    if not image.locations or image.size is None:
        return empty(None)
    store = world().cache
    cached = None if store is None else cache.opened(world(), store, image, whole=span is None)
    try:
        file = cached or data.open_blob(world().stores, image)
    except FileNotFoundError:
        return empty(None)  # so the real service answers as well
    if store is None or cached or span:
        return _send(file, image, span)
    return _described(streams.relay(cache.filling(world(), store, image, file)), image)


def _send(file: BinaryIO, image: Any, span: ranges.Span | None) -> Response:
    if span and not file.seekable():
        file.close()
        raise BadRequest("The data are on the web, and can be had from the beginning only.")
    response = streams.send(file, span or ranges.Span(0, image.size), 206 if span else 200)
    if span:
        response.headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{image.size}"
    return _described(response, image)


def _described(response: Response, image: Any) -> Response:
    if image.checksum:
        response.headers["Content-MD5"] = image.checksum
    return response
