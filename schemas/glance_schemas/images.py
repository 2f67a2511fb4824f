"""Images: what is sent, and what comes back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from marshmallow import INCLUDE, Schema, ValidationError, fields, validate, validates_schema

from glance_schemas.wire import AnyText, Fixed, Flag, Timestamp, Whole, one_of, timestamp

DISK_FORMATS = ("ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop")
CONTAINER_FORMATS = ("ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed")
VISIBILITIES = ("community", "public", "private", "shared")
STATUSES = (
    "queued", "saving", "active", "killed", "deleted", "uploading", "importing", "pending_delete", "deactivated",
)  # fmt: skip
IMAGE_ID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\Z"
PROPERTY_NAME_LENGTH = 255
_BOUNDS = {"minimum": 0, "maximum": 2**31 - 1}  # told here, judged by the service when a change is applied


class Validation(Schema):
    """What the bytes at a location must come to."""

    checksum = AnyText(32, validate=validate.Length(min=32))
    os_hash_algo = AnyText(64, required=True)
    os_hash_value = AnyText(128, required=True)


class Location(Schema):
    """Where an image's bytes are."""

    url = AnyText(255, required=True)
    metadata = fields.Dict(required=True)
    validation_data = fields.Nested(Validation)

    class Meta:
        """marshmallow's options."""

        unknown = INCLUDE


class ImageAttributes(Schema):
    """Every attribute that an image has a type for; all others are properties, which are strings."""

    class Meta:
        """marshmallow's options."""

        unknown = INCLUDE

    id = AnyText(validate=validate.Regexp(IMAGE_ID, error="Not a UUID."))
    name = AnyText(255, allow_none=True)
    status = AnyText(validate=one_of(STATUSES))
    visibility = AnyText(validate=one_of(VISIBILITIES))
    protected = Flag()
    os_hidden = Flag()
    checksum = AnyText(32, allow_none=True)
    os_hash_algo = AnyText(64, allow_none=True)
    os_hash_value = AnyText(128, allow_none=True)
    owner = AnyText(255, allow_none=True)
    size = Whole(allow_none=True)
    virtual_size = Whole(allow_none=True)
    container_format = AnyText(allow_none=True, validate=one_of((None, *CONTAINER_FORMATS)))
    disk_format = AnyText(allow_none=True, validate=one_of((None, *DISK_FORMATS)))
    created_at = AnyText()
    updated_at = AnyText()
    tags = fields.List(AnyText(255))
    direct_url = AnyText()
    min_ram = Whole(metadata=_BOUNDS)
    min_disk = Whole(metadata=_BOUNDS)
    self = AnyText()
    file = AnyText()
    stores = AnyText()
    schema = AnyText()
    locations = fields.List(fields.Nested(Location))

    @validates_schema(pass_original=True)
    def _check_properties(self, data: Mapping[str, Any], original: Mapping[str, Any], **_: Any) -> None:
        faults = {name: _fault(name, value) for name, value in original.items() if name not in self.fields}
        faults = {name: fault for name, fault in faults.items() if fault}
        if faults:
            raise ValidationError({name: [fault] for name, fault in faults.items() if fault})


def _fault(name: str, value: Any) -> str | None:
    """Say what is wrong with a property, or None."""
    try:
        AnyText(PROPERTY_NAME_LENGTH).deserialize(name)
        AnyText().deserialize(value)
    except ValidationError as fault:
        return " ".join(map(str, fault.messages))
    return None


_ATTRIBUTES = ImageAttributes().fields


def attribute_fault(name: str, value: Any) -> str | None:
    """Say why `value` cannot be what the attribute or property `name` has, or None if it can."""
    field = _ATTRIBUTES.get(name)
    if field is None:
        return _fault("", value)
    try:
        field.deserialize(value)
    except ValidationError as fault:
        return f"{name}: {fault.messages}"
    return None


class Image(Schema):
    """An image as the service shows it; `properties` of the image's own stand beside these attributes."""

    class Meta:
        """marshmallow's options."""

        unknown = INCLUDE

    name = fields.String(required=True, allow_none=True)
    disk_format = fields.String(required=True, allow_none=True)
    container_format = fields.String(required=True, allow_none=True)
    visibility = fields.String(required=True, validate=one_of(VISIBILITIES))
    size = Whole(required=True, allow_none=True)
    virtual_size = Whole(required=True, allow_none=True)
    status = fields.String(required=True, validate=one_of(STATUSES))
    checksum = fields.String(required=True, allow_none=True)
    protected = Flag(required=True)
    min_ram = Whole(required=True)
    min_disk = Whole(required=True)
    owner = fields.String(required=True, allow_none=True)
    os_hidden = Flag(required=True)
    os_hash_algo = fields.String(required=True, allow_none=True)
    os_hash_value = fields.String(required=True, allow_none=True)
    id = fields.String(required=True)
    created_at = Timestamp(required=True)
    updated_at = Timestamp(required=True)
    tags = fields.List(fields.String(), required=True)
    self = fields.String(required=True)
    file = fields.String(required=True)
    schema = Fixed("/v2/schemas/image", required=True)
    stores = fields.String()
    locations = fields.List(fields.Nested(Location))


class Images(Schema):
    """A page of images, and the ways to the first page and the next."""

    images = fields.List(fields.Nested(Image), required=True)
    first = fields.String(required=True)
    next = fields.String()
    schema = Fixed("/v2/schemas/images", required=True)


def image_document(
    image: Any, hidden: Collection[str] = (), locations: Sequence[Mapping[str, Any]] | None = None
) -> dict[str, Any]:
    """Return an image (a row of the table `images`) in the shape of `Image`, without its `hidden` properties.

    `locations` are shown unless they are None.

    This is what `Image().dump` would do, written out because lists of images are made of it: it is some ten times
    as fast.
    """
    path = f"/v2/images/{image.id}"
    properties = image.properties
    if hidden:
        properties = {name: value for name, value in properties.items() if name not in hidden}
    document = {
        **properties,
        "name": image.name,
        "disk_format": image.disk_format,
        "container_format": image.container_format,
        "visibility": image.visibility,
        "size": image.size,
        "virtual_size": image.virtual_size,
        "status": image.status,
        "checksum": image.checksum,
        "protected": image.protected,
        "min_ram": image.min_ram,
        "min_disk": image.min_disk,
        "owner": image.owner,
        "os_hidden": image.os_hidden,
        "os_hash_algo": image.os_hash_algo,
        "os_hash_value": image.os_hash_value,
        "id": image.id,
        "created_at": timestamp(image.created_at),
        "updated_at": timestamp(image.updated_at),
        "tags": image.tags,
        "self": path,
        "file": f"{path}/file",
        "schema": "/v2/schemas/image",
    }
    if image.locations and "stores" not in hidden:
        document["stores"] = ",".join(location["store"] for location in image.locations)
    if locations is not None:
        document["locations"] = locations
    return document
