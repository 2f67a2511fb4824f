"""The documents of metadata definitions: namespaces, and what is defined in them."""

from __future__ import annotations

from glance_schemas.documents.parts import READ_ONLY_TEXT, TEXT, Document, moment, paged, typed

_NAME = typed("string", maxLength=80)
_JSON_TYPE = typed("string", enum=["array", "boolean", "integer", "number", "object", "string", None])
_LENGTH: Document = {"$ref": "#/definitions/positiveInteger"}
_LENGTH_OR_0: Document = {"$ref": "#/definitions/positiveIntegerDefault0"}
_TEXTS: Document = {"$ref": "#/definitions/stringArray"}
_PROPERTIES: Document = {"$ref": "#/definitions/property"}

_TIMES = {
    "created_at": moment("When the definition was made, in UTC."),
    "updated_at": moment("When the definition last changed, in UTC."),
}

_PROPERTY: Document = {
    "name": _NAME,
    "title": TEXT,
    "description": TEXT,
    "operators": {"type": "array", "items": TEXT},
    "type": _JSON_TYPE,
    "required": _TEXTS,
    "minimum": {"type": "number"},
    "maximum": {"type": "number"},
    "maxLength": _LENGTH,
    "minLength": _LENGTH_OR_0,
    "pattern": typed("string", format="regex"),
    "enum": {"type": "array"},
    "readonly": {"type": "boolean"},
    "default": {},
    "items": {"type": "object", "properties": {"type": _JSON_TYPE, "enum": {"type": "array"}}},
    "maxItems": _LENGTH,
    "minItems": _LENGTH_OR_0,
    "uniqueItems": typed("boolean", default=False),
    "additionalItems": {"type": "boolean"},
}

_NUMBERS: Document = {
    "positiveInteger": {"type": "integer", "minimum": 0},
    "positiveIntegerDefault0": {"allOf": [_LENGTH, {"default": 0}]},
}

_DEFINITIONS: Document = {
    **_NUMBERS,
    "stringArray": {"type": "array", "items": TEXT, "uniqueItems": True},
    "property": {
        "type": "object",
        "additionalProperties": {"type": "object", "required": ["title", "type"], "properties": _PROPERTY},
    },
}

# The documents of properties do not take an empty list of strings, those of namespaces and objects do.
_PROPERTY_DEFINITIONS: Document = {
    **_NUMBERS,
    "stringArray": {"type": "array", "items": TEXT, "minItems": 1, "uniqueItems": True},
}


def _closed(name: str, properties: Document, *required: str, definitions: Document | None = None) -> Document:
    """Return a document that allows no further attributes."""
    extra = {"definitions": definitions} if definitions else {}
    return {"name": name, "properties": properties, "additionalProperties": False, **extra, "required": list(required)}


_NAMESPACE: Document = {
    "namespace": typed("string", "Name of the namespace; there is none like it.", maxLength=80),
    "display_name": typed("string", "Name to show to people.", maxLength=80),
    "description": typed("string", "What the namespace is for.", maxLength=500),
    "visibility": typed("string", "Who may read the namespace.", enum=["public", "private"]),
    "protected": typed("boolean", "Whether the namespace is guarded against deletion."),
    "owner": typed("string", "Project that the namespace belongs to.", maxLength=255),
    **_TIMES,
    "schema": READ_ONLY_TEXT,
    "self": READ_ONLY_TEXT,
    "resource_type_associations": {
        "type": "array",
        "items": {"type": "object", "properties": {"name": TEXT, "prefix": TEXT, "properties_target": TEXT}},
    },
    "properties": _PROPERTIES,
    "objects": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"name": TEXT, "description": TEXT, "required": _TEXTS, "properties": _PROPERTIES},
        },
    },
    "tags": {"type": "array", "items": {"type": "object", "properties": {"name": TEXT}}},
}

_RESOURCE_TYPE: Document = {
    "name": typed("string", "Kind of resource that the definitions apply to.", maxLength=80),
    "prefix": typed("string", "What is put before property names on this kind of resource.", maxLength=80),
    "properties_target": typed(
        "string", "Which part of the resource carries the properties, where there are several.", maxLength=80
    ),
    **_TIMES,
}

_OBJECT: Document = {
    "name": _NAME,
    "description": TEXT,
    "required": _TEXTS,
    "properties": _PROPERTIES,
    "schema": READ_ONLY_TEXT,
    "self": READ_ONLY_TEXT,
    **_TIMES,
}

NAMESPACE = _closed("namespace", _NAMESPACE, "namespace", definitions=_DEFINITIONS)
NAMESPACES = paged("namespaces", _closed("namespace", _NAMESPACE, "namespace"), definitions=_DEFINITIONS)

RESOURCE_TYPE = _closed("resource_type_association", _RESOURCE_TYPE, "name")
RESOURCE_TYPES = paged("resource_type_associations", RESOURCE_TYPE)

PROPERTY = _closed("property", _PROPERTY, "type", "title", "name", definitions=_PROPERTY_DEFINITIONS)
PROPERTIES: Document = paged("properties", {}, definitions=_PROPERTY_DEFINITIONS)
PROPERTIES["properties"]["properties"] = {
    "type": "object",
    "additionalProperties": _closed("property", _PROPERTY, "type", "title"),
}

OBJECT = _closed("object", _OBJECT, "name", definitions=_DEFINITIONS)
OBJECTS = paged("objects", _closed("object", _OBJECT, "name"), definitions=_DEFINITIONS)

TAG = _closed("tag", {"name": _NAME, **_TIMES}, "name")
TAGS = paged("tags", TAG)
