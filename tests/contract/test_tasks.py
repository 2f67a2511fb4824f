"""/v2/tasks and /v2/images/{id}/tasks: work in the background, ordered, listed and shown."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.contract.actors import Actor

Task = dict[str, Any]
NOTHING = {"type": "api_image_import", "input": {}}
"""A task that fails at once, for want of input."""
HERE = "/v2/tasks"


def ended(admin: Actor, task: Task) -> Task:
    """Wait for the end of a task; return it as it then is."""
    deadline = time.monotonic() + 20
    while task["status"] in ("pending", "processing"):
        assert time.monotonic() < deadline, task
        time.sleep(0.1)
        task = admin.get(f"{HERE}/{task['id']}").json()
    return task


@pytest.fixture
def order(admin: Actor) -> Callable[..., Task]:
    """Order a task and wait for its end."""

    def ordered(**body: Any) -> Task:
        answer = admin.post(HERE, {**NOTHING, **body})
        assert answer.status_code == 201, answer.text
        task = ended(admin, answer.json())
        time.sleep(0.01)  # so that no two begin in one microsecond
        return task

    return ordered


def listed(admin: Actor, query: str = "") -> list[str]:
    """Return the ids of the tasks of the admin's project."""
    answer = admin.get(f"{HERE}?owner={admin.project}&{query}")
    assert answer.status_code == 200, answer.text
    return [task["id"] for task in answer.json()["tasks"]]


# Ordered


def test_a_new_task_waits(admin: Actor) -> None:
    answer = admin.post(HERE, NOTHING)
    task = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Location"] == f"{admin.url}{HERE}/{task['id']}"
    created = task["created_at"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", created)
    assert task == {
        "id": task["id"],
        **NOTHING,
        "status": "pending",
        "owner": admin.project,
        "user_id": admin.user,
        "message": "",
        "result": None,
        "created_at": created,
        "updated_at": created,
        "request_id": answer.headers["x-openstack-request-id"],
        "self": f"{HERE}/{task['id']}",
        "schema": "/v2/schemas/task",
    }
    ended(admin, task)  # a real Glance on SQLite may fail to begin the next one meanwhile


@pytest.mark.parametrize(
    ("type_", "given"),
    [
        pytest.param("api_image_import", {}, id="nothing to import"),
        pytest.param("api_image_import", {"x": 1}, id="no image"),
        pytest.param("location_import", {}, id="no location"),
        pytest.param("location_import", {"x": 1}, id="no image, no location"),
    ],
)
def test_a_task_without_its_input_fails(admin: Actor, order: Callable[..., Task], type_: str, given: Any) -> None:
    task = order(type=type_, input=given)
    assert (task["status"], task["result"]) == ("failure", None)
    assert task["message"]
    lasts = datetime.fromisoformat(task["expires_at"]) - datetime.fromisoformat(task["updated_at"])
    assert timedelta(hours=48) - lasts <= timedelta(seconds=1)


def test_a_task_knows_its_image(order: Callable[..., Task]) -> None:
    image = str(uuid.uuid4())
    task = order(input={"image_id": image, "import_req": {"method": {"name": "copy-image"}}})
    assert (task["image_id"], task["status"]) == (image, "failure")


def test_other_attributes_are_taken_and_not_kept(admin: Actor, order: Callable[..., Task]) -> None:
    odd: dict[str, Any] = {
        "owner": "x",
        "message": "y",
        "id": str(uuid.uuid4()),
        "result": {},
        "created_at": "z",
        "expires_at": None,
    }
    task = order(**odd, status="success", user_id="u", request_id="r", image_id="i", self="s", schema="t")
    assert (task["owner"], task["status"], task["user_id"]) == (admin.project, "failure", admin.user)
    assert task["id"] != odd["id"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="no body"),
        pytest.param(b"{", id="no JSON"),
        pytest.param(b"[]", id="list"),
        pytest.param(b'"x"', id="string"),
        pytest.param(b"{}", id="nothing"),
        pytest.param(b'{"type": "api_image_import"}', id="no input"),
        pytest.param(b'{"input": {}}', id="no type"),
        pytest.param(b'{"type": "export", "input": {}}', id="export"),
        pytest.param(b'{"type": "clone", "input": {}}', id="clone"),
        pytest.param(b'{"type": 5, "input": {}}', id="type of another type"),
        pytest.param(b'{"type": "import", "input": []}', id="input is a list"),
        pytest.param(b'{"type": "api_image_import", "input": "x"}', id="input is a string"),
        pytest.param(b'{"type": "api_image_import", "input": {}, "other": 1}', id="unknown attribute"),
        pytest.param(b'{"type": "api_image_import", "input": {}, "id": "x"}', id="id that is none"),
        pytest.param(b'{"type": "api_image_import", "input": {}, "status": "x"}', id="unknown status"),
        pytest.param(b'{"type": "api_image_import", "input": {}, "owner": null}', id="owner is null"),
        pytest.param(b'{"type": "import", "input": null}', id="import of null"),
        pytest.param(b'{"type": "import", "input": {}}', id="import from nowhere"),
        pytest.param(b'{"type": "import", "input": {"import_from": ""}}', id="import from an empty address"),
        pytest.param(b'{"type": "import", "input": {"import_from": []}}', id="import from a list"),
        pytest.param(b'{"type": "import", "input": {"import_from": "x"}}', id="import from no address"),
        pytest.param(b'{"type": "import", "input": {"import_from": "file:///etc/hosts"}}', id="import from the disk"),
        pytest.param(b'{"type": "import", "input": {"import_from": "ftp://127.0.0.1/x"}}', id="import by FTP"),
        pytest.param(b'{"type": "import", "input": {"import_from": "HTTP://127.0.0.1/x"}}', id="import by capitals"),
        pytest.param(b'{"type": "import", "input": {"import_from": "http:///x"}}', id="import from no host"),
    ],
)  # fmt: skip
def test_bad_orders(admin: Actor, producer: Actor, body: bytes) -> None:
    assert admin("POST", HERE, data=body).status_code == 400
    assert producer("POST", HERE, data=body).status_code == 403
    assert listed(admin) == []


