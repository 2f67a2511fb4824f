"""Properties in a namespace: what values they may have."""

from __future__ import annotations

from contrib.openapi.operations.metadefs import KIND, ONE
from contrib.openapi.parts import Json, Operation, answer, json_body, link
from glance_schemas.metadefs import Properties, Property, PropertyGiven

TAG = "properties of definitions"
ALL = f"{ONE}/properties"
PROPERTY = f"{ALL}/{{name}}"
_DEFINITION: Json = {"title": "Bus of the disk", "type": "string", "enum": ["ide", "scsi", "virtio"]}
EXAMPLE: Json = {"name": "disk_bus", **_DEFINITION}
_WHICH = {"namespace": "$request.path.namespace", "name": "$response.body#/name"}
_REFUSES = (403, 404, 409)

OPERATIONS = (
    Operation(
        "GET",
        ALL,
        "list_properties",
        "List the properties of a namespace",
        {200: answer("They, by name.", Properties, example={"properties": {"disk_bus": _DEFINITION}})},
        refuses=(403, 404),
    ),
    Operation(
        "POST",
        ALL,
        "create_property",
        "Add a property",
        {201: answer(
            "The property.",
            Property,
            links={
                name: link(name, description, **_WHICH)
                for name, description in {"show_property": "The property.", "delete_property": "Delete it."}.items()
            },
            example=EXAMPLE,
        )},
        body=json_body(PropertyGiven, EXAMPLE),
        refuses=_REFUSES,
    ),
    Operation(
        "DELETE", ALL, "delete_properties", "Delete all properties", {204: answer("None is left.")}, refuses=(403, 404)
    ),
    Operation(
        "GET",
        PROPERTY,
        "show_property",
        "Show a property",
        {200: answer("The property.", Property, example=EXAMPLE)},
        parameters=(KIND,),
        refuses=(403, 404),
    ),
    Operation(
        "PUT",
        PROPERTY,
        "update_property",
        "Replace a property",
        {200: answer("The property as it is now.", Property, example=EXAMPLE)},
        body=json_body(PropertyGiven, EXAMPLE),
        refuses=_REFUSES,
    ),
    Operation(
        "DELETE", PROPERTY, "delete_property", "Delete a property", {204: answer("It is gone.")}, refuses=(403, 404)
    ),
)  # fmt: skip
