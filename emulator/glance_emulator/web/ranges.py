"""Part of an image: the Range header, and the Content-Range header that old clients send instead."""

from __future__ import annotations

import re
from typing import NamedTuple

from werkzeug.datastructures import Headers

from glance_emulator.errors import BadRequest, RangeNotSatisfiable


class Span(NamedTuple):
    """Bytes from `start` up to, not including, `stop`."""

    start: int
    stop: int


def asked(headers: Headers, size: int | None) -> Span | None:
    """Return the part that is asked for, or None for all.

    `size` is that of the data, None while there are none. Raises BadRequest for several parts at once and
    RangeNotSatisfiable for what is not a part of the data, or never could be.
    """
    span = None
    if "Range" in headers:
        span = _range(headers["Range"], size)
    elif "Content-Range" in headers:
        span = _content_range(headers["Content-Range"], size)
    else:
        return None
    if span is None:
        raise RangeNotSatisfiable("This range is not within the image's data.")
    return span


def _range(text: str, size: int | None) -> Span | None:
    unit, _, ranges = text.partition("=")
    if unit.strip().lower() != "bytes":
        return None
    if "," in ranges:
        raise BadRequest("Only one range at a time can be had.")
    match = re.match(r"\s*(\d*)\s*-\s*(\d*)", ranges, re.ASCII)  # what follows does not matter to the real service
    if match is None or not (match[1] or match[2]):
        return None
    first, last = match[1], match[2]
    end = size if size is not None else int(last or first) + 1
    if first:
        return _part(int(first), min(int(last) + 1, end) if last else end)
    if int(last):
        return Span(max(0, end - int(last)), end)  # also of no bytes: the real service sends "bytes 0--1/0" then
    return _part(0, end)  # -0 asks for no bytes at all; the real service sends all of them


def _content_range(text: str, size: int | None) -> Span | None:
    match = re.match(r"\s*bytes\s+(\d+)-(\d+)/(\d+|\*)", text, re.ASCII | re.IGNORECASE)
    if match is None or (match[3] != "*" and int(match[3]) <= int(match[2])):
        return None
    stop = int(match[2]) + 1
    return _part(int(match[1]), stop if size is None else min(stop, size))


def _part(start: int, stop: int) -> Span | None:
    return Span(start, stop) if start < stop else None
