"""Locations of images: what is sent to add one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validates_schema

from glance_schemas.wire import Text, one_of

HASHES = ("sha1", "sha256", "sha512", "md5")


class HashOfLocation(Schema):
    """What the data must come to: both a hash and its kind, or neither."""

    os_hash_algo = Text(64, validate=one_of(HASHES))
    os_hash_value = Text(128)

    @validates_schema
    def _check_pair(self, data: Mapping[str, Any], **_: Any) -> None:
        if len(data) == 1:
            raise ValidationError("os_hash_algo and os_hash_value go together.")


class LocationCreate(Schema):
    """The order: `{"url": ..., "validation_data": {...}}`; anything else is ignored."""

    class Meta:
        """marshmallow's options."""

        unknown = EXCLUDE

    url = Text(required=True)
    validation_data = fields.Nested(HashOfLocation)
