"""POST /v2/images/{id}/import: from the stage into stores (glance-direct), and what holds for every method."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.actors import Actor
from tests.contract.importing import (
    FAILED,
    IMPORTING,
    OCTETS,
    TASK,
    image_in,
    imported,
    order,
    outcome,
    settled,
    show,
    stage,
    tasks,
)
from tests.contract.stores import BY_NAME, FIRST, SECOND

NOWHERE: dict[str, Any] = {"uri": "ftp://nowhere"}


# What becomes of the image


def test_an_import_makes_the_image_active(producer: Actor) -> None:
    content = b"some content" * 1000
    image = producer.image()
    stage(producer, image, content)
    answer = order(producer, image)
    assert (answer.status_code, answer.content) == (202, b"")
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
    shown = settled(producer, image)
    assert {key: value for key, value in shown.items() if image.get(key) != value and key != "updated_at"} == {
        "status": "active",
        "size": 12000,
        "virtual_size": 12000,
        "checksum": hashlib.md5(content).hexdigest(),
        "os_hash_algo": "sha512",
        "os_hash_value": hashlib.sha512(content).hexdigest(),
        "stores": FIRST,
        IMPORTING: "",
        FAILED: "",
    }
    assert producer.get(image["file"]).content == content


@pytest.mark.parametrize(("content", "told"), [(b"some bytes", True), (b"", False)])
def test_a_task_tells_how_much_was_imported_if_anything_was(producer: Actor, content: bytes, told: bool) -> None:
    image = producer.image()
    stage(producer, image, content)
    imported(producer, image)
    (task,) = tasks(producer, image)
    assert (task["status"], bool(task["message"])) == ("success", told)


def test_an_image_without_bytes_is_imported(producer: Actor) -> None:
    image = producer.image()
    stage(producer, image, b"")
    shown = imported(producer, image)
    assert (shown["status"], shown["size"], shown["virtual_size"]) == ("active", 0, None)
    assert shown["checksum"] == hashlib.md5(b"").hexdigest()


@pytest.mark.parametrize("attribute", ["protected", "os_hidden"])
def test_a_flag_does_not_hinder_an_import(producer: Actor, attribute: str) -> None:
    assert imported(producer, image_in(producer, "uploading", **{attribute: True}))["status"] == "active"


@pytest.mark.parametrize(
    ("given", "stores"),
    [
        pytest.param({}, FIRST, id="default"),
        pytest.param({"store": SECOND}, SECOND, id="header"),
        pytest.param({"options": {"stores": [SECOND]}}, SECOND, id="one"),
        pytest.param({"options": {"stores": [SECOND, FIRST]}}, f"{SECOND},{FIRST}", id="two"),
        pytest.param({"options": {"stores": [FIRST, SECOND]}}, f"{FIRST},{SECOND}", id="the-other-way-round"),
        pytest.param({"options": {"all_stores": True}}, f"{FIRST},{SECOND}", id="all"),
        pytest.param({"options": {"all_stores": False}}, FIRST, id="not-all"),
        pytest.param({"options": {"all_stores": False, "stores": [SECOND]}}, SECOND, id="not-all-but-one"),
        pytest.param(
            {"options": {"all_stores": True, "all_stores_must_succeed": False}}, f"{FIRST},{SECOND}", id="some"
        ),
    ],
)
def test_the_data_go_to_the_stores_that_are_named(producer: Actor, given: dict[str, Any], stores: str) -> None:
    shown = imported(producer, image_in(producer, "uploading"), **given)
    assert outcome(shown) == ("active", 6, stores, "", "")


# What is wrong with the stores


@pytest.mark.parametrize(
    ("given", "status"),
    [
        pytest.param({"store": "nowhere"}, 409, id="unknown-in-the-header"),
        pytest.param({"store": ""}, 409, id="none-in-the-header"),
        pytest.param({"options": {"stores": ["nowhere"]}}, 409, id="unknown"),
        pytest.param({"options": {"stores": [SECOND, "nowhere"]}}, 409, id="one-unknown"),
        pytest.param({"options": {"stores": [1]}}, 409, id="number"),
        pytest.param({"options": {"stores": SECOND}}, 409, id="text-is-a-list-of-letters"),
        pytest.param({"options": {"stores": [SECOND]}, "store": SECOND}, 400, id="body-and-header"),
        pytest.param({"options": {"stores": []}, "store": SECOND}, 400, id="none-and-header"),
        pytest.param({"options": {"stores": [SECOND], "all_stores": True}}, 400, id="all-and-some"),
        pytest.param({"options": {"stores": ["nowhere"], "all_stores": True}}, 400, id="all-and-unknown"),
        pytest.param({"options": {"all_stores": True}, "store": SECOND}, 400, id="all-and-header"),
    ],
)
def test_stores_that_cannot_be(producer: Actor, given: dict[str, Any], status: int) -> None:
    image = image_in(producer, "uploading")
    assert order(producer, image, **given).status_code == status
    shown = show(producer, image)
    assert (shown["status"], shown["size"], TASK in shown, tasks(producer, image)) == ("uploading", 6, False, [])


def test_no_store_is_a_failure(producer: Actor) -> None:
    image = image_in(producer, "uploading")
    assert outcome(imported(producer, image, options={"stores": []})) == ("queued", None, None, "", "")
    assert tasks(producer, image)[0]["status"] == "failure"
    assert stage(producer, image).status_code == 204


# What is judged


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, ("importing", 6, None, "", FIRST), id="one"),
        pytest.param({"all_stores": True}, ("importing", 6, None, SECOND, FIRST), id="all"),
        pytest.param({"stores": [SECOND, FIRST]}, ("importing", 6, None, FIRST, SECOND), id="two"),
        pytest.param(
            {"all_stores": True, "all_stores_must_succeed": False},
            ("queued", None, None, "", BY_NAME),
            id="some",
        ),
        pytest.param({"all_stores_must_succeed": False}, ("queued", None, None, "", FIRST), id="perhaps-one"),
    ],
)
def test_data_of_another_format_fail(producer: Actor, options: dict[str, Any], expected: tuple[Any, ...]) -> None:
    image = image_in(producer, "uploading", disk_format="qcow2")
    assert outcome(imported(producer, image, options=options)) == expected
    shown = show(producer, image)
    assert (shown["checksum"], shown["os_hash_algo"], shown["virtual_size"]) == (None, None, None)
    assert [(task["status"], task["result"]) for task in tasks(producer, image)] == [("failure", None)]


def test_after_a_failure_an_image_stays_importing_and_can_be_deleted(producer: Actor, admin: Actor) -> None:
    image = image_in(producer, "uploading", disk_format="qcow2")
    imported(producer, image)
    assert stage(producer, image).status_code == 409
    assert order(producer, image).status_code == 409
    assert order(producer, image, "web-download", uri="http://0.0.0.0:1/").status_code == 409
    assert order(admin, image, "copy-image").status_code == 409
    assert producer.post(f"{image['self']}/actions/deactivate").status_code == 403
    change = {"op": "replace", "path": "/disk_format", "value": "raw"}
    assert producer.patch(image["self"], change).status_code == 200
    assert producer.delete(image["self"]).status_code == 204


@pytest.mark.parametrize("missing", ["disk_format", "container_format"])
@pytest.mark.parametrize("method", ["glance-direct", "web-download"])
def test_an_import_needs_the_formats(producer: Actor, reader: Actor, missing: str, method: str) -> None:
    image = image_in(producer, "uploading" if method == "glance-direct" else "queued", **{missing: None})
    assert order(producer, image, method, **NOWHERE).status_code == 409
    assert order(producer, image, method, store="nowhere", **NOWHERE).status_code == 409
    assert order(reader, image, method, **NOWHERE).status_code == 409


# Who may, and when


@pytest.fixture
def callers(
    producer: Actor, consumer: Actor, reader: Actor, outsider: Actor, admin: Actor, newcomer: Callable[..., Actor]
) -> dict[str, Actor]:
    return {
        "owner": producer,
        "reader": reader,
        "member": consumer,
        "outsider": outsider,
        "admin": admin,
        "service": newcomer(roles="service"),
        "nobody": newcomer(roles="", project=producer.project),
    }


@pytest.mark.parametrize("method", ["glance-direct", "web-download", "copy-image"])
@pytest.mark.parametrize("state", ["queued", "uploading", "active", "deactivated"])
@pytest.mark.parametrize(
    ("visibility", "who", "right"),
    [
        pytest.param("shared", "owner", 400, id="owner"),
        pytest.param("shared", "reader", 403, id="reader"),
        pytest.param("shared", "member", 403, id="member"),
        pytest.param("shared", "outsider", None, id="outsider"),
        pytest.param("shared", "admin", 400, id="admin"),
        pytest.param("shared", "service", None, id="service"),
        pytest.param("shared", "nobody", 404, id="nobody"),
        pytest.param("community", "outsider", 403, id="community-outsider"),
        pytest.param("community", "service", 404, id="community-service"),
    ],
)
def test_who_imports_and_when(
    producer: Actor, callers: dict[str, Actor], visibility: str, who: str, right: int | None, state: str, method: str
) -> None:
    """The state is judged before policy is asked, and the stores come last, whose mistake lets nothing begin here."""
    begins = {"glance-direct": "uploading", "web-download": "queued", "copy-image": "active"}[method]
    image = image_in(producer, state, visibility=visibility)
    if who == "member":
        producer.offer(image, callers["member"], "accepted")
    expected = right if state == begins else 409
    if method == "copy-image" and state == begins and who == "owner":
        expected = 403
    answer = order(callers[who], image, method, options={"all_stores": True, "stores": []})
    assert answer.status_code == (404 if right is None else expected)


@pytest.mark.parametrize("image_id", [str(uuid.UUID(int=1)), "no-id"])
@pytest.mark.parametrize(("method", "status"), [("glance-direct", 404), ("copy-image", 404), ("unheard-of", 400)])
def test_there_must_be_an_image(producer: Actor, image_id: str, method: str, status: int) -> None:
    assert order(producer, {"id": image_id}, method, store="nowhere").status_code == status


def test_a_deleted_image_is_not_imported(producer: Actor) -> None:
    image = image_in(producer, "uploading")
    producer.delete(image["self"])
    assert order(producer, image).status_code == 404


def test_an_image_is_imported_once(producer: Actor) -> None:
    image = image_in(producer, "uploading")
    imported(producer, image)
    assert order(producer, image).status_code == 409
    upload = producer("PUT", image["file"], data=b"x", headers={"Content-Type": OCTETS, "Connection": "close"})
    assert upload.status_code == 409


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD"])
def test_other_methods_are_not_there(producer: Actor, method: str) -> None:
    answer = producer(method, f"{producer.image()['self']}/import")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


# What is told of it


def test_an_import_is_a_task(producer: Actor) -> None:
    image = image_in(producer, "uploading")
    answer = order(producer, image, options={"stores": [SECOND], "all_stores_must_succeed": True, "other": 1})
    settled(producer, image)
    (task,) = tasks(producer, image)
    assert {name: task[name] for name in ("type", "status", "owner", "user_id", "image_id", "request_id")} == {
        "type": "api_image_import",
        "status": "success",
        "owner": producer.project,
        "user_id": producer.user,
        "image_id": image["id"],
        "request_id": answer.headers["x-openstack-request-id"],
    }
    request = {"method": {"name": "glance-direct"}, "stores": [SECOND], "all_stores_must_succeed": True, "other": 1}
    assert task["input"] == {"image_id": image["id"], "import_req": request, "backend": [SECOND]}
    assert task["result"] == {"image_id": image["id"]}
    assert task["expires_at"] > task["updated_at"] >= task["created_at"]


def test_what_an_import_tells_is_not_for_users_to_change(producer: Actor) -> None:
    image = image_in(producer, "uploading")
    imported(producer, image)
    for name in (TASK, IMPORTING, FAILED, "os_glance_anything"):
        for operation in ("add", "replace", "remove"):
            change = {"op": operation, "path": f"/{name}", "value": "x"}
            assert producer.patch(image["self"], change).status_code == 403


def test_what_an_import_tells_does_not_count_as_properties(producer: Actor) -> None:
    image = image_in(producer, "uploading", **{f"property{number}": "x" for number in range(127)})
    imported(producer, image)
    for name, status in (("one_more", 200), ("one_too_many", 413)):
        assert producer.patch(image["self"], {"op": "add", "path": f"/{name}", "value": "x"}).status_code == status


def test_creation_tells_the_methods(producer: Actor) -> None:
    answer = producer.post("/v2/images", {"name": "x"})
    assert answer.headers["OpenStack-image-import-methods"] == "glance-direct,web-download,copy-image"
    told = producer.get("/v2/info/import").json()["import-methods"]["value"]
    assert told == ["glance-direct", "web-download", "copy-image"]
