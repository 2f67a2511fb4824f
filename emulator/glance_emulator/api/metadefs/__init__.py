"""/v2/metadefs: metadata definitions, one file a resource."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from glance_emulator.api.metadefs import namespaces, objects, properties, resource_types, tags

blueprints: tuple[Blueprint, ...] = (
    namespaces.blueprint,
    objects.blueprint,
    properties.blueprint,
    resource_types.blueprint,
    resource_types.kinds,
    tags.blueprint,
)


def _read_as_latin_1(_: str | None, names: dict[str, Any] | None) -> None:
    """Read the names in a path as the real service does, which thus does not find those beyond ASCII."""
    if names is not None:
        names.update({parameter: name.encode().decode("latin-1") for parameter, name in names.items()})


for blueprint in blueprints:
    blueprint.url_value_preprocessor(_read_as_latin_1)
