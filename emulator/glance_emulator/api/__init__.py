"""HTTP in, HTTP out: one file a resource, blueprints only."""

from __future__ import annotations

from flask import Blueprint

from glance_emulator.api import (
    actions,
    data,
    healthcheck,
    identity,
    images,
    imports,
    locations,
    members,
    metadefs,
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
    tasks.blueprint,
    usage.blueprint,
    *metadefs.blueprints,
    *identity.blueprints,
)
