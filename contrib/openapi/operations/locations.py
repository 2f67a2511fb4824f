"""Where the data of images are; for services."""

from __future__ import annotations

from contrib.openapi.operations.images import ONE
from contrib.openapi.parts import Operation, answer, json_body
from glance_schemas.images import Location
from glance_schemas.locations import LocationCreate

TAG = "locations"
HERE = f"{ONE}/locations"

OPERATIONS = (
    Operation(
        "GET",
        HERE,
        "list_locations",
        "List where an image's data are",
        {200: answer(
            "The locations.",
            {"type": "array", "items": Location},
            example=[{"url": "file:///var/lib/images/71c675ab", "metadata": {"store": "local"}}],
        )},
        refuses=(403, 404),
    ),
    Operation(
        "POST",
        HERE,
        "add_location",
        "Let an image have data that are somewhere already",
        {202: answer("A task does it; `/v2/images/{image_id}/tasks` tells how it goes.")},
        body=json_body(LocationCreate, {"url": "https://mirror.example/disk.raw"}),
        refuses=(403, 404, 409, 413),
    ),
)  # fmt: skip
