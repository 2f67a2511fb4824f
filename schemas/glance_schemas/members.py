"""Image members: what is sent, and what comes back."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from glance_schemas.wire import Text, Timestamp


class MemberId(fields.Field[str]):
    """A project's id; the real service takes numbers for it too, and nothing that is empty."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not value or not isinstance(value, str | int | float):
            raise ValidationError("Not the id of a project.")
        return Text().deserialize(str(value))


class MemberCreate(Schema):
    """The offer: `{"member": project id}`; anything else is ignored."""

    class Meta:
        """marshmallow's options."""

        unknown = EXCLUDE

    member = MemberId(required=True)


class MemberUpdate(Schema):
    """The answer: `{"status": ...}`.

    Which statuses there are is asked last of all, after every other refusal, so the value is not judged here;
    `MemberStatus` judges it.
    """

    class Meta:
        """marshmallow's options."""

        unknown = EXCLUDE

    status = fields.Raw(required=True, allow_none=True)


class Member(Schema):
    """A membership as the service shows it."""

    member_id = fields.String()
    image_id = fields.String()
    status = fields.String()
    created_at = Timestamp()
    updated_at = Timestamp()
    schema = fields.Constant("/v2/schemas/member")


class Members(Schema):
    """The members of an image."""

    members = fields.List(fields.Nested(Member))
    schema = fields.Constant("/v2/schemas/members")
