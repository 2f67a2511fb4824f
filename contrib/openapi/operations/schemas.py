"""Documents that describe what the Images API shows, in the JSON Schema that its clients expect."""

from __future__ import annotations

from contrib.openapi.parts import Operation, answer
from glance_schemas.documents import DOCUMENTS

TAG = "schemas"
_DOCUMENT = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "properties": {"type": "object"}},
    "required": ["name", "properties"],
}

OPERATIONS = tuple(
    Operation(
        "GET",
        f"/v2/schemas/{name}",
        f"show_schema_of_{name.replace('/', '_')}",
        f"Show the schema of {name.rpartition('/')[2].replace('_', ' ')}",
        {200: answer("The document.", _DOCUMENT)},
    )
    for name in DOCUMENTS
)
