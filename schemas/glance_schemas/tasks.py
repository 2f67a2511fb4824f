"""Tasks: what is sent, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_dump, validate

from glance_schemas.images import IMAGE_ID
from glance_schemas.wire import Fixed, Text, Timestamp, derived, one_of

TYPES = ("import", "api_image_import", "location_import")
STATUSES = ("pending", "processing", "success", "failure")


class TaskCreate(Schema):
    """What is to be done: `type` and `input`; the rest of what a task has may be sent too, and is not looked at."""

    class Meta:
        """marshmallow's options."""

        unknown = RAISE

    type = Text(required=True, validate=one_of(TYPES))
    input = fields.Dict(required=True)
    id = Text(validate=validate.Regexp(IMAGE_ID, error="Not a UUID."))
    status = Text(validate=one_of(STATUSES))
    result = fields.Dict(allow_none=True)
    owner = Text()
    message = Text()
    image_id = Text()
    request_id = Text()
    user_id = Text()
    expires_at = Text(allow_none=True)
    created_at = Text()
    updated_at = Text()
    self = Text()
    schema = Text()


class TaskStub(Schema):
    """A task as lists show it; a time that is not yet known is left out."""

    OPTIONAL = frozenset({"expires_at", "image_id", "request_id", "user_id"})

    id = fields.String(required=True)
    type = fields.String(required=True, validate=one_of(TYPES))
    status = fields.String(required=True, validate=one_of(STATUSES))
    owner = fields.String(required=True, allow_none=True)
    created_at = Timestamp(required=True)
    updated_at = Timestamp(required=True)
    expires_at = Timestamp()
    self = derived(lambda task: f"/v2/tasks/{task.id}", required=True)
    schema = Fixed("/v2/schemas/task", required=True)

    @post_dump
    def _without_unknown(self, shown: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in shown.items() if value is not None or name not in self.OPTIONAL}


class Task(TaskStub):
    """A task as it is shown alone."""

    input = fields.Dict(required=True, allow_none=True)
    result = fields.Dict(required=True, allow_none=True)
    message = fields.String(required=True)
    image_id = fields.String()
    request_id = fields.String()
    user_id = fields.String()


class Moment(fields.Field[datetime]):
    """A time as the image's tasks show it: to the microsecond, and without a zone."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        try:
            return datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise ValidationError("Not a time like 2026-01-31T23:59:59.000000.") from None


class ImageTask(Schema):
    """A task as it is shown with its image: all that the service keeps of it, unadorned."""

    id = fields.String(required=True)
    type = fields.String(required=True, validate=one_of(TYPES))
    status = fields.String(required=True, validate=one_of(STATUSES))
    owner = fields.String(required=True, allow_none=True)
    expires_at = Moment(required=True, allow_none=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    deleted_at = Fixed(None, required=True, allow_none=True)
    deleted = Fixed(False, required=True)
    image_id = fields.String(required=True)
    request_id = fields.String(required=True, allow_none=True)
    user_id = fields.String(required=True, allow_none=True)
    input = fields.Dict(required=True, allow_none=True)
    result = fields.Dict(required=True, allow_none=True)
    message = fields.String(required=True)


class ImageTasks(Schema):
    """The tasks of an image."""

    tasks = fields.List(fields.Nested(ImageTask), required=True)


class Tasks(Schema):
    """A page of tasks."""

    tasks = fields.List(fields.Nested(TaskStub), required=True)
    first = fields.String(required=True)
    next = fields.String()
    schema = Fixed("/v2/schemas/tasks", required=True)
