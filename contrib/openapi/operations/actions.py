"""Data that are withheld for a time."""

from __future__ import annotations

from contrib.openapi.operations.images import ONE
from contrib.openapi.parts import Operation, answer

TAG = "actions"

OPERATIONS = tuple(
    Operation(
        "POST",
        f"{ONE}/actions/{action}",
        f"{action}_image",
        summary,
        {204: answer(done)},
        "An image without data can be neither.",
        refuses=(403, 404),
    )
    for action, summary, done in (
        ("deactivate", "Withhold an image's data", "Only admins can download them."),
        ("reactivate", "Give an image's data again", "Whoever may read the image can download them."),
    )
)
