"""Versions: which ones of an API there are."""

from __future__ import annotations

from marshmallow import Schema, fields

from glance_schemas.wire import one_of

STATUSES = ("CURRENT", "SUPPORTED")


class VersionLink(Schema):
    """Where a version begins."""

    rel = fields.String(required=True)
    href = fields.String(required=True)


class Version(Schema):
    """A version of the Images API, such as `v2.17`."""

    id = fields.String(required=True)
    status = fields.String(required=True, validate=one_of(STATUSES))
    links = fields.List(fields.Nested(VersionLink), required=True)


class Versions(Schema):
    """All of them."""

    versions = fields.List(fields.Nested(Version), required=True)
