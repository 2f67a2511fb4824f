"""Data that are staged or fetched, and imported in the background."""

from __future__ import annotations

from contrib.openapi.operations.data import SIZE
from contrib.openapi.operations.images import ONE
from contrib.openapi.parts import Operation, answer, asks, bytes_body, json_body
from glance_schemas.imports import ImageImport

TAG = "imports"

OPERATIONS = (
    Operation(
        "PUT",
        f"{ONE}/stage",
        "stage_image",
        "Stage data",
        {204: answer("The image is `uploading`, until it is imported.")},
        "Data for the import method glance-direct.",
        (SIZE,),
        bytes_body("The data."),
        (403, 404, 409, 410, 413, 415),
    ),
    Operation(
        "POST",
        f"{ONE}/import",
        "import_image",
        "Import data",
        {202: answer("A task does it; `/v2/images/{image_id}/tasks` tells how it goes.")},
        parameters=(asks("x-image-meta-store", "The store that is to have them.", pattern="^[0-9A-Za-z_-]+$"),),
        body=json_body(
            ImageImport,
            {"method": {"name": "web-download", "uri": "https://mirror.example/disk.raw"}, "all_stores": False},
        ),
        refuses=(403, 404, 409, 413),
    ),
)
