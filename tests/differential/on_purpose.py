"""What the emulator answers otherwise on purpose: all of it, each with its reason."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, unquote_to_bytes, urlsplit

from tests.differential.wire import Answer, Request


@dataclass(frozen=True)
class Step:
    """One request and both answers."""

    request: Request
    real: Answer
    ours: Answer


@dataclass(frozen=True)
class Difference:
    """A reason to answer otherwise, and the steps that it holds for."""

    reason: str
    applies: Callable[[Step], bool]
    parts: bool = False
    """The image is not the same afterwards, and must be given up."""


def _breaks(step: Step) -> bool:
    return step.real.status >= 500 and step.real.status != 501 and step.ours.status < 500


def _half_saved(step: Step) -> bool:
    if step.request.method != "GET" or step.real.status != 200 or step.ours.status != 200:
        return False
    document = _json(step.real.body)
    return isinstance(document, dict) and document.get("status") == "queued" and bool(document.get("checksum"))


def _gives_away(step: Step) -> bool:
    if step.request.method != "PATCH" or step.ours.status != 403 or step.real.status not in (200, 403):
        return False
    changes = _json(step.request.body or b"")
    return isinstance(changes, list) and any(
        isinstance(change, dict) and "/owner" in (change.get("path"), change.get("add"), change.get("replace"))
        for change in changes
    )


def _tag_beyond_ascii(step: Step) -> bool:
    path = step.request.path
    return "/tags/" in path and step.request.method in ("PUT", "DELETE") and not unquote_to_bytes(path).isascii()


def _reserved_store(step: Step) -> bool:
    return step.request.headers.get("x-image-meta-store", "").startswith("os_glance_") and step.ours.status == 400


def _pages_by_size(step: Step) -> bool:
    query = parse_qsl(urlsplit(step.request.target).query)
    keys = ",".join(value for name, value in query if name in ("sort", "sort_key"))
    return "marker" in dict(query) and bool(re.search(r"\bsize\b", keys))


def _blank_in_location(step: Step) -> bool:
    places = [answer.headers.get("location", "") for answer in (step.real, step.ours)]
    return " " in places[0] and unquote(places[1]) == places[0]


def _usual_resource_types(step: Step) -> bool:
    if step.request.path != "/v2/metadefs/resource_types" or {step.real.status, step.ours.status} != {200}:
        return False
    kinds = [[kind["name"] for kind in _json(answer.body)["resource_types"]] for answer in (step.real, step.ours)]
    return [name for name in kinds[1] if not name.startswith("OS::")] == kinds[0]


def _shared_with_nobody(step: Step) -> bool:
    if step.request.path != "/v2/images" or "X-Project-Id" in step.request.headers or step.real.status != 200:
        return False
    return any(image["visibility"] == "shared" for image in _json(step.real.body)["images"])


def _unstaged(step: Step) -> bool:
    asked = (step.request.method, step.request.path.rpartition("/")[2], step.request.headers.get("X-Roles"))
    return asked == ("PUT", "file", "reader") and step.real.status == step.ours.status == 403


def _numbered_member(step: Step) -> bool:
    if not step.request.path.endswith("/members") or {step.real.status, step.ours.status} != {200}:
        return False
    real, ours = (_json(answer.body).get("member_id") for answer in (step.real, step.ours))
    return isinstance(real, int | float) and str(real) == ours


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


ON_PURPOSE = (
    Difference(
        "Where the real service breaks (500), the emulator answers what would be sensible.", _breaks, parts=True
    ),
    Difference(
        "The real service keeps the checksum of data that it refused, and then neither takes nor sends any.",
        _half_saved,
        parts=True,
    ),
    Difference("The real service saves another owner who may not be told, refused or not.", _gives_away, parts=True),
    Difference("The real service reads a tag in a path as Latin-1, and so shows another one.", _tag_beyond_ascii, True),
    Difference("The real service keeps an image in a store of its own workings, if asked to.", _reserved_store, True),
    Difference("The real service does not encode a blank in a Location.", _blank_in_location),
    Difference("The real service tells once of a project whose id is a number by a number.", _numbered_member),
    Difference("The emulator knows the usual kinds of resources from the beginning.", _usual_resource_types),
    Difference("The real service lists to callers without a project what is shared with anyone.", _shared_with_nobody),
    Difference("The real service forgets what is staged when a reader is refused an upload.", _unstaged, parts=True),
    Difference("The real service loses or repeats images when it pages by a size that some lack.", _pages_by_size),
)
