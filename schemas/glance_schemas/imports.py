"""Imports: what is sent."""

from __future__ import annotations

from marshmallow import INCLUDE, Schema, fields

from glance_schemas.wire import Flag


class ImportMethod(Schema):
    """How the data come; what else a method needs is judged by the service, after the image's state."""

    class Meta:
        """marshmallow's options."""

        unknown = INCLUDE

    name = fields.Raw(required=True, allow_none=True)
    uri = fields.Raw(allow_none=True)
    glance_region = fields.Raw(allow_none=True)
    glance_image_id = fields.Raw(allow_none=True)
    glance_service_interface = fields.Raw(allow_none=True)


class ImageImport(Schema):
    """The order to import an image's data; what is unknown in it is kept with the task, and says nothing.

    Which stores it names is judged by the service, after the image's state.
    """

    class Meta:
        """marshmallow's options."""

        unknown = INCLUDE

    method = fields.Nested(ImportMethod, required=True)
    stores = fields.Raw(allow_none=True)
    all_stores = Flag()
    all_stores_must_succeed = Flag()
