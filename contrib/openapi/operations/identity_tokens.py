"""Logging in: tokens, and what they are good for."""

from __future__ import annotations

from contrib.openapi.operations.identity import LINKS, V3, many
from contrib.openapi.parts import Json, Operation, answer, asks, header, json_body, query
from glance_schemas.identity import TokenAnswer, TokenRequest
from glance_schemas.identity_resources import Domain, Project

TAG = "identity: tokens"
TOKENS = f"{V3}/auth/tokens"
_SUBJECT = {"X-Subject-Token": header("The token.")}
_WHICH = {**asks("X-Subject-Token", "The token that is meant."), "required": True}
_NOCATALOG = query("nocatalog", "Leave the catalog out, whatever the value.")
_LOGIN: Json = {
    "auth": {
        "identity": {
            "methods": ["password"],
            "password": {"user": {"name": "producer", "domain": {"id": "default"}, "password": "secret"}},
        },
        "scope": {"project": {"name": "producer", "domain": {"id": "default"}}},
    }
}
_VERSION: Json = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "status": {"type": "string"}, "links": {"type": "array"}},
    "required": ["id", "status", "links"],
}


def _wrapped(name: str, shape: Json) -> Json:
    return {"type": "object", "properties": {name: shape, "links": LINKS}, "required": [name]}


OPERATIONS = (
    Operation(
        "GET",
        "/identity",
        "list_identity_versions",
        "List the versions of Identity",
        {300: answer(
            "The one that there is.",
            _wrapped("versions", {"type": "object", "properties": {"values": {"type": "array", "items": _VERSION}}}),
            headers={"Location": header("URL of the version.")},
        )},
        open=True,
    ),
    Operation(
        "GET",
        V3,
        "show_identity_version",
        "Show the version",
        {200: answer("The version.", _wrapped("version", _VERSION))},
        open=True,
    ),
    Operation(
        "POST",
        TOKENS,
        "log_in",
        "Log in",
        {201: answer("What the token stands for; the token is a header.", TokenAnswer, headers=_SUBJECT)},
        "By password, token or application credential; without a scope, on the user's default project.",
        (_NOCATALOG,),
        json_body(TokenRequest, _LOGIN),
        (403, 404),
        open=True,
    ),
    Operation(
        "GET",
        TOKENS,
        "show_token",
        "Show what a token stands for",
        {200: answer("It.", TokenAnswer, headers=_SUBJECT)},
        parameters=(_WHICH, _NOCATALOG, query("allow_expired", "Whether it may have expired.", enum=["1", "0"])),
        refuses=(403, 404),
    ),
    Operation(
        "DELETE",
        TOKENS,
        "revoke_token",
        "Revoke a token",
        {204: answer("It is worth nothing.")},
        parameters=(_WHICH,),
        refuses=(403, 404),
    ),
    Operation(
        "GET",
        f"{V3}/auth/catalog",
        "list_catalog",
        "List the services and where they are",
        {200: answer("The catalog.", _wrapped("catalog", {"type": "array", "items": {"type": "object"}}))},
        refuses=(403,),
    ),
    Operation(
        "GET",
        f"{V3}/auth/projects",
        "list_own_projects",
        "List the projects that one can ask a token for",
        {200: answer("They.", many(Project))},
    ),
    Operation(
        "GET",
        f"{V3}/auth/domains",
        "list_own_domains",
        "List the domains that one can ask a token for",
        {200: answer("They.", many(Domain))},
    ),
    Operation(
        "GET",
        f"{V3}/auth/system",
        "list_own_system",
        "Say whether one can ask a token for the system",
        {200: answer("A scope, or none.", _wrapped("system", {"type": "array", "items": {"type": "object"}}))},
    ),
)  # fmt: skip
