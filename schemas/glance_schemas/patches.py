"""Changes of an image, in the two media types that the Images API has for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from glance_schemas.images import attribute_fault

OPERATIONS = ("add", "replace", "remove")
CREATE = "create"
"""What the older media type means by `add`: that there was nothing before."""
Change = tuple[str, tuple[str, ...], Any, str | None]
"""An operation, the path it is for, its value, and what is wrong with it (None: nothing)."""
LOCATION_DEPTHS = {"add": 2, CREATE: 2, "replace": 1, "remove": 2}
"""How long the path to locations must be: one is added or removed, all are replaced."""


class PatchError(ValueError):
    """The body is not a list of changes."""


def parse(body: object, media_type: str) -> list[Change]:
    """Return the changes of a PATCH body, malformed ones as such; raise PatchError if it is no list."""
    if not isinstance(body, list):
        raise PatchError("The body must be a list of operations.")
    return [_change_or_fault(MEDIA_TYPES[media_type], item) for item in body]


def _change_or_fault(read: Callable[[object], tuple[str, object, object]], item: object) -> Change:
    try:
        return _change(*read(item))
    except PatchError as fault:
        return "add", ("",), None, str(fault)


def _modern(item: object) -> tuple[str, object, object]:
    """Read `{"op": "add", "path": "/name", "value": ...}`."""
    if not isinstance(item, dict):
        raise PatchError("An operation must be an object.")
    if item.get("op") not in OPERATIONS:
        raise PatchError(f"`op` must be one of {', '.join(OPERATIONS)}.")
    return item["op"], item.get("path"), item.get("value", _MISSING)


def _old(item: object) -> tuple[str, object, object]:
    """Read `{"add": "/name", "value": ...}`."""
    if not isinstance(item, dict):
        raise PatchError("An operation must be an object.")
    present = [op for op in OPERATIONS if op in item]
    if len(present) != 1:
        raise PatchError(f"An operation must have exactly one of {', '.join(OPERATIONS)}.")
    op = present[0]
    return CREATE if op == "add" else op, item[op], item.get("value", _MISSING)


def _change(op: str, pointer: object, value: object) -> Change:
    path = tuple(_segments(pointer))
    if path[0] == "locations":
        if len(path) != LOCATION_DEPTHS[op]:
            raise PatchError("One location is added or removed; all of them are replaced.")
        op = "add" if op == CREATE else op
    if op == "remove":
        return op, path, None, None
    if value is _MISSING:
        raise PatchError(f"The operation {op} needs a value.")
    if path[0] == "locations":
        return op, path, value, attribute_fault("locations", value if op == "replace" else [value])
    return op, path, value, attribute_fault(path[0], value)


def _segments(pointer: object) -> Iterator[str]:
    """Split a JSON pointer; only locations have parts that can be pointed at."""
    if not isinstance(pointer, str) or not pointer.startswith("/"):
        raise PatchError("A path must be a string that begins with a slash.")
    if (len(pointer) > 1 and pointer.endswith("/")) or re.search(r"~(?![01])", pointer):
        raise PatchError(f"The path {pointer} is not a JSON pointer to an attribute.")
    segments = pointer.lstrip("/").split("/")
    if len(segments) > 1 and segments[0] != "locations":
        raise PatchError(f"The path {pointer} points into an attribute; only whole ones can be changed.")
    return (segment.replace("~1", "/").replace("~0", "~") for segment in segments)


_MISSING = object()
MEDIA_TYPES: dict[str, Callable[[object], tuple[str, object, object]]] = {
    "application/openstack-images-v2.1-json-patch": _modern,
    "application/openstack-images-v2.0-json-patch": _old,
}
