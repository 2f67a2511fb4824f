"""Every operation, one file a resource; in the order of the document."""

from __future__ import annotations

from types import ModuleType

from contrib.openapi.operations import (
    actions,
    cache,
    data,
    discovery,
    identity,
    identity_assignments,
    identity_credentials,
    identity_tokens,
    images,
    imports,
    info,
    locations,
    members,
    metadef_objects,
    metadef_properties,
    metadef_tags,
    metadefs,
    schemas,
    tags,
    tasks,
)

SECTIONS: tuple[ModuleType, ...] = (
    images,
    data,
    imports,
    members,
    tags,
    actions,
    locations,
    tasks,
    info,
    cache,
    metadefs,
    metadef_objects,
    metadef_properties,
    metadef_tags,
    schemas,
    discovery,
    identity_tokens,
    identity,
    identity_assignments,
    identity_credentials,
)
"""Each has a TAG, OPERATIONS and, if schemas are needed that are not marshmallow's, SHAPES by name."""
