"""Which versions there are, whether the service is well, and this document."""

from __future__ import annotations

from contrib.openapi.parts import Json, Operation, answer, header
from glance_schemas.versions import Versions

TAG = "discovery"
EXAMPLE = {
    "versions": [
        {"id": "v2.17", "status": "CURRENT", "links": [{"rel": "self", "href": "http://127.0.0.1:9292/v2/"}]},
        {"id": "v2.16", "status": "SUPPORTED", "links": [{"rel": "self", "href": "http://127.0.0.1:9292/v2/"}]},
    ]
}
_NAMELESS: Json = {"headers": {}}
_READY = {
    "type": "object",
    "properties": {"detailed": {"type": "boolean"}, "reasons": {"type": "array"}},
    "required": ["detailed", "reasons"],
}

OPERATIONS = (
    Operation(
        "GET",
        "/",
        "choose_version",
        "List the versions, of which one is to be chosen",
        {300: {**answer("The versions.", Versions, example=EXAMPLE), **_NAMELESS}},
        "Every path that is not known is answered like this.",
        open=True,
        any_method=True,
    ),
    Operation(
        "GET",
        "/versions",
        "list_versions",
        "List the versions",
        {200: {**answer("The versions.", Versions, example=EXAMPLE), **_NAMELESS}},
        open=True,
        any_method=True,
    ),
    Operation(
        "GET",
        "/v2",
        "go_to_root",
        "Go to the root of version 2",
        {302: answer("It is there; nothing else is.", headers={"Location": header("URL of the root.")})},
        any_method=True,
    ),
    Operation(
        "GET",
        "/healthcheck",
        "check_health",
        "Say whether the service is ready",
        {200: {
            "description": "It is; in the media type that is wanted.",
            "content": {
                "application/json": {"schema": _READY, "example": {"detailed": False, "reasons": []}},
                "text/plain": {"schema": {"type": "string"}},
                "text/html": {"schema": {"type": "string"}},
            },
        }},
        open=True,
        any_method=True,
    ),
    Operation(
        "GET",
        "/metrics",
        "show_metrics",
        "Show metrics for Prometheus",
        {200: {"description": "All of them.", "content": {"text/plain": {"schema": {"type": "string"}}}}},
        open=True,
    ),
    Operation(
        "GET",
        "/openapi.json",
        "show_openapi",
        "Show this document",
        {
            200: {
                **answer("The document.", {"type": "object", "required": ["openapi", "info", "paths"]}),
                "headers": {"ETag": header("Changes as the document does.")},
            },
            304: {"description": "It is what If-None-Match named."},
        },
        open=True,
    ),
)  # fmt: skip
