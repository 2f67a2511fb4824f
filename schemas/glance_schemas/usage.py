"""What a project uses of what it may."""

from __future__ import annotations

from marshmallow import Schema, fields


class Share(Schema):
    """How much there is of something, and how much there may be; sizes in MiB, a limit of -1 is none."""

    usage = fields.Integer(required=True)
    limit = fields.Integer(required=True)


class Usage(Schema):
    """The shares by the names of the limits; empty where there are no limits."""

    usage = fields.Dict(fields.String(), fields.Nested(Share), required=True)
