"""POST /v2/images/{id}/import: copy-image, from the stores that have an image to others."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.actors import Actor
from tests.contract.importing import imported, order, outcome, settled, show, tasks
from tests.contract.stores import FIRST, SECOND

ELSEWHERE = {"stores": [SECOND]}
BOTH = ("active", 10, f"{FIRST},{SECOND}", "", "")


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"options": ELSEWHERE}, id="named"),
        pytest.param({"store": SECOND}, id="header"),
        pytest.param({"options": {"all_stores": True}}, id="all"),
        pytest.param({"options": {"all_stores": True, "all_stores_must_succeed": False}}, id="some"),
    ],
)
@pytest.mark.parametrize("attributes", [{}, {"protected": True}, {"visibility": "community"}], ids=str)
def test_an_admin_copies_anybodys_image(
    producer: Actor, admin: Actor, given: dict[str, Any], attributes: dict[str, Any]
) -> None:
    image = producer.active_image(**attributes)
    assert outcome(imported(admin, image, "copy-image", **given)) == BOTH
    shown = show(producer, image)
    same = ("size", "virtual_size", "checksum", "os_hash_algo", "os_hash_value")
    assert [shown[name] for name in same] == [image[name] for name in same]
    assert producer.get(image["file"]).content == b"some bytes"


def test_the_task_of_a_copy_is_the_copiers(producer: Actor, newcomer: Any) -> None:
    image = producer.active_image()
    admin = newcomer(roles="admin,member,reader", project=producer.project)
    imported(admin, image, "copy-image", options=ELSEWHERE)
    (task,) = tasks(admin, image)
    assert (task["status"], task["owner"], task["user_id"]) == ("success", producer.project, admin.user)
    assert task["input"] == {
        "image_id": image["id"],
        "import_req": {"method": {"name": "copy-image"}, **ELSEWHERE},
        "backend": [SECOND],
    }


@pytest.mark.parametrize(
    ("given", "status"),
    [
        pytest.param({}, 400, id="where-it-is-by-default"),
        pytest.param({"store": FIRST}, 400, id="where-it-is-by-header"),
        pytest.param({"options": {"stores": [FIRST]}}, 400, id="where-it-is"),
        pytest.param({"options": {"stores": [SECOND, FIRST]}}, 400, id="elsewhere-and-where-it-is"),
        pytest.param({"options": {"stores": [FIRST], "all_stores_must_succeed": False}}, 400, id="where-it-is-perhaps"),
        pytest.param({"options": {"stores": ["nowhere"]}}, 409, id="unknown"),
        pytest.param({"options": {"stores": [FIRST, "nowhere"]}}, 409, id="unknown-before-where-it-is"),
        pytest.param({"options": {**ELSEWHERE, "all_stores": True}}, 400, id="all-and-some"),
    ],
)
def test_stores_that_cannot_be(producer: Actor, admin: Actor, given: dict[str, Any], status: int) -> None:
    image = producer.active_image()
    assert order(admin, image, "copy-image", **given).status_code == status
    assert show(producer, image) == image


def test_all_stores_may_have_it_already(producer: Actor, admin: Actor) -> None:
    image = producer.active_image()
    imported(admin, image, "copy-image", options=ELSEWHERE)
    assert order(admin, image, "copy-image", options=ELSEWHERE).status_code == 400
    assert outcome(imported(admin, image, "copy-image", options={"all_stores": True})) == BOTH


def test_no_store_is_no_failure(producer: Actor, admin: Actor) -> None:
    image = producer.active_image()
    assert outcome(imported(admin, image, "copy-image", options={"stores": []})) == ("active", 10, FIRST, "", "")


@pytest.mark.parametrize("visibility", ["shared", "public"])
def test_only_admins_copy_what_is_others(producer: Actor, consumer: Actor, admin: Actor, visibility: str) -> None:
    owner = producer if visibility == "shared" else admin
    image = owner.active_image(visibility=visibility)
    if visibility == "shared":
        producer.offer(image, consumer, "accepted")
    assert order(consumer, image, "copy-image", options=ELSEWHERE).status_code == 403
    assert order(consumer, image, "copy-image", options={"stores": ["nowhere"]}).status_code == 403
    assert show(owner, image)["stores"] == FIRST
    owner.delete(image["self"])  # everybody's lists would have a public one


def test_a_copy_outlives_the_first_one(producer: Actor, admin: Actor) -> None:
    image = producer.active_image()
    imported(admin, image, "copy-image", options=ELSEWHERE)
    assert admin.delete(f"/v2/stores/{FIRST}/{image['id']}").status_code == 204
    assert show(producer, image)["stores"] == SECOND
    assert producer.get(image["file"]).content == b"some bytes"
    back = imported(admin, image, "copy-image", options={"stores": [FIRST]})
    assert back["stores"] == f"{SECOND},{FIRST}"
    assert producer.delete(image["self"]).status_code == 204


def test_an_image_may_be_deleted_while_it_is_copied(producer: Actor, admin: Actor) -> None:
    image = producer.active_image(b"x" * 20_000_000)
    assert order(admin, image, "copy-image", options=ELSEWHERE).status_code == 202
    assert producer.delete(image["self"]).status_code == 204
    assert producer.get(image["self"]).status_code == 404


def test_an_imported_image_can_be_copied(producer: Actor, admin: Actor) -> None:
    image = producer.active_image(disk_format="qcow2", container_format="ovf")
    assert outcome(imported(admin, image, "copy-image", options=ELSEWHERE)) == BOTH
    assert settled(producer, image)["disk_format"] == "qcow2"
