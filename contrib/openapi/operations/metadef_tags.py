"""Tags in a namespace."""

from __future__ import annotations

from contrib.openapi.operations.metadefs import ONE, TIMES
from contrib.openapi.parts import Operation, answer, asks, json_body, link, query
from glance_schemas.metadefs import Tag, TagGiven, Tags, TagsGiven

TAG = "tags of definitions"
ALL = f"{ONE}/tags"
ONE_TAG = f"{ALL}/{{name}}"
EXAMPLE = {"name": "fast", **TIMES}
SEVERAL = {"tags": [{"name": "fast"}, {"name": "small"}]}
_WHICH = {"namespace": "$request.path.namespace", "name": "$response.body#/name"}
_REFUSES = (403, 404, 409)

OPERATIONS = (
    Operation(
        "GET",
        ALL,
        "list_metadef_tags",
        "List the tags of a namespace",
        {200: answer("A page.", Tags, example=SEVERAL)},
        parameters=(
            query("sort_key", "What to sort by.", enum=["name", "created_at", "updated_at"], default="created_at"),
            query("sort_dir", "In which direction.", enum=["asc", "desc"], default="desc"),
            query("limit", "Tags on the page.", type="integer", minimum=0),
            query("marker", "The last tag of the page before."),
        ),
        refuses=(403, 404),
    ),
    Operation(
        "POST",
        ALL,
        "create_metadef_tags",
        "Put tags in the place of those that are there",
        {201: answer("The tags.", Tags, example=SEVERAL)},
        parameters=(asks("X-OpenStack-Append", "Whether to add the tags instead.", enum=["true", "false"]),),
        body=json_body(TagsGiven, SEVERAL),
        refuses=_REFUSES,
    ),
    Operation(
        "DELETE", ALL, "delete_metadef_tags", "Delete all tags", {204: answer("None is left.")}, refuses=(403, 404)
    ),
    Operation(
        "GET",
        ONE_TAG,
        "show_metadef_tag",
        "Show a tag",
        {200: answer("The tag.", Tag, example=EXAMPLE)},
        refuses=(403, 404),
    ),
    Operation(
        "POST",
        ONE_TAG,
        "create_metadef_tag",
        "Add a tag",
        {201: answer(
            "The tag.",
            Tag,
            links={"delete_metadef_tag": link("delete_metadef_tag", "Delete it.", **_WHICH)},
            example=EXAMPLE,
        )},
        refuses=_REFUSES,
    ),
    Operation(
        "PUT",
        ONE_TAG,
        "update_metadef_tag",
        "Give a tag another name",
        {200: answer("The tag as it is now.", Tag, example=EXAMPLE)},
        body=json_body(TagGiven, {"name": "faster"}),
        refuses=_REFUSES,
    ),
    Operation(
        "DELETE", ONE_TAG, "delete_metadef_tag", "Delete a tag", {204: answer("It is gone.")}, refuses=(403, 404)
    ),
)  # fmt: skip
