"""Refusals, as they are told in JSON."""

from __future__ import annotations

from marshmallow import Schema, fields


class Error(Schema):
    """A refusal of the Images API; `code` is a text such as `404 Not Found`, and the message may have HTML in it."""

    message = fields.String(required=True)
    code = fields.String(required=True)
    title = fields.String(required=True)


class IdentityFault(Schema):
    """What was refused; `code` is the number of the status."""

    code = fields.Integer(required=True, strict=True)
    message = fields.String(required=True)
    title = fields.String(required=True)


class IdentityError(Schema):
    """A refusal of the Identity API."""

    error = fields.Nested(IdentityFault, required=True)
