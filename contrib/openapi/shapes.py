"""JSON Schema of marshmallow schemas: what apispec cannot know of the fields in `glance_schemas`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema, fields

from glance_schemas import identity, identity_resources, members, metadefs, tasks, wire
from glance_schemas.documents import DOCUMENTS

Json = dict[str, Any]

BASIC_PLANE = "^[\\u0000-\\uFFFF]*$"
"""What text may be that is sent: the databases of the real service hold no other characters."""
_NO_SPACE = (
    r"\u0000-\u0008\u000E-\u001B!-\u0084\u0086-\u009F\u00A1-\u167F\u1681-\u1FFF\u200B-\u2027\u202A-\u202E"
    r"\u2030-\u205E\u2060-\u2FFF\u3001-\uFFFF"
)
"""What is no white space to Python; of which other languages have a different notion."""
_LINE = r"[\u0000-\u0009\u000B-\uFFFF]"
PATTERNS: Mapping[str, str] = {
    r".*\S": rf"^{_LINE}*[{_NO_SPACE}][\u0000-\uFFFF]*$",
    r"^[a-zA-Z0-9+.-]+:.+": rf"^[a-zA-Z0-9+.-]+:{_LINE}[\u0000-\uFFFF]*$",
}
"""Patterns of text that is sent, by those of the fields: with what BASIC_PLANE says, too."""
MOMENT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"
TYPES: Mapping[type[fields.Field[Any]], Json] = {
    fields.Function: {"type": "string"},
    identity_resources.Moment: {"type": "string", "examples": ["2026-01-31T23:59:59.000000"]},
    identity_resources.Tags: {
        "type": "array",
        "items": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[^/,]*$"},
        "uniqueItems": True,
    },
    members.MemberId: {"type": "string", "minLength": 1, "pattern": BASIC_PLANE},
    metadefs.Default: {"pattern": BASIC_PLANE},
    metadefs.Number: {"type": "number"},
    tasks.Moment: {"type": "string", "examples": ["2026-01-31T23:59:59.123456"]},
    wire.AnyText: {"type": "string", "pattern": BASIC_PLANE},
    wire.Flag: {"type": "boolean"},
    wire.Text: {"type": "string", "pattern": BASIC_PLANE},
    wire.Timestamp: {"type": "string", "format": "date-time", "pattern": MOMENT, "examples": ["2026-01-31T23:59:59Z"]},
    wire.Whole: {"type": "integer"},
}
PREFIXES = {"glance_schemas.metadefs": "Metadef", "glance_schemas.identity": "Identity"}
"""What names of schemas begin with here, by their modules: so that there are no two of one name."""
DESCRIBED = {
    "Image": "image",
    "ImageAttributes": "image",
    "Member": "member",
    "MetadefNamespace": "metadefs/namespace",
    "MetadefNamespaceGiven": "metadefs/namespace",
    "MetadefAssociation": "metadefs/resource_type",
    "MetadefAssociationGiven": "metadefs/resource_type",
    "Task": "task",
    "TaskStub": "task",
    "TaskCreate": "task",
}
"""The document of /v2/schemas that tells of a schema's attributes."""
PROPERTY = {"type": "string", "description": "A property of the image's own."}
METHODS = ("glance-direct", "web-download", "copy-image", "glance-download")
ADDED: Mapping[str, Json] = {
    "Image": {"additionalProperties": PROPERTY},
    "ImageAttributes": {
        "additionalProperties": {**PROPERTY, "pattern": BASIC_PLANE},
        "propertyNames": {"maxLength": 255, "pattern": BASIC_PLANE},
    },
    "HashOfLocation": {
        "dependentRequired": {"os_hash_algo": ["os_hash_value"], "os_hash_value": ["os_hash_algo"]},
        "properties": {"os_hash_value": {"pattern": "^[0-9a-f]*$"}},
    },
    "ImportMethod": {
        "properties": {
            "name": {"type": "string", "enum": list(METHODS)},
            "uri": {"type": "string", "description": "For web-download: where the data are."},
            "glance_region": {"type": "string", "description": "For glance-download: where the other service is."},
            "glance_image_id": {"type": "string", "description": "For glance-download: which image it is there."},
            "glance_service_interface": {"type": "string", "enum": ["public", "internal", "admin"]},
        }
    },
    "ImageImport": {"properties": {"stores": {"items": {"type": "string"}}}},
    "IdentityIssuedToken": {"properties": {"system": {"properties": {"all": {"type": "boolean"}}}}},
}
"""What schemas cannot say of themselves."""


