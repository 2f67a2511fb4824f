"""Bodies that are data: read as they arrive, sent without passing through Python."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from flask import Response, request
from werkzeug.wsgi import ClosingIterator, wrap_file

from glance_emulator.errors import BadRequest, UnsupportedMediaType
from glance_emulator.web.ranges import Span
from glance_emulator.web.transaction import world

MEDIA_TYPE = "application/octet-stream"
PIECE = 1 << 16
"""Bytes that are read from the connection at a time."""


def check_media_type() -> None:
    """Raise UnsupportedMediaType unless the request says that its body is data."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip() != MEDIA_TYPE:
        raise UnsupportedMediaType(f"Image data come as {MEDIA_TYPE}.")


def declared_size() -> int | None:
    """Return the size that the client announced, in bytes; 0 stands for unknown, as in the real service."""
    text = request.headers.get("x-openstack-image-size")
    if text is None or "size-header" in world().lacks:
        return None
    try:
        return int(text) or None
    except ValueError:
        raise BadRequest(f"x-openstack-image-size must be a number of bytes, not {text!r}.") from None


def body() -> Iterator[bytes]:
    """Yield the request's body piece by piece; raise BadRequest if the client went away before its end."""
    announced, came = request.content_length, 0
    try:
        while piece := request.stream.read(PIECE):
            came += len(piece)
            yield piece
    except Exception as reason:  # the server has a different exception for each way to be cut off
        raise BadRequest("The data broke off.") from reason
    if announced is not None and came < announced and "chunked" not in request.headers.get("Transfer-Encoding", ""):
        raise BadRequest("The data broke off.")


class Slice:
    """Part of an open file, as a file; with a descriptor, so that the server can let the kernel send it."""

    def __init__(self, file: BinaryIO, span: Span) -> None:
        """Begin at the span's start."""
        self._file = file
        self._left = span.stop - span.start
        file.seek(span.start)

    def read(self, size: int = -1) -> bytes:
        """Read up to `size` bytes, never beyond the span."""
        piece = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(piece)
        return piece

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._file.fileno()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def send(file: BinaryIO, span: Span, status: int) -> Response:
    """Return an answer whose body is that part of `file`."""
    body: Any
    if file.seekable():
        body = wrap_file(request.environ, Slice(file, span), PIECE)  # type: ignore[arg-type]  # as much as is needed
    else:
        body = ClosingIterator(_relayed(file, span.stop), file.close)
    response = Response(body, status, content_type=MEDIA_TYPE, direct_passthrough=True)
    response.content_length = span.stop - span.start
    return response


def relay(pieces: Iterator[bytes]) -> Response:
    """Return an answer whose body comes piece by piece, in chunks."""
    return Response(pieces, content_type=MEDIA_TYPE)


def _relayed(file: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield what comes from elsewhere, up to the size that was announced; end early where it breaks off."""
    while size and (piece := file.read(min(size, PIECE))):
        size -= len(piece)
        yield piece
