"""Of what operations are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from marshmallow import Schema

from contrib.openapi.shapes import BASIC_PLANE
from glance_emulator.web.errors import TITLES
from glance_schemas.errors import Error, IdentityError
from glance_schemas.images import IMAGE_ID

Json = dict[str, Any]
Shape = type[Schema] | Json
AN_ID = "71c675ab-d94f-49cd-a114-e12490b328d9"
REQUEST_ID: Json = {
    "description": "Names the request: what the client sent under this name, if it was short enough, or a new name.",
    "required": True,
    "schema": {"type": "string", "pattern": "^req-"},
    "example": "req-5b1b8a1c-4d2e-4a33-9d0a-2f1cbb6e8a51",
}


@dataclass(frozen=True)
class Operation:
    """What can be asked of a path, and what is answered.

    `refuses` are the status codes of refusals besides 400 and 401, which are always possible where there is a login.
    """

    method: str
    path: str
    name: str
    """The operationId."""
    summary: str
    answers: Mapping[int, Json] = field(default_factory=dict)
    description: str = ""
    parameters: Sequence[Json] = ()
    body: Json | None = None
    refuses: Sequence[int] = ()
    open: bool = False
    """Whether it needs no login."""
    any_method: bool = False
    """Whether any other method is answered in the same way."""


# Answers.


def answer(description: str, shape: Shape | None = None, media_type: str = "application/json", **more: Any) -> Json:
    """Return an answer; without a shape, it has no body. `more` are `headers`, `links`, `example`."""
    found: Json = {"description": description, "headers": {"x-openstack-request-id": ref("headers", "RequestId")}}
    if shape is not None:
        found["content"] = {media_type: {"schema": shape}}
        if "example" in more:
            found["content"][media_type]["example"] = more.pop("example")
    found["headers"] |= more.pop("headers", {})
    return {**found, **{key: value for key, value in more.items() if value}}


def page(items: str, description: str) -> Json:
    """Return the schema of a member of a page."""
    return {"type": "array", "items": items, "description": description}


def header(description: str, required: bool = True, **schema: Any) -> Json:
    """Return a header of an answer."""
    return {"description": description, "required": required, "schema": {"type": "string", **schema}}


def link(operation: str, description: str, **parameters: str) -> Json:
    """Return a way to another operation; the parameters are runtime expressions."""
    return {"operationId": operation, "description": description, "parameters": parameters}


def refusal(code: int, identity: bool = False) -> Json:
    """Return the answer that is a refusal; its body follows the header Accept."""
    title = TITLES.get(code) or HTTPStatus(code).phrase
    if identity:
        example: Json = {"error": {"code": code, "message": "Why.", "title": title}}
        return {"description": title, "content": {"application/json": {"schema": IdentityError, "example": example}}}
    example = {"message": "Why.<br /><br />\n\n\n", "code": f"{code} {title}", "title": title}
    found: Json = {
        "description": REFUSALS[code],
        "content": {
            "application/json": {"schema": Error, "example": example},
            "text/html": {"schema": {"type": "string"}},
            "text/plain": {"schema": {"type": "string"}},
        },
    }
    if code == 405:
        found["headers"] = {"Allow": header("The methods that there are.")}
    if code not in (401, 503):
        found.setdefault("headers", {})["x-openstack-request-id"] = ref("headers", "RequestId")
    return found


REFUSALS = {
    400: "What was sent is not valid.",
    401: "It is not known who calls.",
    403: "The caller may not do this, or nobody may.",
    404: "There is no such thing, or the caller may not see it.",
    405: "The path does not have this method.",
    409: "It is not possible as things stand, or it is there already.",
    410: "It has been deleted meanwhile.",
    413: "It would be more than there may be.",
    415: "The body has a media type that is not known here, or image data are not in the image's disk format.",
    416: "The range is not within the data.",
}
IDENTITY_REFUSALS = (400, 401, 403, 404, 409)


# Parameters.


def ref(section: str, name: str) -> Json:
    """Return a reference to a component."""
    return {"$ref": f"#/components/{section}/{name}"}


def query(name: str, description: str, example: Any = None, **schema: Any) -> Json:
    """Return a parameter of the query string."""
    shape = schema if {"type", "$ref", "anyOf"} & schema.keys() else {"type": "string", **schema}
    found = {"name": name, "in": "query", "description": description, "schema": shape}
    return found if example is None else {**found, "example": example}


def asks(name: str, description: str, **schema: Any) -> Json:
    """Return a header of a request."""
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string", **schema}}


def path_parameter(name: str) -> Json:
    """Return a part of the path."""
    description, schema = PATHS[name]
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


def _text(**more: Any) -> Json:
    return {"type": "string", "minLength": 1, **more}


_ID = _text(pattern="^[0-9A-Za-z-]+$")
PATHS: Mapping[str, tuple[str, Json]] = {
    "image_id": ("UUID of the image.", _text(pattern="^" + IMAGE_ID.replace(r"\Z", "$"))),
    "member_id": ("Project that the image is offered to.", _text(pattern="^[0-9A-Za-z-]+$")),
    "tag": ("The tag: any text without a slash.", _text(maxLength=255, pattern=BASIC_PLANE)),
    "task_id": ("UUID of the task.", _text(pattern="^" + IMAGE_ID.replace(r"\Z", "$"))),
    "store": ("Name of the store.", _text(pattern="^[0-9A-Za-z_-]+$")),
    "namespace": ("Name of the namespace.", _text(maxLength=80)),
    "name": ("Name of the definition.", _text(maxLength=80)),
    "project_id": ("Id of the project.", _ID),
    "target_id": ("Id of the project or domain.", _ID),
    "user_id": ("Id of the user.", _text(pattern="^[^/]+$")),
    "domain_id": ("Id of the domain.", _ID),
    "role_id": ("Id of the role.", _ID),
    "implied_id": ("Id of the role that is implied.", _ID),
    "region_id": ("Id of the region.", _ID),
    "service_id": ("Id of the service.", _ID),
    "endpoint_id": ("Id of the endpoint.", _ID),
    "limit_id": ("Id of the limit.", _ID),
    "group_id": ("Id of the group.", _ID),
    "credential_id": ("Id of the application credential.", _ID),
}


# Bodies of requests.


def json_body(shape: Shape, example: Any = None) -> Json:
    """Return a body that is JSON."""
    content: Json = {"schema": shape}
    if example is not None:
        content["example"] = example
    return {"required": True, "content": {"application/json": content}}


def bytes_body(description: str) -> Json:
    """Return a body that is data."""
    return {"required": True, "description": description, "content": {"application/octet-stream": {}}}
