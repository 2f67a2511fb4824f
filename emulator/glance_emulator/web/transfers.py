"""An image's data on their way between a request and the stores, up and down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from flask import Response, g, request
from sqlalchemy.orm import Session

from glance_emulator.domain import cache, data, transfer
from glance_emulator.errors import BadRequest
from glance_emulator.storage import Incoming
from glance_emulator.web import ranges, streams
from glance_emulator.web.body import empty
from glance_emulator.web.transaction import reader, transaction, world


def take(image_id: str, store: str, pieces: Iterable[bytes], size: int | None, declared: int | None = None) -> None:
    """Give the image the data that come in `pieces`; leave it waiting for data when that fails.

    `size` is how many bytes there will be, if that is known; `declared`, how many the client promises. Raises what
    `data.begin`, `transfer.receive` and `data.finish` raise.
    """
    with transaction() as session:
        inspector = data.begin(session, g.caller, image_id, size)
        # Before the commit: should this process die, what it was receiving tells which image waits in vain.
        incoming = world().stores[store].receive(image_id)
    with arriving(incoming, image_id, data.abandon):
        received = transfer.receive(incoming, pieces, inspector, declared)
        with transaction() as session:
            data.finish(session, image_id, store, received, world().clock())


@contextmanager
def arriving(incoming: Incoming, image_id: str, abandon: Callable[[Session, str], None]) -> Iterator[None]:
    """Take an image's data in the block: `abandon` is called where that fails, and what is not kept is dropped."""
    try:
        yield
    except BaseException:
        with transaction() as session:
            abandon(session, image_id)
        raise
    finally:
        incoming.drop()


def give(image_id: str) -> Response:
    """Return the image's data as an answer, or the part of them that the request asks for."""
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
