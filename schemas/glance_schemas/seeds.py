"""Seed files: projects, users, images and servers that a world is to have."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load, validate, validates_schema

from glance_schemas.images import CONTAINER_FORMATS, DISK_FORMATS, VISIBILITIES
from glance_schemas.members import STATUSES

_SIZE = re.compile(r"(\d+)\s*(|K|M|G)i?B?", re.IGNORECASE)
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


class Size(fields.Field[int]):
    """A number of bytes, or a text like `10M` or `1 GiB`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        found = _SIZE.fullmatch(str(value).strip())
        if isinstance(value, bool) or found is None:
            raise ValidationError("Not a size like 1048576, 10M or 1 GiB.")
        return int(found[1]) * _UNITS[found[2].upper()]


class Moment(fields.NaiveDateTime):
    """A time, in UTC unless it says otherwise; YAML has those without quotes read already."""

    default_error_messages = {"invalid": "Not a time like 2026-01-31T12:00:00Z."}  # noqa: RUF012 - marshmallow's way

    def __init__(self, **options: Any) -> None:
        """Take the options of every field."""
        super().__init__(timezone=UTC, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        text = value.isoformat() if isinstance(value, datetime) else value
        return super()._deserialize(text, attr, data, **kwargs)


class Project(Schema):
    """A project; one of this name that is there stays as it is."""

    name = fields.String(required=True, validate=validate.Length(1, 64))
    description = fields.String()


class User(Schema):
    """A user, and the roles that it has in a project; one of this name that is there stays, and gets the roles."""

    name = fields.String(required=True, validate=validate.Length(1, 255))
    password = fields.String(load_default="secret")
    project = fields.String(required=True)
    roles = fields.List(fields.String(), load_default=lambda: ["member"])


class SeedMember(Schema):
    """A project that an image is offered to, and its answer."""

    project = fields.String(required=True)
    status = fields.String(load_default="pending", validate=validate.OneOf(STATUSES))

    @pre_load
    def _may_be_a_project_alone(self, given: Any, **options: Any) -> Any:
        return {"project": given} if isinstance(given, str) else given


class Image(Schema):
    """An image of a project; its data are a `text`, a `file`, or `size` bytes that are made up."""

    name = fields.String(required=True)
    project = fields.String(required=True)
    id = fields.UUID()
    visibility = fields.String(load_default="shared", validate=validate.OneOf(VISIBILITIES))
    disk_format = fields.String(load_default="raw", validate=validate.OneOf([one for one in DISK_FORMATS if one]))
    container_format = fields.String(
        load_default="bare", validate=validate.OneOf([one for one in CONTAINER_FORMATS if one])
    )
    min_disk = fields.Integer(strict=True, validate=validate.Range(min=0))
    min_ram = fields.Integer(strict=True, validate=validate.Range(min=0))
    protected = fields.Boolean()
    os_hidden = fields.Boolean()
    tags = fields.List(fields.String())
    properties = fields.Dict(
        keys=fields.String(), values=fields.String(error_messages={"invalid": "Not a text: put it into quotes."})
    )
    text = fields.String()
    file = fields.String()
    size = Size()
    status = fields.String(validate=validate.OneOf(["deactivated"]))
    created_at = Moment()
    members = fields.List(fields.Nested(SeedMember), load_default=list)

    @validates_schema
    def _has_one_kind_of_data(self, given: dict[str, Any], **options: Any) -> None:
        if len(given.keys() & {"text", "file", "size"}) > 1:
            raise ValidationError("Data are one of text, file and size.", "text" if "text" in given else "file")

    @validates_schema
    def _has_data_if_they_are_withheld(self, given: dict[str, Any], **options: Any) -> None:
        if "status" in given and not given.keys() & {"text", "file", "size"}:
            raise ValidationError("Only images with data can be deactivated: give a text, a file or a size.", "status")

    @validates_schema
    def _is_shared_if_it_has_members(self, given: dict[str, Any], **options: Any) -> None:
        if given.get("members") and given.get("visibility", "shared") != "shared":
            raise ValidationError("Only shared images have members.", "members")


class Server(Schema):
    """A server of a project, booted from an image of this file by name, or by the id of any."""

    name = fields.String(required=True, validate=validate.Length(1, 255))
    project = fields.String(required=True)
    image = fields.String(required=True)
    flavor = fields.String(load_default="m1.tiny")


class Seed(Schema):
    """A seed file."""

    projects = fields.List(fields.Nested(Project), load_default=list)
    users = fields.List(fields.Nested(User), load_default=list)
    images = fields.List(fields.Nested(Image), load_default=list)
    servers = fields.List(fields.Nested(Server), load_default=list)
