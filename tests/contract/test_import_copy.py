"""POST /v2/images/{id}/import: copy-image, from the stores that have an image to others."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.actors import Actor
from tests.contract.importing import imported, order, outcome, settled, show, tasks

CHEAP = {"stores": ["cheap"]}
BOTH = ("active", 10, "reliable,cheap", "", "")


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"options": CHEAP}, id="named"),
        pytest.param({"store": "cheap"}, id="header"),
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
    imported(admin, image, "copy-image", options=CHEAP)
    (task,) = tasks(admin, image)
    assert (task["status"], task["owner"], task["user_id"]) == ("success", producer.project, admin.user)
    assert task["input"] == {
        "image_id": image["id"],
        "import_req": {"method": {"name": "copy-image"}, **CHEAP},
        "backend": ["cheap"],
    }


@pytest.mark.parametrize(
    ("given", "status"),
    [
        pytest.param({}, 400, id="where-it-is-by-default"),
        pytest.param({"store": "reliable"}, 400, id="where-it-is-by-header"),
        pytest.param({"options": {"stores": ["reliable"]}}, 400, id="where-it-is"),
        pytest.param({"options": {"stores": ["cheap", "reliable"]}}, 400, id="elsewhere-and-where-it-is"),
        pytest.param(
            {"options": {"stores": ["reliable"], "all_stores_must_succeed": False}}, 400, id="where-it-is-perhaps"
        ),
        pytest.param({"options": {"stores": ["nowhere"]}}, 409, id="unknown"),
        pytest.param({"options": {"stores": ["reliable", "nowhere"]}}, 409, id="unknown-before-where-it-is"),
        pytest.param({"options": {**CHEAP, "all_stores": True}}, 400, id="all-and-some"),
    ],
)
def test_stores_that_cannot_be(producer: Actor, admin: Actor, given: dict[str, Any], status: int) -> None:
    image = producer.active_image()
    assert order(admin, image, "copy-image", **given).status_code == status
    assert show(producer, image) == image


def test_all_stores_may_have_it_already(producer: Actor, admin: Actor) -> None:
    image = producer.active_image()
    imported(admin, image, "copy-image", options=CHEAP)
    assert order(admin, image, "copy-image", options=CHEAP).status_code == 400
    assert outcome(imported(admin, image, "copy-image", options={"all_stores": True})) == BOTH


def test_no_store_is_no_failure(producer: Actor, admin: Actor) -> None:
    image = producer.active_image()
    assert outcome(imported(admin, image, "copy-image", options={"stores": []})) == ("active", 10, "reliable", "", "")


@pytest.mark.parametrize("visibility", ["shared", "public"])
def test_only_admins_copy_what_is_others(producer: Actor, consumer: Actor, admin: Actor, visibility: str) -> None:
    owner = producer if visibility == "shared" else admin
    image = owner.active_image(visibility=visibility)
    if visibility == "shared":
        producer.offer(image, consumer, "accepted")
    assert order(consumer, image, "copy-image", options=CHEAP).status_code == 403
    assert order(consumer, image, "copy-image", options={"stores": ["nowhere"]}).status_code == 403
    assert "cheap" not in show(owner, image)["stores"]
    owner.delete(image["self"])  # everybody's lists would have a public one


def test_a_copy_outlives_the_first_one(producer: Actor, admin: Actor) -> None:
    image = producer.active_image()
    imported(admin, image, "copy-image", options=CHEAP)
    assert admin.delete(f"/v2/stores/reliable/{image['id']}").status_code == 204
    assert show(producer, image)["stores"] == "cheap"
    assert producer.get(image["file"]).content == b"some bytes"
    back = imported(admin, image, "copy-image", options={"stores": ["reliable"]})
    assert back["stores"] == "cheap,reliable"
    assert producer.delete(image["self"]).status_code == 204


def test_an_image_may_be_deleted_while_it_is_copied(producer: Actor, admin: Actor) -> None:
    image = producer.active_image(b"x" * 20_000_000)
    assert order(admin, image, "copy-image", options=CHEAP).status_code == 202
    assert producer.delete(image["self"]).status_code == 204
    assert producer.get(image["self"]).status_code == 404


def test_an_imported_image_can_be_copied(producer: Actor, admin: Actor) -> None:
    image = producer.active_image(disk_format="qcow2", container_format="ovf")
    assert outcome(imported(admin, image, "copy-image", options=CHEAP)) == BOTH
    assert settled(producer, image)["disk_format"] == "qcow2"
