"""Who may do what with whose image: every kind of caller, told in one table for each visibility."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import requests

from tests.contract.actors import PATCH_TYPE, Actor

Ask = Callable[[Actor, str], requests.Response]
BYTES = {"Content-Type": "application/octet-stream"}


def replacing(name: str, value: str) -> Ask:
    return lambda actor, image: actor.patch(image, {"op": "replace", "path": f"/{name}", "value": value})


REQUESTS: Mapping[str, Ask] = {
    "show": lambda actor, image: actor.get(image),
    "change-nothing": lambda actor, image: actor("PATCH", image, data="[]", headers={"Content-Type": PATCH_TYPE}),
    "rename": replacing("name", "another"),
    "give-away": replacing("owner", "another"),
    "publish": replacing("visibility", "public"),
    "open": replacing("visibility", "community"),
    "close": replacing("visibility", "private"),
    "download": lambda actor, image: actor.get(f"{image}/file", headers={"Connection": "close"}),
    "upload": lambda actor, image: actor.put(f"{image}/file", data=b"x", headers={**BYTES, "Connection": "close"}),
    "tag": lambda actor, image: actor.put(f"{image}/tags/t"),
    "untag": lambda actor, image: actor.delete(f"{image}/tags/t"),
    "members": lambda actor, image: actor.get(f"{image}/members"),
    "offer": lambda actor, image: actor.post(f"{image}/members", {"member": "another"}),
    "member": lambda actor, image: actor.get(f"{image}/members/{CONSUMER}"),
    "answer": lambda actor, image: actor.put(f"{image}/members/{CONSUMER}", {"status": "accepted"}),
    "take-back": lambda actor, image: actor.delete(f"{image}/members/{CONSUMER}"),
    "deactivate": lambda actor, image: actor.post(f"{image}/actions/deactivate"),
    "reactivate": lambda actor, image: actor.post(f"{image}/actions/reactivate"),
    "tasks": lambda actor, image: actor.get(f"{image}/tasks"),
    "delete": lambda actor, image: actor.delete(image),
}
CONSUMER = "authorization-consumer"
"""The project that the shared image is offered to."""

PRODUCER = "authorization-producer"
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
def callers(newcomer: Callable[..., Actor]) -> list[Actor]:
    return [newcomer(project=project, roles=roles) for project, roles in CALLERS]


def new_image(admin: Actor, visibility: str) -> str:
    image: dict[str, Any] = admin.image(visibility=visibility, owner=PRODUCER)
    admin.upload(image, b"some bytes")
    path = f"/v2/images/{image['id']}"
    if visibility == "shared":
        assert admin.post(f"{path}/members", {"member": CONSUMER}).status_code == 200
    return path


@pytest.mark.parametrize(
    ("visibility", "name", "statuses"),
    [
        pytest.param(visibility, name, statuses, id=f"{visibility}-{name}")
        for visibility, rows in STATUSES.items()
        for name, statuses in rows.items()
    ],
)
def test_who_may_do_what(admin: Actor, callers: list[Actor], visibility: str, name: str, statuses: str) -> None:
    found, image = [], new_image(admin, visibility)
    for caller in callers:
        found.append(REQUESTS[name](caller, image).status_code)
        if found[-1] < 300 and name not in READING:
            admin.delete(image)
            image = new_image(admin, visibility)  # the next caller shall find what this one found
    admin.delete(image)  # a public one would stand in everybody's list
    assert " ".join(map(str, found)) == statuses
