"""Application credentials: what programs log in with."""

from __future__ import annotations

from contrib.openapi.operations.identity import V3, collection, many, one, text_filters
from contrib.openapi.parts import Operation, answer, json_body, link
from glance_schemas.identity_resources import ApplicationCredential, ApplicationCredentialCreate

TAG = "identity: application credentials"
ALL = f"{V3}/users/{{user_id}}/application_credentials"
ONE = f"{ALL}/{{credential_id}}"
_NEW = {"application_credential": {"name": "ci", "roles": [{"name": "member"}]}}
_RULE = {"type": "object", "properties": {"id": {"type": "string"}}}
_WHICH = {"user_id": "$request.path.user_id", "credential_id": "$response.body#/application_credential/id"}

OPERATIONS = (
    Operation(
        "GET",
        ALL,
        "list_application_credentials",
        "List a user's application credentials",
        {200: answer("They, without their secrets.", many(ApplicationCredential))},
        parameters=text_filters("name"),
        refuses=(403, 404),
    ),
    Operation(
        "POST",
        ALL,
        "create_application_credential",
        "Make an application credential",
        {201: answer(
            "It, with its secret, which is not shown again.",
            one(ApplicationCredential),
            links={"show_application_credential": link("show_application_credential", "It.", **_WHICH)},
        )},
        "For oneself, on the project of the token.",
        body=json_body(ApplicationCredentialCreate, _NEW),
        refuses=(403, 404, 409),
    ),
    Operation(
        "GET",
        ONE,
        "show_application_credential",
        "Show an application credential",
        {200: answer("It, without its secret.", one(ApplicationCredential))},
        refuses=(403, 404),
    ),
    Operation(
        "DELETE",
        ONE,
        "delete_application_credential",
        "Remove an application credential",
        {204: answer("It is gone, and so are its tokens.")},
        refuses=(403, 404),
    ),
    Operation(
        "GET",
        f"{V3}/users/{{user_id}}/access_rules",
        "list_access_rules",
        "List the access rules of a user's application credentials",
        {200: answer("They.", collection("access_rules", _RULE))},
        refuses=(403, 404),
    ),
)  # fmt: skip
