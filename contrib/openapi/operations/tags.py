"""Tags: short words on an image."""

from __future__ import annotations

from contrib.openapi.operations.images import ONE
from contrib.openapi.parts import Operation, answer

TAG = "tags"

OPERATIONS = (
    Operation(
        "PUT",
        f"{ONE}/tags/{{tag}}",
        "add_tag",
        "Tag an image",
        {204: answer("The image has the tag.")},
        refuses=(403, 404, 413),
    ),
    Operation(
        "DELETE",
        f"{ONE}/tags/{{tag}}",
        "delete_tag",
        "Take a tag off",
        {204: answer("The image has not the tag any more.")},
        refuses=(403, 404),
    ),
)
