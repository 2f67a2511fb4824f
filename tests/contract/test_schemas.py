"""The schema documents that clients fetch first; their descriptions are each service's own words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.contract.actors import Actor

Schema = dict[str, Any]

UUID = "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$"
CONTAINER_FORMATS = [None, "ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed"]
DISK_FORMATS = [None, "ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop"]
STATUSES = [
    "queued",
    "saving",
    "active",
    "killed",
    "deleted",
    "uploading",
    "importing",
    "pending_delete",
    "deactivated",
]
TEXT: Schema = {"type": "string"}
TEXT_OR_NULL = ["null", "string"]
READ_ONLY_TEXT: Schema = {"readOnly": True, "type": "string"}
DATE: Schema = {"type": "string", "readOnly": True, "format": "date-time"}
TEXT_80: Schema = {"type": "string", "maxLength": 80}
JSON_TYPES = ["array", "boolean", "integer", "number", "object", "string", None]

IMAGE: Schema = {
    "id": {"type": "string", "pattern": UUID},
    "name": {"type": TEXT_OR_NULL, "maxLength": 255},
    "status": {"type": "string", "readOnly": True, "enum": STATUSES},
    "visibility": {"type": "string", "enum": ["community", "public", "private", "shared"]},
    "protected": {"type": "boolean"},
    "os_hidden": {"type": "boolean"},
    "checksum": {"type": TEXT_OR_NULL, "readOnly": True, "maxLength": 32},
    "os_hash_algo": {"type": TEXT_OR_NULL, "readOnly": True, "maxLength": 64},
    "os_hash_value": {"type": TEXT_OR_NULL, "readOnly": True, "maxLength": 128},
    "owner": {"type": TEXT_OR_NULL, "maxLength": 255},
    "size": {"type": ["null", "integer"], "readOnly": True},
    "virtual_size": {"type": ["null", "integer"], "readOnly": True},
    "container_format": {"type": TEXT_OR_NULL, "enum": CONTAINER_FORMATS},
    "disk_format": {"type": TEXT_OR_NULL, "enum": DISK_FORMATS},
    "created_at": READ_ONLY_TEXT,
    "updated_at": READ_ONLY_TEXT,
    "tags": {"type": "array", "items": {"type": "string", "maxLength": 255}},
    "direct_url": READ_ONLY_TEXT,
    "min_ram": {"type": "integer"},
    "min_disk": {"type": "integer"},
    "self": READ_ONLY_TEXT,
    "file": READ_ONLY_TEXT,
    "stores": READ_ONLY_TEXT,
    "schema": READ_ONLY_TEXT,
    "locations": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "url": {"type": "string", "maxLength": 255},
                "metadata": {"type": "object"},
                "validation_data": {
                    "type": "object",
                    "writeOnly": True,
                    "additionalProperties": False,
                    "properties": {
                        "checksum": {"type": "string", "minLength": 32, "maxLength": 32},
                        "os_hash_algo": {"type": "string", "maxLength": 64},
                        "os_hash_value": {"type": "string", "maxLength": 128},
                    },
                    "required": ["os_hash_algo", "os_hash_value"],
                },
            },
            "required": ["url", "metadata"],
        },
    },
}

MEMBER: Schema = {
    "member_id": TEXT,
    "image_id": {"type": "string", "pattern": UUID},
    "created_at": TEXT,
    "updated_at": TEXT,
    "status": {"type": "string", "enum": ["pending", "accepted", "rejected"]},
    "schema": READ_ONLY_TEXT,
}

NAMESPACE: Schema = {
    "namespace": TEXT_80,
    "display_name": TEXT_80,
    "description": {"type": "string", "maxLength": 500},
    "visibility": {"type": "string", "enum": ["public", "private"]},
    "protected": {"type": "boolean"},
    "owner": {"type": "string", "maxLength": 255},
    "created_at": DATE,
    "updated_at": DATE,
    "schema": READ_ONLY_TEXT,
    "self": READ_ONLY_TEXT,
    "resource_type_associations": {
        "type": "array",
        "items": {"type": "object", "properties": {"name": TEXT, "prefix": TEXT, "properties_target": TEXT}},
    },
    "properties": {"$ref": "#/definitions/property"},
    "objects": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "name": TEXT,
                "description": TEXT,
                "required": {"$ref": "#/definitions/stringArray"},
                "properties": {"$ref": "#/definitions/property"},
            },
        },
    },
    "tags": {"type": "array", "items": {"type": "object", "properties": {"name": TEXT}}},
}

PROPERTY: Schema = {
    "name": TEXT_80,
    "title": TEXT,
    "description": TEXT,
    "operators": {"type": "array", "items": TEXT},
    "type": {"type": "string", "enum": JSON_TYPES},
    "required": {"$ref": "#/definitions/stringArray"},
    "minimum": {"type": "number"},
    "maximum": {"type": "number"},
    "maxLength": {"$ref": "#/definitions/positiveInteger"},
    "minLength": {"$ref": "#/definitions/positiveIntegerDefault0"},
    "pattern": {"type": "string", "format": "regex"},
    "enum": {"type": "array"},
    "readonly": {"type": "boolean"},
    "default": {},
    "items": {
        "type": "object",
        "properties": {"type": {"type": "string", "enum": JSON_TYPES}, "enum": {"type": "array"}},
    },
    "maxItems": {"$ref": "#/definitions/positiveInteger"},
    "minItems": {"$ref": "#/definitions/positiveIntegerDefault0"},
    "uniqueItems": {"type": "boolean", "default": False},
    "additionalItems": {"type": "boolean"},
}

DEFINITIONS: Schema = {
    "positiveInteger": {"type": "integer", "minimum": 0},
    "positiveIntegerDefault0": {"allOf": [{"$ref": "#/definitions/positiveInteger"}, {"default": 0}]},
    "stringArray": {"type": "array", "items": TEXT, "uniqueItems": True},
    "property": {
        "type": "object",
        "additionalProperties": {"type": "object", "required": ["title", "type"], "properties": PROPERTY},
    },
}

RESOURCE_TYPE: Schema = {
    "name": TEXT_80,
    "prefix": TEXT_80,
    "properties_target": TEXT_80,
    "created_at": DATE,
    "updated_at": DATE,
}


def link(rel: str, href: str) -> Schema:
    return {"rel": rel, "href": "{" + href + "}"}


PAGES: Schema = {"first": TEXT, "next": TEXT, "schema": TEXT}
LIST_LINKS = [link("first", "first"), link("next", "next"), link("describedby", "schema")]


def listing(name: str, item: Schema, **more: Any) -> Schema:
    """Return the document of a paged list of `item`."""
    return {
        "name": name,
        "properties": {name: {"type": "array", "items": item}, **PAGES},
        "links": LIST_LINKS,
        **more,
    }


IMAGE_DOCUMENT: Schema = {
    "name": "image",
    "properties": IMAGE,
    "additionalProperties": TEXT,
    "links": [link("self", "self"), link("enclosure", "file"), link("describedby", "schema")],
}
MEMBER_DOCUMENT: Schema = {"name": "member", "properties": MEMBER}
NAMESPACE_DOCUMENT: Schema = {
    "name": "namespace",
    "properties": NAMESPACE,
    "additionalProperties": False,
    "required": ["namespace"],
}
RESOURCE_TYPE_DOCUMENT: Schema = {
    "name": "resource_type_association",
    "properties": RESOURCE_TYPE,
    "additionalProperties": False,
    "required": ["name"],
}

OBJECT_DOCUMENT: Schema = {
    "name": "object",
    "properties": {
        "name": TEXT_80,
        "description": TEXT,
        "required": {"$ref": "#/definitions/stringArray"},
        "properties": {"$ref": "#/definitions/property"},
        "schema": READ_ONLY_TEXT,
        "self": READ_ONLY_TEXT,
        "created_at": DATE,
        "updated_at": DATE,
    },
    "additionalProperties": False,
    "required": ["name"],
}
TYPES_OF_PROPERTY: Schema = {
    **{name: DEFINITIONS[name] for name in ("positiveInteger", "positiveIntegerDefault0")},
    "stringArray": {"type": "array", "items": TEXT, "minItems": 1, "uniqueItems": True},
}
PROPERTY_DOCUMENT: Schema = {"properties": PROPERTY, "additionalProperties": False, "required": ["type", "title"]}
NAMED_PROPERTY_DOCUMENT: Schema = {"name": "property", **PROPERTY_DOCUMENT}
TAG_DOCUMENT: Schema = {
    "name": "tag",
    "properties": {"name": TEXT_80, "created_at": DATE, "updated_at": DATE},
    "additionalProperties": False,
    "required": ["name"],
}
OBJECT_OR_NULL: Schema = {"type": ["null", "object"]}
TASK: Schema = {
    "id": {"type": "string", "pattern": UUID},
    "type": {"type": "string", "enum": ["import", "api_image_import", "location_import"]},
    "status": {"type": "string", "enum": ["pending", "processing", "success", "failure"]},
    "input": OBJECT_OR_NULL,
    "result": OBJECT_OR_NULL,
    "owner": TEXT,
    "message": TEXT,
    "image_id": TEXT,
    "request_id": TEXT,
    "user_id": TEXT,
    "expires_at": {"type": ["null", "string"]},
    "created_at": TEXT,
    "updated_at": TEXT,
    "self": READ_ONLY_TEXT,
    "schema": READ_ONLY_TEXT,
}
TASK_STUB: Schema = {name: value for name, value in TASK.items() if name not in ("input", "result", "message")}

DOCUMENTS = {
    "image": IMAGE_DOCUMENT,
    "images": listing("images", IMAGE_DOCUMENT),
    "member": MEMBER_DOCUMENT,
    "members": {
        "name": "members",
        "properties": {"members": {"type": "array", "items": MEMBER_DOCUMENT}, "schema": TEXT},
        "links": [link("describedby", "schema")],
    },
    "metadefs/namespace": {**NAMESPACE_DOCUMENT, "definitions": DEFINITIONS},
    "metadefs/namespaces": listing("namespaces", NAMESPACE_DOCUMENT, definitions=DEFINITIONS),
    "metadefs/resource_type": RESOURCE_TYPE_DOCUMENT,
    "metadefs/resource_types": listing("resource_type_associations", RESOURCE_TYPE_DOCUMENT),
    "metadefs/object": {**OBJECT_DOCUMENT, "definitions": DEFINITIONS},
    "metadefs/objects": listing("objects", OBJECT_DOCUMENT, definitions=DEFINITIONS),
    "metadefs/property": {
        **NAMED_PROPERTY_DOCUMENT, "required": ["type", "title", "name"], "definitions": TYPES_OF_PROPERTY,
    },
    "metadefs/properties": {
        **listing("properties", {}, definitions=TYPES_OF_PROPERTY),
        "properties": {"properties": {"type": "object", "additionalProperties": NAMED_PROPERTY_DOCUMENT}, **PAGES},
    },
    "metadefs/tag": TAG_DOCUMENT,
    "metadefs/tags": listing("tags", TAG_DOCUMENT),
    "task": {"name": "task", "properties": TASK},
    "tasks": {
        "name": "tasks",
        "properties": {"tasks": {"type": "array", "items": {"name": "task", "properties": TASK_STUB}}, "schema": TEXT},
        "links": [link("describedby", "schema")],
    },
}  # fmt: skip


def without_prose(node: Any) -> Any:
    """Drop the descriptions; a property of that name, which is an object, stays."""
    if isinstance(node, dict):
        return {
            key: without_prose(value)
            for key, value in node.items()
            if not (key == "description" and isinstance(value, str))
        }
    return [without_prose(item) for item in node] if isinstance(node, list) else node


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document(producer: Actor, name: str) -> None:
    answer = producer.get(f"/v2/schemas/{name}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert without_prose(answer.json()) == DOCUMENTS[name]


@pytest.mark.parametrize("name", ["image", "member", "metadefs/namespace", "metadefs/resource_type"])
def test_attributes_come_in_the_order_of_the_real_document(producer: Actor, name: str) -> None:
    # Clients print attributes in this order.
    assert list(producer.get(f"/v2/schemas/{name}").json()["properties"]) == list(DOCUMENTS[name]["properties"])


@pytest.mark.parametrize(
    ("name", "silent"),
    [
        pytest.param("image", set(), id="image"),
        pytest.param("member", {"schema"}, id="member"),
        pytest.param("metadefs/resource_type", set(), id="resource_type"),
        pytest.param(
            "metadefs/namespace",
            {"schema", "self", "resource_type_associations", "properties", "objects", "tags"},
            id="namespace",
        ),
    ],
)
def test_attributes_are_described(producer: Actor, name: str, silent: set[str]) -> None:
    attributes = producer.get(f"/v2/schemas/{name}").json()["properties"]
    assert {key for key, value in attributes.items() if not value.get("description")} == silent


def test_every_attribute_of_an_image_stands_in_its_schema(producer: Actor) -> None:
    described = producer.get("/v2/schemas/image").json()["properties"]
    assert set(producer.active_image()) <= set(described)


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("roles", ["", "reader", "member", "admin"])
def test_any_role_reads_schemas(newcomer: Callable[..., Actor], roles: str, name: str) -> None:
    assert newcomer(roles=roles).get(f"/v2/schemas/{name}").status_code == 200


@pytest.mark.parametrize("name", DOCUMENTS)
def test_strangers_read_no_schemas(url: str, name: str) -> None:
    assert requests.get(f"{url}/v2/schemas/{name}", timeout=60).status_code == 401