# Shown


def test_a_task_is_shown_to_every_admin(newcomer: Callable[..., Actor], order: Callable[..., Task]) -> None:
    task = order()
    other = newcomer(roles="admin")
    assert other.get(task["self"]).json() == task
    assert task["id"] in [found["id"] for found in other.get(f"{HERE}?limit=100").json()["tasks"]]


def test_task_that_is_not_there(admin: Actor, order: Callable[..., Task]) -> None:
    for name in ("none", str(uuid.uuid4()), order()["id"].replace("-", "")):
        assert admin.get(f"{HERE}/{name}").status_code == 404


@pytest.mark.parametrize("roles", ["member,reader", "reader", "service", "stranger"])
def test_tasks_are_for_admins(newcomer: Callable[..., Actor], order: Callable[..., Task], roles: str) -> None:
    caller, task = newcomer(roles=roles), order()
    asked = (("GET", HERE), ("POST", HERE), ("GET", task["self"]), ("DELETE", task["self"]), ("GET", f"{HERE}?limit=x"))
    assert [caller(*request).status_code for request in asked] == [403] * 5


def test_tasks_are_not_deleted_but_go_by_themselves(admin: Actor, order: Callable[..., Task]) -> None:
    for path in (order()["self"], f"{HERE}/none"):
        answer = admin.delete(path)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


@pytest.mark.parametrize(("path", "allowed"), [(HERE, "GET, POST"), (f"{HERE}/any", "GET, DELETE")])
def test_other_methods(admin: Actor, path: str, allowed: str) -> None:
    for method in ("PUT", "PATCH", "HEAD", "OPTIONS"):
        answer = admin(method, path)
        assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)


def test_the_list_does_not_mind_a_body(admin: Actor) -> None:
    assert admin.get(HERE, data=b"{}").status_code == 200
    assert admin.get(f"{HERE}/").status_code == 404


# Listed


def test_the_list_says_less(admin: Actor, order: Callable[..., Task]) -> None:
    task = order(input={"image_id": "any", "import_req": {}})
    page = admin.get(f"{HERE}?owner={admin.project}").json()
    left_out = ("input", "message", "result", "image_id", "user_id", "request_id")
    assert page == {
        "tasks": [{name: value for name, value in task.items() if name not in left_out}],
        "first": f"{HERE}?owner={admin.project}",
        "schema": "/v2/schemas/tasks",
    }


def test_pages(admin: Actor, order: Callable[..., Task]) -> None:
    tasks = [order()["id"] for _ in range(3)]
    path, found, pages = f"{HERE}?owner={admin.project}&limit=1&foo=bar", [], 0
    while path:
        page = admin.get(path).json()
        found += [task["id"] for task in page["tasks"]]
        assert page["first"] == f"{HERE}?owner={admin.project}&limit=1&foo=bar"
        path, pages = page.get("next"), pages + 1
    assert (found, pages) == (tasks[::-1], 4)
    assert page["tasks"] == []


def test_order(admin: Actor, order: Callable[..., Task]) -> None:
    first = order()["id"]
    second = order(type="location_import")["id"]
    assert listed(admin) == listed(admin, "sort_key=type") == [second, first]
    assert listed(admin, "sort_dir=asc") == listed(admin, "sort_key=type&sort_dir=asc") == [first, second]
    assert listed(admin, "sort_key=deleted") == listed(admin, "sort_key=deleted_at") == [second, first]
    for key in ("id", "status", "owner", "user_id", "image_id", "created_at", "updated_at", "expires_at"):
        assert listed(admin, f"sort_key={key}") == [second, first]
        assert listed(admin, f"sort_key={key}&sort_dir=asc&marker={first}") == [second]
        assert listed(admin, f"sort_key={key}&marker={first}") == []


