"""The image cache, where there is one."""

from __future__ import annotations

from contrib.openapi.parts import AN_ID, Operation, answer, asks
from glance_schemas.cache import CacheContents, Pruned

TAG = "cache"
HERE = "/v2/cache"
ONE = f"{HERE}/{{image_id}}"
ENTRY = {
    "id": 1,
    "image_id": AN_ID,
    "last_accessed": 1769903999.5,
    "last_modified": 1769903998.25,
    "size": 1048576,
    "hits": 3,
    "checksum": None,
}
ADMINS = "For admins; 404 without a cache."

OPERATIONS = (
    Operation(
        "GET",
        HERE,
        "show_cache",
        "Show what is cached and what is queued",
        {200: answer("It.", CacheContents, example={"cached_images": [ENTRY], "queued_images": []})},
        ADMINS,
        refuses=(403, 404),
    ),
    Operation(
        "DELETE",
        HERE,
        "clear_cache",
        "Empty the cache",
        {204: answer("It is empty.")},
        ADMINS,
        (asks("x-image-cache-clear-target", "What to clear; both unless it is said.", enum=["cache", "queue", ""]),),
        refuses=(403, 404),
    ),
    Operation(
        "PUT",
        ONE,
        "queue_image",
        "Have an image cached",
        {202: answer("It is queued, or cached already.")},
        ADMINS,
        refuses=(403, 404),
    ),
    Operation(
        "DELETE",
        ONE,
        "delete_from_cache",
        "Take an image out of the cache, or out of the queue",
        {204: answer("It is not there.")},
        ADMINS,
        refuses=(403, 404),
    ),
    Operation(
        "GET",
        f"{HERE}/nodes/{{image_id}}",
        "list_cache_nodes",
        "List the services that have an image cached",
        {200: answer(
            "Their URLs: this one, or none.",
            {"type": "array", "items": {"type": "string"}},
            example=["http://127.0.0.1:9292"],
        )},
        ADMINS,
        refuses=(403, 404),
    ),
    Operation(
        "POST",
        f"{HERE}/clean",
        "clean_cache",
        "Remove what does not belong together",
        {200: answer("It is in order.")},
        ADMINS,
        refuses=(403, 404),
    ),
    Operation(
        "POST",
        f"{HERE}/prune",
        "prune_cache",
        "Make room in the cache",
        {200: answer("What was removed.", Pruned, example={"total_files_pruned": 2, "total_bytes_pruned": 2097152})},
        f"{ADMINS} What was used longest ago goes first.",
        refuses=(403, 404),
    ),
)  # fmt: skip
