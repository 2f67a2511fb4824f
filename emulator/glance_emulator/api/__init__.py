"""HTTP in, HTTP out: one file a resource, blueprints only; `identity` and `metadefs` are loaded when they are used."""

from __future__ import annotations

from flask import Blueprint

from glance_emulator.api import (
    actions,
    cache,
    data,
    healthcheck,
    images,
    imports,
    locations,
    members,
    openapi,
    schemas,
    staging,
    stores,
    tags,
    tasks,
    usage,
    versions,
)

blueprints: tuple[Blueprint, ...] = (
    versions.blueprint,
    healthcheck.blueprint,
    schemas.blueprint,
    images.blueprint,
    data.blueprint,
    staging.blueprint,
    imports.blueprint,
    locations.blueprint,
    tags.blueprint,
    members.blueprint,
    actions.blueprint,
    stores.blueprint,
    cache.blueprint,
    tasks.blueprint,
    usage.blueprint,
    openapi.blueprint,
)
