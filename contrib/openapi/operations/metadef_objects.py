"""Objects in a namespace: properties that belong together."""

from __future__ import annotations

from contrib.openapi.operations.metadefs import ONE, TIMES
from contrib.openapi.parts import Json, Operation, answer, json_body, link, query
from glance_schemas.metadefs import VISIBILITIES, Object, ObjectGiven, Objects

TAG = "objects of definitions"
ALL = f"{ONE}/objects"
OBJECT = f"{ALL}/{{name}}"
GIVEN: Json = {"name": "cpu", "properties": {"cores": {"title": "Cores", "type": "integer", "minimum": 1}}}
EXAMPLE: Json = {
    **GIVEN,
    **TIMES,
    "required": [],
    "self": "/v2/metadefs/namespaces/My::Hardware/objects/cpu",
    "schema": "/v2/schemas/metadefs/object",
}
_WHICH = {"namespace": "$request.path.namespace", "name": "$response.body#/name"}
_REFUSES = (403, 404, 409)

OPERATIONS = (
    Operation(
        "GET",
        ALL,
        "list_objects",
        "List the objects of a namespace",
        {200: answer("All of them.", Objects, example={"objects": [EXAMPLE], "schema": "v2/schemas/metadefs/objects"})},
        "The parameters must be valid, and have no effect.",
        (
            query("visibility", "As for namespaces.", enum=list(VISIBILITIES)),
            query("sort_dir", "In which direction.", enum=["asc", "desc"]),
            query("limit", "Objects on a page.", type="integer", minimum=1),
        ),
        refuses=(403, 404),
    ),
    Operation(
        "POST",
        ALL,
        "create_object",
        "Add an object",
        {201: answer(
            "The object.",
            Object,
            links={
                name: link(name, description, **_WHICH)
                for name, description in {"show_object": "The object.", "delete_object": "Delete it."}.items()
            },
            example=EXAMPLE,
        )},
        body=json_body(ObjectGiven, GIVEN),
        refuses=_REFUSES,
    ),
    Operation(
        "DELETE", ALL, "delete_objects", "Delete all objects", {204: answer("None is left.")}, refuses=(403, 404)
    ),
    Operation(
        "GET",
        OBJECT,
        "show_object",
        "Show an object",
        {200: answer("The object.", Object, example=EXAMPLE)},
        refuses=(403, 404),
    ),
    Operation(
        "PUT",
        OBJECT,
        "update_object",
        "Replace an object",
        {200: answer("The object as it is now.", Object, example=EXAMPLE)},
        body=json_body(ObjectGiven, GIVEN),
        refuses=_REFUSES,
    ),
    Operation("DELETE", OBJECT, "delete_object", "Delete an object", {204: answer("It is gone.")}, refuses=(403, 404)),
)  # fmt: skip
