"""The documents of tasks."""

from __future__ import annotations

from glance_schemas.documents.parts import READ_ONLY_TEXT, UUID, Document, listing, typed

# A list shows tasks without these.
_DETAILS = ("input", "result", "message")

TASK: Document = {
    "name": "task",
    "properties": {
        "id": typed("string", "UUID that names the task.", pattern=UUID),
        "type": typed("string", "What the task does.", enum=["import", "api_image_import", "location_import"]),
        "status": typed("string", "How far the task has come.", enum=["pending", "processing", "success", "failure"]),
        "input": typed("object?", "What the task was told."),
        "result": typed("object?", "What came of the task."),
        "owner": typed("string", "Project that the task works for."),
        "message": typed("string", "What there is to say about the outcome, above all about a failure."),
        "image_id": typed("string", "Image that the task works on."),
        "request_id": typed("string", "Request that started the task."),
        "user_id": typed("string", "User who started the task."),
        "expires_at": typed("string?", "When the finished task may be forgotten, in UTC."),
        "created_at": typed("string", "When the task was registered, in UTC."),
        "updated_at": typed("string", "When the task last changed, in UTC."),
        "self": READ_ONLY_TEXT,
        "schema": READ_ONLY_TEXT,
    },
}

TASKS = listing(
    "tasks",
    {**TASK, "properties": {name: value for name, value in TASK["properties"].items() if name not in _DETAILS}},
)