class Converter(OpenAPIConverter):
    """apispec's, which knows these fields."""

    def field2type_and_format(self, field: fields.Field[Any], **options: Any) -> Json:
        """Return what the type of the field comes to."""
        for kind in type(field).__mro__:
            if kind in TYPES:
                return dict(TYPES[kind])
        if isinstance(field, wire.Fixed):
            return {"const": field.constant}
        if isinstance(field, identity.ScopeField):
            return {"description": "Or the string `unscoped`."}
        found: Json = super().field2type_and_format(field, **options)
        return found

    def field2length(self, field: fields.Field[Any], **options: Any) -> Json:
        """Return the bounds of its length."""
        found: Json = super().field2length(field, **options)
        longest = getattr(field, "longest", None)
        return found if longest is None else {**found, "maxLength": longest}

    def field2pattern(self, field: fields.Field[Any], **options: Any) -> Json:
        """Return its pattern, as JSON Schema would write it: marshmallow's begin where the text does."""
        found: Json = super().field2pattern(field, **options)
        if "pattern" in found:
            found["pattern"] = PATTERNS.get(found["pattern"]) or "^" + found["pattern"].removeprefix("^").replace(
                r"\Z", "$"
            )
        return found

    def dict2properties(self, field: fields.Field[Any], **options: Any) -> Json:
        """Return what its keys and values are."""
        found: Json = super().dict2properties(field, **options)
        names = self.field2property(field.key_field) if isinstance(field, fields.Dict) and field.key_field else {}
        names.pop("type", None)
        return {**found, "propertyNames": names} if names else found

    def field2property(self, field: fields.Field[Any]) -> Json:
        """Return the schema of the field."""
        found: Json = super().field2property(field)
        if "enum" in found:
            found.pop("pattern", None)  # which would say no more
        if identity_resources.filled in field.validators:
            found["minProperties"] = 1
        return found

    def field2default(self, field: fields.Field[Any], **options: Any) -> Json:
        """Return nothing for what is always the same: a default would say no more."""
        found: Json = {} if isinstance(field, wire.Fixed) else super().field2default(field, **options)
        return found


class Shapes(MarshmallowPlugin):
    """The plugin of apispec; keeps which schema has got which name."""

    Converter = Converter

    def __init__(self) -> None:
        """Begin without any."""
        super().__init__(schema_name_resolver=self._name)
        self.schemas: dict[str, type[Schema]] = {}

    def _name(self, schema: Any) -> str:
        kind: type[Schema] = schema if isinstance(schema, type) else type(schema)
        if not kind.__module__.startswith("glance_schemas"):
            return ""  # made on the way, of another: written out where it is needed
        module = next((prefix for prefix in PREFIXES if kind.__module__.startswith(prefix)), "")
        # Those that are private are parts of tokens.
        name = PREFIXES.get(module, "") + kind.__name__.replace("_", "Token")
        self.schemas[name] = kind
        return name


def explain(name: str, kind: type[Schema], schema: Json) -> None:
    """Add to a schema what is known of it besides its fields."""
    if kind.__doc__ and kind.__doc__ != Schema.__doc__:
        schema["description"] = " ".join(kind.__doc__.split())
    for attribute, told in DOCUMENTS.get(DESCRIBED.get(name, ""), {}).get("properties", {}).items():
        known = schema["properties"].get(attribute)
        if known is not None and "$ref" not in known:
            known.update({key: told[key] for key in ("description", "readOnly") if key in told})
    _merge(schema, ADDED.get(name, {}))


def _merge(schema: Json, more: Json) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(schema.get(key), dict):
            _merge(schema[key], value)
        else:
            schema[key] = value
