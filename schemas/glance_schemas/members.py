"""Image members: what is sent, and what comes back."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from glance_schemas.wire import Fixed, Text, Timestamp, one_of

STATUSES = ("pending", "accepted", "rejected")


class MemberId(fields.Field[Any]):
    """A project's id; the real service takes numbers for it too, and nothing that is empty."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not value:
            raise ValidationError("Empty.")
        return str(value) if isinstance(value, int | float) else value


class MemberCreate(Schema):
    """The offer: `{"member": project id}`; anything else is ignored.

    Whether the id can be one is judged apart, by `member_fault`: the real service does so after every other refusal.
    """

    class Meta:
        """marshmallow's options."""

        unknown = EXCLUDE

    member = MemberId(required=True)


class MemberUpdate(Schema):
    """The answer: `{"status": ...}`.

    The value is judged apart, by `status_fault`: the real service does so last of all, after every other refusal.
    """

    class Meta:
        """marshmallow's options."""

        unknown = EXCLUDE

    status = fields.Raw(required=True, allow_none=True, metadata={"type": "string", "enum": list(STATUSES)})


def member_fault(value: Any) -> str | None:
    """Say why `value` cannot be a project's id, or None if it can."""
    try:
        Text().deserialize(value)
    except ValidationError as fault:
        return " ".join(map(str, fault.messages))
    return None


_STATUS = Text(validate=one_of(STATUSES))


def status_fault(value: Any) -> str | None:
    """Say why `value` cannot be the status of a membership, or None if it can."""
    try:
        _STATUS.deserialize(value)
    except ValidationError as fault:
        return " ".join(map(str, fault.messages))
    return None


class Member(Schema):
    """A membership as the service shows it."""

    member_id = fields.String(required=True)
    image_id = fields.String(required=True)
    status = fields.String(required=True, validate=one_of(STATUSES))
    created_at = Timestamp(required=True)
    updated_at = Timestamp(required=True)
    schema = Fixed("/v2/schemas/member", required=True)


class Members(Schema):
    """The members of an image."""

    members = fields.List(fields.Nested(Member), required=True)
    schema = Fixed("/v2/schemas/members", required=True)
