"""Stores and import methods: what a deployment has."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_dump, validate

from glance_schemas.wire import derived


class Store(Schema):
    """A store; `default` and `read-only` are strings, and stand only where they are true."""

    id = fields.String(required=True)
    default = derived(lambda store: "true" if store.default else None, metadata={"enum": ["true"]})
    read_only = derived(
        lambda store: "true" if store.read_only else None, data_key="read-only", metadata={"enum": ["true"]}
    )

    @post_dump
    def _without_what_is_not(self, shown: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in shown.items() if value is not None}


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

    description = fields.String(required=True, dump_default="What there is to import by.")
    type = fields.String(required=True, dump_default="array", validate=validate.Equal("array"))
    value = fields.List(fields.String(), required=True)


class ImportMethods(Schema):
    """What images can be imported by."""

    import_methods = fields.Nested(MethodsSchema, required=True, data_key="import-methods")
