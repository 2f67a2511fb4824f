"""Stores and import methods: what a deployment has."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_dump, validate


class Store(Schema):
    """A store; `default` stands only with the default one, and is a string."""

    id = fields.String(required=True)
    default = fields.Function(lambda store: "true" if store.default else None)

    @post_dump
    def _without_default(self, shown: dict[str, Any], **_: Any) -> dict[str, Any]:
        if shown["default"] is None:
            del shown["default"]
        return shown


class StoreDetail(Store):
    """A store with what it is made of."""

    type = fields.String(required=True, attribute="details.type")
    properties = fields.Dict(required=True, attribute="details.properties")
    weight = fields.Integer(required=True, attribute="details.weight")


class Stores(Schema):
    """The stores, the default one among them."""

    stores = fields.List(fields.Nested(Store), required=True)


class StoresDetail(Schema):
    """The stores with what they are made of."""

    stores = fields.List(fields.Nested(StoreDetail), required=True)


class MethodsSchema(Schema):
    """The import methods, told as a JSON Schema would."""

    description = fields.Constant("What there is to import by.")
    type = fields.String(dump_default="array", validate=validate.Equal("array"))
    value = fields.List(fields.String(), required=True)


class ImportMethods(Schema):
    """What images can be imported by."""

    import_methods = fields.Nested(MethodsSchema, required=True, data_key="import-methods")
