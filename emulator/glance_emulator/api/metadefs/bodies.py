"""Bodies and parameters of requests for definitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from glance_emulator.errors import Forbidden
from glance_emulator.web.body import check, document
from glance_schemas.metadefs import Given

KINDS = ("resource_type", "resource_types")
"""Parameters that name kinds of resources."""


def load(kind: type[Given]) -> dict[str, Any]:
    """Return the body as `kind` understands it; raise Forbidden for what nobody may set, then BadRequest."""
    body = document()
    for name in kind.read_only:
        if isinstance(body, dict) and name in body:
            raise Forbidden(f"The attribute {name} cannot be set.")
    return check(kind, body)


def query() -> Mapping[str, str]:
    """Return the parameters of the request; of one that is said twice, the first counts, or the last in KINDS."""
    return {name: values[-1 if name in KINDS else 0] for name, values in request.args.lists()}
