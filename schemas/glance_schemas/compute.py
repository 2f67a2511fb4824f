"""Compute: what can be asked of servers and flavors; each unknown attribute is refused."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

NAME = validate.And(
    validate.Length(min=1, max=255), validate.Regexp(r"(?s).*\S", error="Must have more than blanks in it.")
)
IMAGE = r"^(\S+/)?([0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12})$"
HOSTNAME = validate.Regexp(r"^[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$", error="Not a host name.")


class Text(fields.Field[str]):
    """A string, nothing that could be made into one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("Not a string.")
        return value


class Reference(Text):
    """The id of a flavor, perhaps at the end of its URL, perhaps as a number."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        text = super()._deserialize(value, attr, data, **kwargs).rpartition("/")[2]
        if not text:
            raise ValidationError("Not an id.")
        return text


class ImageReference(Text):
    """The id of an image, perhaps at the end of its URL."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        validate.Regexp(IMAGE, error="Not the id of an image.")(text)
        return text.rpartition("/")[2]


class Metadata(fields.Field[dict[str, str]]):
    """Names and texts, of at most 255 characters each."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            raise ValidationError("Not an object.")
        for name, text in value.items():
            if not isinstance(text, str) or not 1 <= len(name) <= 255 or len(text) > 255:
                raise ValidationError("Names have 1 to 255 characters, and values are strings of at most 255.")
        return value


class BlockDevice(Schema):
    """A disk of a server: here always the image's, on the host."""

    uuid = ImageReference()
    source_type = Text(required=True, validate=validate.Equal("image", error="Volumes are not there: only image."))
    destination_type = Text(load_default="local", validate=validate.Equal("local", error="There are no volumes."))
    boot_index = fields.Raw(load_default=0)
    delete_on_termination = fields.Raw()
    device_name = fields.Raw()
    disk_bus = fields.Raw()
    device_type = fields.Raw()
    volume_size = fields.Raw()
    guest_format = fields.Raw()
    tag = fields.Raw()


class Hints(Schema):
    """Where a server is wished to run, which changes nothing here."""

    class Meta:
        """marshmallow's options."""

        unknown = "include"


class ServerCreate(Schema):
    """What is to be booted."""

    name = Text(required=True, validate=NAME)
    imageRef = ImageReference()
    flavorRef = Reference(required=True)
    metadata = Metadata(load_default=dict)
    networks = fields.Raw()
    adminPass = Text()
    key_name = Text(allow_none=True)
    user_data = Text(allow_none=True, validate=validate.Length(max=65535))
    config_drive = fields.Raw(allow_none=True)
    availability_zone = Text(allow_none=True)
    security_groups = fields.List(fields.Dict())
    accessIPv4 = Text()
    accessIPv6 = Text()
    min_count = fields.Integer(validate=validate.Range(min=1))
    max_count = fields.Integer(validate=validate.Range(min=1))
    return_reservation_id = fields.Boolean(load_default=False)
    block_device_mapping_v2 = fields.List(fields.Nested(BlockDevice))
    personality = fields.List(fields.Dict())
    description = Text(allow_none=True, validate=validate.Length(max=255))
    tags = fields.List(Text(validate=validate.Length(min=1, max=60)), validate=validate.Length(max=50))
    trusted_image_certificates = fields.List(Text(), allow_none=True)
    host = Text()
    hypervisor_hostname = Text()
    hostname = Text(validate=validate.And(validate.Length(min=2, max=255), HOSTNAME))

    # Nova takes these with and without a prefix, and checks nothing.
    disk_config = Text(data_key="OS-DCF:diskConfig", validate=validate.OneOf(["AUTO", "MANUAL"]))

    @validates_schema
    def _name_one_image(self, data: dict[str, Any], **_: Any) -> None:
        disks = data.get("block_device_mapping_v2", [])
        images = {disk["uuid"] for disk in disks if "uuid" in disk} | (
            {data["imageRef"]} if "imageRef" in data else set()
        )
        if len(images) != 1:
            raise ValidationError("Exactly one image must be named to boot from.")


class ServerCreateBody(Schema):
    """The body that orders a server."""

    server = fields.Nested(ServerCreate, required=True)
    hints = fields.Nested(Hints, data_key="os:scheduler_hints")
    more_hints = fields.Nested(Hints, data_key="OS-SCH-HNT:scheduler_hints")


class ServerUpdate(Schema):
    """What can be changed of a server."""

    name = Text(validate=NAME)
    description = Text(allow_none=True, validate=validate.Length(max=255))
    hostname = Text(validate=validate.And(validate.Length(min=2, max=255), HOSTNAME))
    accessIPv4 = Text()
    accessIPv6 = Text()
    disk_config = Text(data_key="OS-DCF:diskConfig", validate=validate.OneOf(["AUTO", "MANUAL"]))


class ServerUpdateBody(Schema):
    """The body that changes a server."""

    server = fields.Nested(ServerUpdate, required=True)


class CreateImage(Schema):
    """What a snapshot is to be called."""

    name = Text(required=True, validate=NAME)
    metadata = Metadata(load_default=dict)


class Reboot(Schema):
    """How to reboot."""

    type = Text(required=True, validate=validate.OneOf(["SOFT", "HARD", "Soft", "Hard", "soft", "hard"]))


class Rebuild(Schema):
    """What a server is to be made anew from."""

    imageRef = ImageReference(required=True)
    name = Text(validate=NAME)
    adminPass = Text()
    metadata = Metadata()
    preserve_ephemeral = fields.Boolean()
    personality = fields.List(fields.Dict())
    description = Text(allow_none=True, validate=validate.Length(max=255))
    key_name = Text(allow_none=True)
    user_data = Text(allow_none=True)
    trusted_image_certificates = fields.List(Text(), allow_none=True)
    hostname = Text()
    accessIPv4 = Text()
    accessIPv6 = Text()
    disk_config = Text(data_key="OS-DCF:diskConfig", validate=validate.OneOf(["AUTO", "MANUAL"]))


class Lock(Schema):
    """Why a server is locked."""

    locked_reason = Text(validate=validate.Length(min=1, max=255))


class MetadataBody(Schema):
    """Metadata as a whole."""

    metadata = Metadata(required=True)


class MetadataItemBody(Schema):
    """One item of metadata."""

    meta = Metadata(required=True, validate=validate.Length(equal=1))
