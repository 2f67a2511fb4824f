"""Whom an image is offered to, and what they answered."""

from __future__ import annotations

from contrib.openapi.operations.images import ONE
from contrib.openapi.parts import AN_ID, Operation, answer, json_body, link
from glance_schemas.members import Member, MemberCreate, Members, MemberUpdate

TAG = "members"
ALL = f"{ONE}/members"
MEMBER = f"{ALL}/{{member_id}}"
EXAMPLE = {
    "member_id": "8989447062e04a818baf9e073fd04fa7",
    "image_id": AN_ID,
    "status": "pending",
    "created_at": "2026-01-31T23:59:59Z",
    "updated_at": "2026-01-31T23:59:59Z",
    "schema": "/v2/schemas/member",
}
_WHICH = {"image_id": "$response.body#/image_id", "member_id": "$response.body#/member_id"}
LINKS = {
    "show_member": link("show_member", "The membership.", **_WHICH),
    "update_member": link("update_member", "Answer the offer.", **_WHICH),
    "delete_member": link("delete_member", "Take the offer back.", **_WHICH),
}

OPERATIONS = (
    Operation(
        "GET",
        ALL,
        "list_members",
        "List the members of an image",
        {200: answer("They, in one piece.", Members, example={"members": [EXAMPLE], "schema": "/v2/schemas/members"})},
        "The owner sees all of them, a member itself. Only images that are shared have any.",
        refuses=(403, 404),
    ),
    Operation(
        "POST",
        ALL,
        "add_member",
        "Offer an image to a project",
        {200: answer("The membership.", Member, links=LINKS, example=EXAMPLE)},
        "Whether there is such a project is not checked.",
        body=json_body(MemberCreate, {"member": EXAMPLE["member_id"]}),
        refuses=(403, 404, 409, 413),
    ),
    Operation(
        "GET",
        MEMBER,
        "show_member",
        "Show a membership",
        {200: answer("The membership.", Member, example=EXAMPLE)},
        refuses=(404,),
    ),
    Operation(
        "PUT",
        MEMBER,
        "update_member",
        "Answer an offer",
        {200: answer("The membership as it is now.", Member, example={**EXAMPLE, "status": "accepted"})},
        "Only the member can; not the owner.",
        body=json_body(MemberUpdate, {"status": "accepted"}),
        refuses=(403, 404),
    ),
    Operation(
        "DELETE",
        MEMBER,
        "delete_member",
        "Take an offer back",
        {204: answer("The project is no member any more.")},
        refuses=(403, 404),
    ),
)