def test_of_a_repeated_parameter_the_first_counts(admin: Actor, order: Callable[..., Task]) -> None:
    first, second = order()["id"], order()["id"]
    assert listed(admin, "sort_dir=asc&sort_dir=desc") == [first, second]
    assert listed(admin, "limit=1&limit=2") == [second]
    page = admin.get(f"{HERE}?owner={admin.project}&limit=1&limit=2").json()
    assert page["first"] == f"{HERE}?owner={admin.project}&limit=2"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=failure", True),
        ("status=success", False),
        ("status=", False),
        ("type=import", False),
        ("type=", False),
        ("image_id=x", False),
        ("user_id={user}", True),
        ("user_id=x", False),
        ("request_id=x", False),
        ("id={id}", True),
        ("id=x", False),
        ("created_at=x", False),
        ("updated_at=gt:2020-01-01T00:00:00Z", False),
        ("expires_at=x", False),
        ("message=x", True),
        ("input=x", True),
        ("deleted=true", True),
        ("visibility=public", True),
        ("sort=id:asc", True),
        ("changes-since=x", True),
        ("limit=0", False),
        ("limit=%202", True),
        ("limit=100000", True),
    ],
)
def test_filters(admin: Actor, order: Callable[..., Task], query: str, found: bool) -> None:
    task = order()["id"]
    assert listed(admin, query.format(user=admin.user, id=task)) == ([task] if found else [])
    assert admin.get(f"{HERE}?owner=nobody&{query}").json()["tasks"] == []


@pytest.mark.parametrize(
    "query",
    [
        "limit=-1",
        "limit=x",
        "limit=",
        "limit=1.0",
        "sort_key=",
        "sort_key=name",
        "sort_key=message",
        "sort_dir=",
        "sort_dir=up",
        "sort_dir=ASC",
        "status=deleted",
        "type=nope",
        # The service does them, but does not let one ask for them.
        "type=api_image_import",
        "type=location_import",
        "marker=",
        "marker=x",
        "marker=99999999-9999-4999-8999-999999999999",
        "owner=%ff",
    ],
)
def test_bad_queries(admin: Actor, query: str) -> None:
    assert admin.get(f"{HERE}?{query}").status_code == 400


# Of an image


def test_image_without_tasks(producer: Actor, reader: Actor, admin: Actor) -> None:
    image = producer.image()
    for caller in (producer, reader, admin):
        answer = caller.get(f"{image['self']}/tasks")
        assert answer.headers["Content-Type"] == "application/json"
        assert (answer.status_code, answer.json()) == (200, {"tasks": []})


def test_tasks_of_an_image_tell_everything(admin: Actor, producer: Actor, order: Callable[..., Task]) -> None:
    image = producer.image()
    task = order(type="location_import", input={"image_id": image["id"]})
    (found,) = admin.get(f"{image['self']}/tasks").json()["tasks"]
    for name in ("created_at", "updated_at", "expires_at"):
        assert datetime.fromisoformat(found[name]).replace(microsecond=0).isoformat() + "Z" == task[name]
        assert not found[name].endswith("Z")
        del found[name], task[name]
    del task["self"], task["schema"]
    assert found == {**task, "deleted": False, "deleted_at": None}


def test_tasks_of_an_image_are_seen_by_who_ordered_them(
    admin: Actor, newcomer: Callable[..., Actor], producer: Actor, order: Callable[..., Task]
) -> None:
    image = producer.image(visibility="community")
    tasks = [order(input={"image_id": image["id"]})["id"] for _ in range(2)]

    def seen(caller: Actor) -> list[str]:
        return [task["id"] for task in caller.get(f"{image['self']}/tasks?limit=1&status=x&marker=y").json()["tasks"]]

    assert seen(admin) == seen(newcomer(roles="admin,reader")) == tasks
    assert seen(newcomer(roles="reader", project=admin.project)) == tasks
    assert seen(producer) == seen(newcomer()) == []


def test_tasks_of_an_image_that_is_not_seen(admin: Actor, producer: Actor, outsider: Actor) -> None:
    image = producer.image()
    path = f"{image['self']}/tasks"
    assert outsider.get(path).status_code == admin.get("/v2/images/none/tasks").status_code == 404
    producer.delete(image["self"])
    assert producer.get(path).status_code == admin.get(path).status_code == 404


def test_tasks_of_an_image_are_found_by_get_alone(producer: Actor) -> None:
    path = f"{producer.image()['self']}/tasks"
    assert [producer(method, path).status_code for method in ("POST", "PUT", "PATCH", "DELETE", "HEAD")] == [404] * 5
    assert producer.get(path, data=b"{}").status_code == 400
    assert producer.get(f"{path}/").status_code == 404
