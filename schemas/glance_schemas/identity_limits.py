"""Identity's unified limits: what is sent, and what comes back. They know no other keys than these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, INCLUDE, RAISE, Schema, ValidationError, fields, validate, validates_schema

from glance_schemas.wire import Text, Whole

UNLIMITED = -1
LARGEST = 2**31 - 1
_NOT_EMPTY = validate.Length(min=1, error="Empty.")
_A_UUID = validate.Regexp(r"([0-9a-fA-F]-?){32}\Z", error="Not a UUID.")


def _number(**options: Any) -> Whole:
    return Whole(validate=validate.Range(UNLIMITED, LARGEST), **options)


class _Sent(Schema):
    class Meta:
        """marshmallow's options."""

        unknown = RAISE


class RegisteredLimitUpdate(_Sent):
    """Changes of a registered limit; none will do."""

    service_id = Text(validate=_A_UUID)
    region_id = Text(allow_none=True, validate=_NOT_EMPTY)
    resource_name = Text(255, validate=_NOT_EMPTY)
    default_limit = _number()
    description = Text(allow_none=True)


class RegisteredLimitCreate(RegisteredLimitUpdate):
    """A new registered limit."""

    service_id = Text(required=True, validate=_A_UUID)
    resource_name = Text(255, required=True, validate=_NOT_EMPTY)
    default_limit = _number(required=True)


class LimitUpdate(_Sent):
    """Changes of a limit; none will do."""

    resource_limit = _number()
    description = Text(allow_none=True)


class LimitCreate(LimitUpdate):
    """A new limit, of a project or of a domain."""

    service_id = Text(required=True, validate=_A_UUID)
    region_id = Text(allow_none=True, validate=_NOT_EMPTY)
    resource_name = Text(255, required=True, validate=_NOT_EMPTY)
    resource_limit = _number(required=True)
    project_id = Text(validate=_NOT_EMPTY)
    domain_id = Text(validate=_NOT_EMPTY)

    @validates_schema
    def _check_whose(self, data: Mapping[str, Any], **_: Any) -> None:
        if ("project_id" in data) == ("domain_id" in data):
            raise ValidationError("Either project_id or domain_id is needed.")


class RegisteredLimitsCreate(_Sent):
    """New registered limits, one at least."""

    registered_limits = fields.List(fields.Nested(RegisteredLimitCreate), required=True, validate=_NOT_EMPTY)


class LimitsCreate(_Sent):
    """New limits, one at least."""

    limits = fields.List(fields.Nested(LimitCreate), required=True, validate=_NOT_EMPTY)


class ChangedRegisteredLimit(_Sent):
    """Changes of a registered limit, wrapped."""

    registered_limit = fields.Nested(RegisteredLimitUpdate, required=True)


class ChangedLimit(_Sent):
    """Changes of a limit, wrapped."""

    limit = fields.Nested(LimitUpdate, required=True)


class LimitFilters(Schema):
    """The query of a list of limits, as far as a value can be wrong."""

    class Meta:
        """marshmallow's options."""

        unknown = EXCLUDE

    service_id = Text(validate=_A_UUID)
    region_id = Text(validate=_NOT_EMPTY)
    resource_name = Text(validate=_NOT_EMPTY)
    project_id = Text(validate=_NOT_EMPTY)
    domain_id = Text(validate=_NOT_EMPTY)


class _Shown(Schema):
    class Meta:
        """marshmallow's options."""

        unknown = INCLUDE

    id = fields.String(required=True)
    service_id = fields.String(required=True)
    region_id = fields.String(required=True, allow_none=True)
    resource_name = fields.String(required=True)
    description = fields.String(required=True, allow_none=True)
    links = fields.Dict(fields.String(), fields.String())


class RegisteredLimit(_Shown):
    """A registered limit."""

    singular, plural = "registered_limit", "registered_limits"

    default_limit = fields.Integer(required=True)


class Limit(_Shown):
    """A limit."""

    singular, plural = "limit", "limits"

    project_id = fields.String(required=True, allow_none=True)
    domain_id = fields.String(required=True, allow_none=True)
    resource_limit = fields.Integer(required=True)
