"""What the scenarios about metadata definitions begin with; names of namespaces are unique in a whole service."""

from __future__ import annotations

import uuid
from typing import Any

from tests.contract.actors import Actor

NAMESPACES = "/v2/metadefs/namespaces"
TITLED = {"title": "A title", "type": "string"}
"""The least that a property's definition can be."""
TIMES = ("created_at", "updated_at")


def new_name(prefix: str = "Test") -> str:
    return f"{prefix}::{uuid.uuid4().hex[:12]}"


def add(actor: Actor, **attributes: Any) -> str:
    """Create a namespace; return its path."""
    answer = actor.post(NAMESPACES, {"namespace": new_name(), **attributes})
    assert answer.status_code == 201, answer.text
    return f"{NAMESPACES}/{answer.json()['namespace']}"


def timeless(document: Any) -> Any:
    """Return a document without the times in it."""
    if isinstance(document, dict):
        return {name: timeless(value) for name, value in document.items() if name not in TIMES}
    return [timeless(one) for one in document] if isinstance(document, list) else document


def shown(actor: Actor, path: str) -> Any:
    answer = actor.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(actor: Actor, path: str) -> list[str]:
    """Return the names that a list shows: of objects, tags, associations, properties."""
    document = shown(actor, path)
    kind = path.partition("?")[0].rpartition("/")[2]
    listed = document["resource_type_associations" if kind == "resource_types" else kind]
    return list(listed) if kind == "properties" else [one["name"] for one in listed]
