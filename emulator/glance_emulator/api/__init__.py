"""HTTP in, HTTP out: one file a resource, blueprints only."""

from __future__ import annotations

from flask import Blueprint

from glance_emulator.api import (
    actions,
    data,
    healthcheck,
    identity,
    images,
    members,
    metadefs,
    schemas,
    stores,
    tags,
    tasks,
    versions,
)

blueprints: tuple[Blueprint, ...] = (
    versions.blueprint,
    healthcheck.blueprint,
    schemas.blueprint,
    images.blueprint,
    data.blueprint,
    tags.blueprint,
    members.blueprint,
    actions.blueprint,
    stores.blueprint,
    tasks.blueprint,
    *metadefs.blueprints,
    *identity.blueprints,
)
