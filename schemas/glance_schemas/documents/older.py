"""The documents of images and tasks as they were in older releases."""

from __future__ import annotations

from collections.abc import Collection
from copy import deepcopy
from typing import Any

from glance_schemas.documents import DOCUMENTS
from glance_schemas.documents.parts import Document, paged

_LATER = {
    "image-hashes": ("os_hash_algo", "os_hash_value"),
    "image-hidden": ("os_hidden",),
    "image-stores": ("stores",),
}


def document(name: str, lacks: Collection[str]) -> Document:
    """Return the document of a release that `lacks` these behaviours."""
    if name in ("task", "tasks"):
        return _of_tasks(name, lacks)
    if name not in ("image", "images"):
        return DOCUMENTS[name]
    image = {**DOCUMENTS["image"], "properties": _properties(DOCUMENTS["image"]["properties"], lacks)}
    return image if name == "image" else paged("images", image)


def _of_tasks(name: str, lacks: Collection[str]) -> Document:
    if "locations-api" not in lacks:
        return DOCUMENTS[name]
    found = deepcopy(DOCUMENTS[name])
    task = found if name == "task" else found["properties"]["tasks"]["items"]
    task["properties"]["type"]["enum"].remove("location_import")
    return found


def _properties(known: dict[str, Any], lacks: Collection[str]) -> dict[str, Any]:
    later = {name for behaviour in _LATER.keys() & set(lacks) for name in _LATER[behaviour]}
    found = {name: described for name, described in known.items() if name not in later}
    if "schema-stores" in lacks:
        found = {"backend" if name == "stores" else name: described for name, described in found.items()}
    if "compressed" in lacks:
        formats = found["container_format"]
        enum = [one for one in formats["enum"] if one != "compressed"]
        found["container_format"] = {**formats, "enum": enum}
    return found
