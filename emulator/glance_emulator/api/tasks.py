"""/v2/tasks and /v2/images/{id}/tasks: work in the background."""

from __future__ import annotations

from typing import NoReturn

from flask import Blueprint, Response, g
from werkzeug.exceptions import MethodNotAllowed, NotFound

from glance_emulator.domain import tasks
from glance_emulator.web import paging
from glance_emulator.web.body import answer, load, show
from glance_emulator.web.caller import base_url
from glance_emulator.web.hooks import request_id
from glance_emulator.web.routing import ANY
from glance_emulator.web.transaction import reader, reading, transaction, world
from glance_schemas.tasks import ImageTasks, Task, TaskCreate, Tasks

blueprint = Blueprint("tasks", __name__, url_prefix="/v2")


@blueprint.get("/tasks")
def index() -> Response:
    """List a page of tasks, with the way to the next page if this one is full."""
    tasks.admit(g.caller)
    given = paging.parameters()
    query = tasks.parse(given)
    with reading() as session:
        found = tasks.index(session, g.caller, query, world().clock())
        last = found[-1].id if found and len(found) == query.limit else None
        return show(Tasks, {"tasks": found, **paging.links("/v2/tasks", given, last)})


@blueprint.post("/tasks")
def create() -> Response:
    """Order a task."""
    tasks.admit(g.caller)  # who may not is refused whatever they sent
    body = load(TaskCreate)
    tasks.check(g.caller, body["type"], body["input"])
    with transaction() as session:
        task = tasks.create(session, g.caller, body["type"], body["input"], request_id(), world().clock())
        shown = Task().dump(task)
    world().runner.wake()
    return answer(shown, 201, {"Location": f"{base_url()}/v2/tasks/{task.id}"})


@blueprint.get("/tasks/<task_id>")
def show_task(task_id: str) -> Response:
    """Show a task."""
    with reading() as session:
        return show(Task, tasks.get(session, g.caller, task_id))


@blueprint.delete("/tasks/<task_id>")
def delete(task_id: str) -> NoReturn:
    """Delete nothing: tasks go by themselves. The route is there for all that, and asks who may use it."""
    tasks.admit(g.caller)
    raise MethodNotAllowed(["GET"])


@blueprint.get("/images/<image_id>/tasks")
def index_of_image(image_id: str) -> Response:
    """List the image's tasks that the caller may see."""
    with reader() as rows:
        return show(ImageTasks, {"tasks": tasks.of_image(rows, g.caller, image_id, world().clock())})


@blueprint.route("/images/<image_id>/tasks", methods=[ANY])
def reject(image_id: str) -> NoReturn:
    """Find nothing by other methods, as the real service, which otherwise would say which method there is."""
    raise NotFound
