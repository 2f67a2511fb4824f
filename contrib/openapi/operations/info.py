"""What the service has: stores, import methods, limits."""

from __future__ import annotations

from contrib.openapi.parts import Operation, answer
from glance_schemas.stores import ImportMethods, Stores, StoresDetail
from glance_schemas.usage import Usage

TAG = "info"
HERE = "/v2/info"
STORE = {"id": "local", "default": "true"}

OPERATIONS = (
    Operation(
        "GET",
        f"{HERE}/import",
        "show_import_methods",
        "List the import methods",
        {200: answer("They, told as a JSON Schema would.", ImportMethods, example={
            "import-methods": {"description": "What there is.", "type": "array", "value": ["glance-direct"]},
        })},
        refuses=(404,),
    ),
    Operation(
        "GET",
        f"{HERE}/stores",
        "list_stores",
        "List the stores",
        {200: answer("They; what is false is left out.", Stores, example={"stores": [STORE]})},
        refuses=(404,),
    ),
    Operation(
        "GET",
        f"{HERE}/stores/detail",
        "list_stores_in_detail",
        "List the stores with what they are made of",
        {200: answer("They.", StoresDetail, example={
            "stores": [{**STORE, "type": "file", "weight": 0, "properties": {"data_dir": "/var/lib/images"}}],
        })},
        "For admins.",
        refuses=(403, 404),
    ),
    Operation(
        "GET",
        f"{HERE}/usage",
        "show_usage",
        "Show what a project uses of what it may",
        {200: answer("Usage and limit of each; empty where nothing is limited.", Usage, example={
            "usage": {"image_size_total": {"usage": 12, "limit": 1000}},
        })},
    ),
    Operation(
        "DELETE",
        "/v2/stores/{store}/{image_id}",
        "delete_from_store",
        "Take an image's data out of one store",
        {204: answer("Other stores have them still.")},
        "The last store keeps them.",
        refuses=(403, 404, 409),
    ),
)  # fmt: skip
