"""Metadata definitions: namespaces, and the kinds of resources that they apply to."""

from __future__ import annotations

from contrib.openapi.parts import Json, Operation, answer, header, json_body, link, query
from glance_schemas.metadefs import (
    NAMESPACES,
    VISIBILITIES,
    Association,
    AssociationGiven,
    Associations,
    Namespace,
    NamespaceCreated,
    NamespaceGiven,
    Namespaces,
    ResourceTypes,
)

TAG = "metadata definitions"
ONE = f"{NAMESPACES}/{{namespace}}"
NAMED = {"namespace": "$response.body#/namespace"}
KIND = query("resource_type", "A kind of resource: names are shown with its prefix.")
TIMES = {"created_at": "2026-01-31T23:59:59Z", "updated_at": "2026-01-31T23:59:59Z"}
GIVEN: Json = {"namespace": "My::Hardware", "display_name": "Hardware", "visibility": "private", "protected": False}
EXAMPLE: Json = {
    **GIVEN,
    **TIMES,
    "owner": "05f4e8dd1ae04adbae65f4bb03d5a1d6",
    "self": f"{NAMESPACES}/My::Hardware",
    "schema": "/v2/schemas/metadefs/namespace",
}
ASSOCIATION: Json = {"name": "OS::Nova::Server", "prefix": "hw_"}

OPERATIONS = (
    Operation(
        "GET",
        NAMESPACES,
        "list_namespaces",
        "List namespaces",
        {200: answer("A page.", Namespaces, example={
            "namespaces": [EXAMPLE],
            "first": NAMESPACES,
            "schema": "/v2/schemas/metadefs/namespaces",
        })},
        "The caller's own and public ones.",
        (
            query("visibility", "Only those that may be seen in this way.", enum=list(VISIBILITIES)),
            query("resource_types", "Only those that apply to one of these kinds, separated by commas."),
            query("sort_key", "What to sort by.", enum=["namespace", "created_at", "updated_at"], default="created_at"),
            query("sort_dir", "In which direction.", enum=["asc", "desc"], default="desc"),
            query("limit", "Namespaces on the page; more than 1,000 are 1,000.", type="integer", minimum=0, default=25),
            query("marker", "The last namespace of the page before."),
        ),
        refuses=(403, 404),
    ),
    Operation(
        "POST",
        NAMESPACES,
        "create_namespace",
        "Create a namespace",
        {201: answer(
            "The namespace.",
            NamespaceCreated,
            headers={"Location": header("URL of the namespace.")},
            links={
                name: link(name, description, **NAMED)
                for name, description in {
                    "show_namespace": "The namespace.",
                    "update_namespace": "Change it.",
                    "create_object": "Add an object.",
                    "create_property": "Add a property.",
                    "list_metadef_tags": "Its tags.",
                    "create_association": "Let it apply to a kind of resource.",
                    "delete_namespace": "Delete it.",
                }.items()
            },
            example=EXAMPLE,
        )},
        "What is to be in it may come along.",
        body=json_body(NamespaceGiven, GIVEN),
        refuses=(403, 404, 409),
    ),
    Operation(
        "GET",
        ONE,
        "show_namespace",
        "Show a namespace",
        {200: answer("The namespace, with what is in it.", Namespace, example=EXAMPLE)},
        parameters=(KIND,),
        refuses=(403, 404),
    ),
    Operation(
        "PUT",
        ONE,
        "update_namespace",
        "Change a namespace",
        {200: answer("The namespace as it is now.", Namespace, example=EXAMPLE)},
        "What is not sent is as in a new namespace; what is in the namespace stays.",
        body=json_body(NamespaceGiven, GIVEN),
        refuses=(403, 404, 409),
    ),
    Operation(
        "DELETE",
        ONE,
        "delete_namespace",
        "Delete a namespace",
        {204: answer("It is gone, with what was in it.")},
        "A protected namespace cannot be deleted.",
        refuses=(403, 404),
    ),
    Operation(
        "GET",
        f"{ONE}/resource_types",
        "list_associations",
        "List the kinds of resources that a namespace applies to",
        {200: answer("They.", Associations, example={"resource_type_associations": [{**ASSOCIATION, **TIMES}]})},
        refuses=(403, 404),
    ),
    Operation(
        "POST",
        f"{ONE}/resource_types",
        "create_association",
        "Let a namespace apply to a kind of resource",
        {201: answer("The association.", Association, example={**ASSOCIATION, **TIMES})},
        body=json_body(AssociationGiven, ASSOCIATION),
        refuses=(403, 404, 409),
    ),
    Operation(
        "DELETE",
        f"{ONE}/resource_types/{{name}}",
        "delete_association",
        "Let a namespace apply to a kind of resource no more",
        {204: answer("It does not any more.")},
        refuses=(403, 404),
    ),
    Operation(
        "GET",
        "/v2/metadefs/resource_types",
        "list_resource_types",
        "List the kinds of resources",
        {200: answer("They.", ResourceTypes, example={"resource_types": [{"name": "OS::Nova::Server", **TIMES}]})},
        refuses=(403, 404),
    ),
)  # fmt: skip
