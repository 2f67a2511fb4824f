"""Who may do what with the members of an image: walks `members_table`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.contract.actors import Actor
from tests.contract.members_table import LETTERS, LISTED, MEMBERS, WHO_MAY

STATUSES = ("pending", "accepted", "rejected")


@dataclass
class Stage:
    """The callers, and one image of each kind with the three members on it."""

    callers: dict[str, Actor]
    images: dict[str, dict[str, Any]]

    def image(self, kind: str) -> dict[str, Any]:
        """Make one more image of this kind; its name is that of all the others here."""
        owner, admin = self.callers["owner"], self.callers["admin"]
        attributes: dict[str, Any] = {"name": owner.project, "visibility": "shared"}
        image = owner.image(**attributes) if kind == "queued" else owner.active_image(**attributes)
        for answer in MEMBERS:
            owner.offer(image, self.callers[answer], answer)
        path = f"/v2/images/{image['id']}"
        becoming: dict[str, Callable[[], Any]] = {
            "private": lambda: owner.patch(path, replace("visibility", "private")),
            "community": lambda: owner.patch(path, replace("visibility", "community")),
            "public": lambda: admin.patch(path, replace("visibility", "public")),
            "deactivated": lambda: admin.post(f"{path}/actions/deactivate"),
            "protected": lambda: owner.patch(path, replace("protected", True)),
            "hidden": lambda: owner.patch(path, replace("os_hidden", True)),
            "deleted": lambda: owner.delete(path),
        }
        if kind in becoming:
            assert becoming[kind]().ok
        return image

    def put_back(self, image: str, member: str) -> None:
        """Make `member` of the image at this path what its name says, whatever it was."""
        admin, project = self.callers["admin"], self.callers[member].project
        admin.post(f"{image}/members", {"member": project})
        assert admin.put(f"{image}/members/{project}", {"status": member}).status_code == 200


def replace(attribute: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": f"/{attribute}", "value": value}


@pytest.fixture(scope="module")
def stage(newcomer: Callable[..., Actor]) -> Iterator[Stage]:
    owner, accepted = newcomer(), newcomer()
    callers = {
        "owner": owner,
        "accepted": accepted,
        "pending": newcomer(),
        "rejected": newcomer(),
        "outsider": newcomer(),
        "admin": newcomer(roles="admin,member,reader"),
        "reader": newcomer(roles="reader", project=owner.project),
        "reader+": newcomer(roles="reader", project=accepted.project),
    }
    stage = Stage(callers, {})
    stage.images = {kind: stage.image(kind) for kind in WHO_MAY}
    yield stage
    for image in stage.images.values():
        callers["admin"].patch(f"/v2/images/{image['id']}", replace("protected", False))
        callers["admin"].delete(f"/v2/images/{image['id']}")


# The rows of the tables: each tries one operation, leaves the image as it was, and returns the cell.
# `member` is the project whose membership is meant, by its name in `stage.callers`.


def list_members(stage: Stage, caller: Actor, image: str, member: str) -> str:
    answer = caller.get(f"{image}/members")
    if answer.status_code != 200:
        return str(answer.status_code)
    listed = {row["member_id"]: row["status"] for row in answer.json()["members"]}
    everybody = {stage.callers[name].project: name for name in MEMBERS}
    own = {project: name for project, name in everybody.items() if project == caller.project}
    return "all" if listed == everybody else "own" if listed == own else f"unexpected: {listed}"


def show(stage: Stage, caller: Actor, image: str, member: str) -> str:
    answer = caller.get(f"{image}/members/{stage.callers[member].project}")
    if answer.status_code == 200:
        assert answer.json()["status"] == member
    return str(answer.status_code)


def create(stage: Stage, caller: Actor, image: str, member: str) -> str:
    answer = caller.post(f"{image}/members", {"member": "someone-new"})
    if answer.status_code == 200:
        assert stage.callers["admin"].delete(f"{image}/members/someone-new").status_code == 204
    return str(answer.status_code)


def update(stage: Stage, caller: Actor, image: str, member: str) -> str:
    codes = []
    for status in STATUSES:
        answer = caller.put(f"{image}/members/{stage.callers[member].project}", {"status": status})
        codes.append(str(answer.status_code))
        if answer.status_code == 200:
            assert answer.json()["status"] == status
            stage.put_back(image, member)
    return codes[0] if len(set(codes)) == 1 else "/".join(codes)


def remove(stage: Stage, caller: Actor, image: str, member: str) -> str:
    answer = caller.delete(f"{image}/members/{stage.callers[member].project}")
    if answer.status_code == 204:
        stage.put_back(image, member)
    return str(answer.status_code)


def get_image(stage: Stage, caller: Actor, image: str, member: str) -> str:
    return str(caller.get(image).status_code)


def get_file(stage: Stage, caller: Actor, image: str, member: str) -> str:
    return str(caller.get(f"{image}/file").status_code)


def patch_image(stage: Stage, caller: Actor, image: str, member: str) -> str:
    return str(caller.patch(image, replace("name", stage.callers["owner"].project)).status_code)


def delete_image(stage: Stage, caller: Actor, image: str, member: str) -> str:
    return str(caller.delete(image).status_code)


OPERATIONS = {
    "list": list_members,
    "show": show,
    "create": create,
    "update": update,
    "remove": remove,
    "GET image": get_image,
    "GET file": get_file,
    "PATCH image": patch_image,
    "DELETE image": delete_image,
}


def rows() -> list[Any]:
    return [
        pytest.param(kind, operation, cells, id=f"{kind}-{operation.replace(' ', '_')}")
        for kind, cells_of in WHO_MAY.items()
        for operation, cells in cells_of.items()
    ]


@pytest.mark.parametrize(("kind", "operation", "cells"), rows())
def test_who_may(stage: Stage, kind: str, operation: str, cells: dict[str, str]) -> None:
    verb, _, member = operation.partition(" ")
    attempt = OPERATIONS.get(operation) or OPERATIONS[verb]
    found = {}
    for name, caller in stage.callers.items():
        # Whoever may delete an image gets one of its own to delete.
        spare = operation == "DELETE image" and cells[name] == "204"
        image = stage.image(kind) if spare else stage.images[kind]
        found[name] = attempt(stage, caller, f"/v2/images/{image['id']}", member)
    assert found == cells
    # What was refused has changed nothing.
    left = list_members(stage, stage.callers["admin"], f"/v2/images/{stage.images[kind]['id']}", member)
    assert left == WHO_MAY[kind]["list members"]["admin"]


@pytest.mark.parametrize(("query", "cells"), [pytest.param(query, cells, id=query) for query, cells in LISTED.items()])
def test_which_images_a_list_shows(stage: Stage, query: str, cells: dict[str, str]) -> None:
    owner, accepted = stage.callers["owner"].project, stage.callers["accepted"].project
    filters = "" if query == "(no filter)" else "&" + query.replace("OWNER", owner).replace("ACCEPTED", accepted)
    found = {}
    for name, caller in stage.callers.items():
        listed = caller.listed(f"?name={owner}{filters}")
        shown = [letter for letter, kind in LETTERS.items() if stage.images[kind]["id"] in listed]
        found[name] = "".join(shown) or "-"
    assert found == cells
