"""Tasks: work in the background."""

from __future__ import annotations

from contrib.openapi.operations.images import ONE
from contrib.openapi.parts import AN_ID, Operation, answer, header, json_body, link, query
from glance_emulator.domain.tasks import SORT_KEYS
from glance_schemas.tasks import STATUSES, ImageTasks, Task, TaskCreate, Tasks

TAG = "tasks"
HERE = "/v2/tasks"
TASK = f"{HERE}/{{task_id}}"
STUB = {
    "id": AN_ID,
    "type": "api_image_import",
    "status": "success",
    "owner": "05f4e8dd1ae04adbae65f4bb03d5a1d6",
    "created_at": "2026-01-31T23:59:58Z",
    "updated_at": "2026-01-31T23:59:59Z",
    "expires_at": "2026-02-02T23:59:59Z",
    "self": f"{HERE}/{AN_ID}",
    "schema": "/v2/schemas/task",
}
EXAMPLE = {**STUB, "input": {"image_id": AN_ID}, "result": None, "message": ""}
_WHICH = {"task_id": "$response.body#/id"}

OPERATIONS = (
    Operation(
        "GET",
        HERE,
        "list_tasks",
        "List tasks",
        {200: answer("A page.", Tasks, example={"tasks": [STUB], "first": HERE, "schema": "/v2/schemas/tasks"})},
        "For admins. A task that has ended is listed for two days more.",
        (
            query("type", "What the task does.", enum=["import"]),
            query("status", "How far it has come.", enum=list(STATUSES)),
            query("sort_key", "What to sort by.", enum=list(SORT_KEYS), default="created_at"),
            query("sort_dir", "In which direction.", enum=["asc", "desc"], default="desc"),
            query("limit", "Tasks on the page; more than 1,000 are 1,000.", type="integer", minimum=0, default=25),
            query("marker", "The id of the last task of the page before."),
        ),
        refuses=(403,),
    ),
    Operation(
        "POST",
        HERE,
        "create_task",
        "Order a task",
        {201: answer(
            "The task, which has yet to begin.",
            Task,
            headers={"Location": header("URL of the task.")},
            links={"show_task": link("show_task", "The task.", **_WHICH)},
            example={**EXAMPLE, "status": "pending"},
        )},
        "For admins.",
        body=json_body(TaskCreate, {"type": "import", "input": {"import_from": "https://mirror.example/disk.raw"}}),
        refuses=(403,),
    ),
    Operation(
        "GET", TASK, "show_task", "Show a task", {200: answer("The task.", Task, example=EXAMPLE)}, refuses=(403, 404)
    ),
    Operation(
        "DELETE",
        TASK,
        "delete_task",
        "Refuse to delete a task",
        description="Tasks go by themselves; the route is there, and says that it cannot be used.",
        refuses=(403, 404, 405),
    ),
    Operation(
        "GET",
        f"{ONE}/tasks",
        "list_tasks_of_image",
        "List an image's tasks",
        {200: answer("All of them, in one piece.", ImageTasks)},
        refuses=(403, 404),
    ),
)  # fmt: skip
