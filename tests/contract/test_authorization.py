"""Who may do what with whose image: every kind of caller, told in one table for each visibility."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import requests

from tests.contract.actors import PATCH_TYPE, Actor

Ask = Callable[[Actor, str, str], requests.Response]
"""What somebody does to the image at a path; last comes the project that a shared one is offered to."""
BYTES = {"Content-Type": "application/octet-stream"}


def replacing(name: str, value: str) -> Ask:
    return lambda actor, image, consumer: actor.patch(image, {"op": "replace", "path": f"/{name}", "value": value})


REQUESTS: Mapping[str, Ask] = {
    "show": lambda actor, image, consumer: actor.get(image),
    "change-nothing": lambda actor, image, consumer: actor(
        "PATCH", image, data="[]", headers={"Content-Type": PATCH_TYPE}
    ),
    "rename": replacing("name", "another"),
    "give-away": replacing("owner", "another"),
    "publish": replacing("visibility", "public"),
    "open": replacing("visibility", "community"),
    "close": replacing("visibility", "private"),
    "download": lambda actor, image, consumer: actor.get(f"{image}/file", headers={"Connection": "close"}),
    "upload": lambda actor, image, consumer: actor.put(
        f"{image}/file", data=b"x", headers={**BYTES, "Connection": "close"}
    ),
    "tag": lambda actor, image, consumer: actor.put(f"{image}/tags/t"),
    "untag": lambda actor, image, consumer: actor.delete(f"{image}/tags/t"),
    "members": lambda actor, image, consumer: actor.get(f"{image}/members"),
    "offer": lambda actor, image, consumer: actor.post(f"{image}/members", {"member": "another"}),
    "member": lambda actor, image, consumer: actor.get(f"{image}/members/{consumer}"),
    "answer": lambda actor, image, consumer: actor.put(f"{image}/members/{consumer}", {"status": "accepted"}),
    "take-back": lambda actor, image, consumer: actor.delete(f"{image}/members/{consumer}"),
    "deactivate": lambda actor, image, consumer: actor.post(f"{image}/actions/deactivate"),
    "reactivate": lambda actor, image, consumer: actor.post(f"{image}/actions/reactivate"),
    "tasks": lambda actor, image, consumer: actor.get(f"{image}/tasks"),
    "delete": lambda actor, image, consumer: actor.delete(image),
}
PRODUCER, CONSUMER = "producer", "consumer"
"""Whose projects are meant: the image's owner's, and that which the shared image is offered to."""
CALLERS = (
    (PRODUCER, "member,reader"), (PRODUCER, "reader"), (PRODUCER, "member"), (PRODUCER, ""), (PRODUCER, "service"),
    ("another", "member,reader"), ("another", ""),
    (CONSUMER, "member,reader"), (CONSUMER, "reader"), (CONSUMER, "member"), (CONSUMER, ""),
    ("another", "admin"),
)  # fmt: skip
"""Project and roles of the callers, in the order of the columns below."""

STATUSES = {
    "private": {
        "show": "200 200 404 404 404 404 404 404 404 404 404 200",
        "change-nothing": "200 200 200 200 200 404 404 404 404 404 404 200",
        "rename": "200 403 200 404 404 404 404 404 404 404 404 200",
        "give-away": "403 403 403 403 403 404 404 404 404 404 404 200",
        "publish": "403 403 403 403 403 404 404 404 404 404 404 200",
        "open": "200 403 200 403 403 404 404 404 404 404 404 200",
        "close": "200 403 200 404 404 404 404 404 404 404 404 200",
        "download": "200 403 200 404 404 404 404 404 404 404 404 200",
        "upload": "409 403 409 404 404 404 404 404 404 404 404 409",
        "tag": "204 403 204 404 404 404 404 404 404 404 404 204",
        "untag": "404 403 404 404 404 404 404 404 404 404 404 404",
        "members": "403 403 403 403 403 404 404 404 404 404 404 403",
        "offer": "403 403 403 403 403 404 404 404 404 404 404 403",
        "member": "404 404 404 404 404 404 404 404 404 404 404 404",
        "answer": "403 403 403 403 403 404 404 404 404 404 404 403",
        "take-back": "403 403 403 403 403 404 404 404 404 404 404 403",
        "deactivate": "204 403 204 404 404 404 404 404 404 404 404 204",
        "reactivate": "204 403 204 404 404 404 404 404 404 404 404 204",
        "tasks": "200 200 404 404 404 404 404 404 404 404 404 200",
        "delete": "204 403 204 404 404 404 404 404 404 404 404 204",
    },
    "shared": {
        "show": "200 200 404 404 404 404 404 200 200 404 404 200",
        "change-nothing": "200 200 200 200 200 404 404 200 200 200 200 200",
        "rename": "200 403 200 404 404 404 404 403 403 404 404 200",
        "give-away": "403 403 403 403 403 404 404 403 403 403 403 200",
        "publish": "403 403 403 403 403 404 404 403 403 403 403 200",
        "open": "200 403 200 403 403 404 404 403 403 403 403 200",
        "close": "200 403 200 404 404 404 404 403 403 404 404 200",
        "download": "200 403 200 404 404 404 404 200 403 200 404 200",
        "upload": "409 403 409 404 404 404 404 403 403 404 404 409",
        "tag": "204 403 204 404 404 404 404 403 403 404 404 204",
        "untag": "404 403 404 404 404 404 404 403 403 404 404 404",
        "members": "200 200 404 404 404 404 404 200 200 404 404 200",
        "offer": "200 403 404 404 404 404 404 403 403 404 404 200",
        "member": "200 200 404 404 404 404 404 200 200 404 404 200",
        "answer": "403 403 404 404 404 404 404 200 403 404 404 200",
        "take-back": "204 403 404 404 404 404 404 403 403 404 404 204",
        "deactivate": "204 403 204 404 404 404 404 403 403 404 404 204",
        "reactivate": "204 403 204 404 404 404 404 403 403 404 404 204",
        "tasks": "200 200 404 404 404 404 404 200 200 404 404 200",
        "delete": "204 403 204 404 404 404 404 403 403 404 404 204",
    },
    "public": {
        "show": "200 200 404 404 404 200 404 200 200 404 404 200",
        "change-nothing": "200 200 200 200 200 200 200 200 200 200 200 200",
        "rename": "200 403 200 404 404 403 404 403 403 404 404 200",
        "give-away": "403 403 403 403 403 403 403 403 403 403 403 200",
        "publish": "403 403 403 403 403 403 403 403 403 403 403 200",
        "open": "200 403 200 403 403 403 403 403 403 403 403 200",
        "close": "200 403 200 404 404 403 404 403 403 404 404 200",
        "download": "200 403 200 404 404 200 404 200 403 200 404 200",
        "upload": "409 403 409 404 404 403 404 403 403 404 404 409",
        "tag": "204 403 204 404 404 403 404 403 403 404 404 204",
        "untag": "404 403 404 404 404 403 404 403 403 404 404 404",
        "members": "403 403 403 403 403 403 403 403 403 403 403 403",
        "offer": "403 403 403 403 403 403 403 403 403 403 403 403",
        "member": "404 404 404 404 404 404 404 404 404 404 404 404",
        "answer": "403 403 403 403 403 403 403 403 403 403 403 403",
        "take-back": "403 403 403 403 403 403 403 403 403 403 403 403",
        "deactivate": "204 403 204 404 404 403 404 403 403 404 404 204",
        "reactivate": "204 403 204 404 404 403 404 403 403 404 404 204",
        "tasks": "200 200 404 404 404 200 404 200 200 404 404 200",
        "delete": "204 403 204 404 404 403 404 403 403 404 404 204",
    },
}


READING = {"show", "download", "members", "member", "tasks"}


@pytest.fixture(scope="module")
def admin(newcomer: Callable[..., Actor]) -> Actor:
    return newcomer(roles="admin,member,reader")


@pytest.fixture(scope="module")
def projects(newcomer: Callable[..., Actor]) -> dict[str, str]:
    return {name: newcomer().project for name in (PRODUCER, CONSUMER, "another")}


@pytest.fixture(scope="module")
def callers(newcomer: Callable[..., Actor], projects: dict[str, str]) -> list[Actor | None]:
    """The callers; None for whom a service that is not told roles by headers does not know."""
    found: list[Actor | None] = []
    for project, roles in CALLERS:
        try:
            found.append(newcomer(project=projects[project], roles=roles))
        except pytest.skip.Exception:
            found.append(None)
    return found


def new_image(admin: Actor, visibility: str, projects: Mapping[str, str]) -> str:
    image: dict[str, Any] = admin.image(visibility=visibility, owner=projects[PRODUCER])
    admin.upload(image, b"some bytes")
    path = f"/v2/images/{image['id']}"
    if visibility == "shared":
        assert admin.post(f"{path}/members", {"member": projects[CONSUMER]}).status_code == 200
    return path


@pytest.mark.parametrize(
    ("visibility", "name", "statuses"),
    [
        pytest.param(visibility, name, statuses, id=f"{visibility}-{name}")
        for visibility, rows in STATUSES.items()
        for name, statuses in rows.items()
    ],
)
def test_who_may_do_what(
    admin: Actor, callers: list[Actor | None], projects: dict[str, str], visibility: str, name: str, statuses: str
) -> None:
    found, image = [], new_image(admin, visibility, projects)
    for caller, status in zip(callers, statuses.split(), strict=True):
        if caller is None:
            found.append(status)
            continue
        answer = REQUESTS[name](caller, image, projects[CONSUMER])
        found.append(str(answer.status_code))
        if answer.ok and name not in READING:
            admin.delete(image)
            image = new_image(admin, visibility, projects)  # the next caller shall find what this one found
    admin.delete(image)  # a public one would stand in everybody's list
    assert " ".join(found) == statuses
