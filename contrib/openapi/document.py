"""The document, put together."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from apispec import APISpec

from contrib.openapi import parts
from contrib.openapi.operations import SECTIONS
from contrib.openapi.parts import IDENTITY_REFUSALS, REFUSALS, Json, Operation
from contrib.openapi.shapes import Shapes, explain
from glance_emulator import __version__

FILE = Path(__file__).parents[2] / "schemas" / "glance_schemas" / "openapi.json"
IDENTITY = "/identity"
DESCRIPTION = """\
The Images API v2 of OpenStack, and as much of Identity v3 as its clients need, as glance-emulator serves them.

Refusals of the Images API follow the header `Accept`: JSON for `application/json`, HTML for `*/*` or `text/html`, plain
text otherwise. Path segments `v2.0` to `v2.17`, and to `v2.18` where there is an image cache, stand for
`v2`. Times are in UTC.
"""


def text() -> str:
    """Return the document as its file has it."""
    return json.dumps(build(), indent=1, ensure_ascii=False) + "\n"


def build() -> Json:
    """Return the document."""
    shapes = Shapes()
    spec = APISpec(
        title="OpenStack Images, by glance-emulator",
        version=__version__,
        openapi_version="3.1.0",
        plugins=[shapes],
        info={
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        servers=[{"url": "/", "description": "Where this document is served."}],
        jsonSchemaDialect="https://json-schema.org/draft/2020-12/schema",
    )
    _add_components(spec)
    for section in SECTIONS:
        spec.tag({"name": section.TAG, "description": section.__doc__.splitlines()[0]})  # type: ignore[union-attr]
        for operation in section.OPERATIONS:
            spec.path(operation.path, operations={operation.method.lower(): _shown(operation, section.TAG)})
        for name, shape in getattr(section, "SHAPES", {}).items():
            spec.components.schema(name, shape)
    made: Json = spec.to_dict()
    schemas = made["components"]["schemas"]
    for name, kind in shapes.schemas.items():
        explain(name, kind, schemas[name])
    made["components"]["schemas"] = dict(sorted(schemas.items()))
    made["paths"] = {path: _parameters_once(path, made["paths"][path]) for path in made["paths"]}
    plain: Json = json.loads(json.dumps(made))
    return plain


def _add_components(spec: APISpec) -> None:
    spec.components.header("RequestId", parts.REQUEST_ID)
    spec.components.security_scheme(
        "Token",
        {
            "type": "apiKey",
            "in": "header",
            "name": "X-Auth-Token",
            "description": "A token of Identity, got by `POST /identity/v3/auth/tokens`.",
        },
    )
    for code in REFUSALS:
        spec.components.response(f"Refused{code}", parts.refusal(code))
    for code in IDENTITY_REFUSALS:
        spec.components.response(f"IdentityRefused{code}", parts.refusal(code, identity=True))


def _shown(operation: Operation, tag: str) -> Json:
    identity = operation.path.startswith(IDENTITY)
    always = () if operation.open and not identity else (400, 401)
    responses: dict[str, Any] = {str(code): answer for code, answer in operation.answers.items()}
    prefix = "IdentityRefused" if identity else "Refused"
    responses |= {str(code): f"{prefix}{code}" for code in sorted({*always, *operation.refuses})}
    shown: Json = {"operationId": operation.name, "tags": [tag], "summary": operation.summary}
    if operation.description:
        shown["description"] = operation.description
    if operation.parameters:
        shown["parameters"] = list(operation.parameters)
    if operation.body:
        shown["requestBody"] = operation.body
    if operation.any_method:
        shown["x-any-method"] = True
    return {**shown, "responses": responses, "security": [] if operation.open else [{"Token": []}]}


def _parameters_once(path: str, item: Json) -> Json:
    """Add the parameters that are in the path."""
    names = re.findall(r"{(\w+)}", path)
    return {"parameters": [parts.path_parameter(name) for name in names], **item} if names else item
