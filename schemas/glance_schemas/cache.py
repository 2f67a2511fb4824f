"""The image cache: what it holds, and what was pruned."""

from __future__ import annotations

from marshmallow import Schema, fields


class CachedImage(Schema):
    """An image in the cache; times are seconds since 1970, the size is in bytes, a checksum is never told."""

    id = fields.Integer(required=True)
    image_id = fields.String(required=True)
    last_accessed = fields.Float(required=True)
    last_modified = fields.Float(required=True)
    size = fields.Integer(required=True)
    hits = fields.Integer(required=True)
    checksum = fields.String(required=True, allow_none=True, dump_default=None)


class CacheContents(Schema):
    """What is cached, and the ids of what is queued."""

    cached_images = fields.List(fields.Nested(CachedImage), required=True)
    queued_images = fields.List(fields.String(), required=True)


class Pruned(Schema):
    """How many images were removed, and how many bytes."""

    total_files_pruned = fields.Integer(required=True, attribute="files")
    total_bytes_pruned = fields.Integer(required=True, attribute="size")
