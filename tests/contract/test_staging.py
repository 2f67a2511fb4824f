"""PUT /v2/images/{id}/stage: data that wait to be imported."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.contract.actors import Actor
from tests.contract.cut import Cut
from tests.contract.importing import OCTETS, image_in, imported, settled, show, stage
from tests.contract.stores import FIRST, SECOND

STATES = ("queued", "uploading", "active", "deactivated")


def pieces(*chunks: bytes) -> Iterator[bytes]:
    """Send these as chunks, without a length."""
    return iter(chunks)


# What becomes of the image


def test_a_staged_image_is_uploading_and_has_a_size_but_nothing_else(producer: Actor) -> None:
    image = producer.image()
    answer = stage(producer, image, b"some bytes")
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
    shown = show(producer, image)
    assert {key: value for key, value in shown.items() if image.get(key) != value and key != "updated_at"} == {
        "status": "uploading",
        "size": 10,
    }


@pytest.mark.parametrize(
    ("content", "size"),
    [
        pytest.param(b"", 0, id="empty"),
        pytest.param(None, 0, id="no-body"),
        pytest.param(pieces(), 0, id="no-chunks"),
        pytest.param(pieces(b"a" * 70000, b"b"), 70001, id="chunks"),
    ],
)
def test_any_amount_is_staged(producer: Actor, content: Any, size: int) -> None:
    image = producer.image()
    assert stage(producer, image, content).status_code == 204
    assert (show(producer, image)["status"], show(producer, image)["size"]) == ("uploading", size)


@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param({"disk_format": None, "container_format": None}, id="no-formats"),
        pytest.param({"disk_format": "qcow2"}, id="another-format"),
        pytest.param({"protected": True}, id="protected"),
        pytest.param({"os_hidden": True}, id="hidden"),
    ],
)
def test_what_is_staged_is_not_judged_yet(producer: Actor, attributes: dict[str, Any]) -> None:
    image = producer.image(**attributes)
    assert stage(producer, image).status_code == 204
    assert show(producer, image)["status"] == "uploading"


# What is told of the data


@pytest.mark.parametrize(
    ("media_type", "status"),
    [
        pytest.param(OCTETS, 204, id="octets"),
        pytest.param(f"{OCTETS}; charset=utf-8", 204, id="with-a-parameter"),
        pytest.param("Application/Octet-Stream", 415, id="capitalised"),
        pytest.param("application/json", 415, id="json"),
        pytest.param("", 415, id="empty"),
    ],
)
def test_data_is_a_stream_of_octets(producer: Actor, media_type: str, status: int) -> None:
    image = producer.image()
    assert stage(producer, image, Content_Type=media_type).status_code == status
    assert show(producer, image)["status"] == ("uploading" if status == 204 else "queued")


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
@pytest.mark.parametrize(
    ("announced", "status"),
    [
        pytest.param("3", 204, id="true"),
        pytest.param("0", 204, id="zero-says-nothing"),
        pytest.param("2", 400, id="smaller"),
        pytest.param("4", 400, id="larger"),
        pytest.param("-1", 400, id="negative"),
        pytest.param("abc", 400, id="no-number"),
    ],
)
def test_data_must_be_as_long_as_announced(producer: Actor, announced: str, status: int, chunked: bool) -> None:
    image = producer.image()
    content = pieces(b"ab", b"c") if chunked else b"abc"
    assert stage(producer, image, content, x_openstack_image_size=announced).status_code == status
    if status == 400:
        assert (show(producer, image)["status"], show(producer, image)["size"]) == ("queued", None)
        assert stage(producer, image, b"abc").status_code == 204
    assert show(producer, image)["size"] == 3


@pytest.mark.parametrize("store", [pytest.param(SECOND, id="second"), "nowhere", ""])
def test_no_store_is_chosen_yet(producer: Actor, store: str) -> None:
    image = producer.image()
    assert stage(producer, image, x_image_meta_store=store).status_code == 204
    assert "stores" not in show(producer, image)
    assert imported(producer, image)["stores"] == FIRST


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


@pytest.mark.parametrize(
    ("visibility", "who", "queued", "uploading"),
    [
        pytest.param("shared", "owner", 204, 409, id="owner"),
        pytest.param("shared", "admin", 204, 409, id="admin"),
        pytest.param("shared", "reader", 403, 403, id="reader"),
        pytest.param("shared", "member", 403, 403, id="member"),
        pytest.param("shared", "outsider", 404, 404, id="outsider"),
        pytest.param("shared", "service", 404, 404, id="service"),
        pytest.param("shared", "nobody", 404, 404, id="nobody"),
        pytest.param("community", "outsider", 403, 403, id="community-outsider"),
        pytest.param("community", "service", 404, 404, id="community-service"),
    ],
)
def test_who_stages(
    producer: Actor, callers: dict[str, Actor], visibility: str, who: str, queued: int, uploading: int
) -> None:
    image = producer.image(visibility=visibility)
    if who == "member":
        producer.offer(image, callers["member"], "accepted")
    assert stage(callers[who], image).status_code == queued
    if queued != 204:
        assert show(producer, image)["status"] == "queued"
        stage(producer, image)
    assert stage(callers[who], image).status_code == uploading


@pytest.mark.parametrize("state", STATES)
def test_only_a_queued_image_is_staged(producer: Actor, state: str) -> None:
    image = image_in(producer, state)
    assert stage(producer, image).status_code == (204 if state == "queued" else 409)
    assert show(producer, image)["status"] == ("uploading" if state == "queued" else state)


@pytest.mark.parametrize("image_id", ["11111111-1111-4111-8111-111111111111", "no-id"])
def test_there_must_be_an_image(producer: Actor, image_id: str) -> None:
    assert stage(producer, {"id": image_id}).status_code == 404


def test_a_deleted_image_is_not_staged(producer: Actor) -> None:
    image = producer.image()
    producer.delete(image["self"])
    assert stage(producer, image).status_code == 404


def test_the_media_type_comes_before_the_image(producer: Actor, outsider: Actor) -> None:
    assert stage(outsider, producer.image(), Content_Type="text/plain").status_code == 415


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE", "HEAD"])
def test_other_methods_are_not_there(producer: Actor, method: str) -> None:
    answer = producer(method, f"{producer.image()['self']}/stage")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "PUT")


# While the data wait


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        pytest.param("PUT", "/file", b"data", 409, id="upload"),
        pytest.param("GET", "/file", None, 204, id="download"),
        pytest.param("POST", "/actions/deactivate", None, 403, id="deactivate"),
        pytest.param("POST", "/actions/reactivate", None, 403, id="reactivate"),
        pytest.param("DELETE", "", None, 204, id="delete"),
    ],
)
def test_what_may_be_done_with_a_staged_image(
    producer: Actor, method: str, path: str, body: bytes | None, status: int
) -> None:
    image = image_in(producer, "uploading")
    headers = {"Content-Type": OCTETS, "Connection": "close"} if body else {}
    assert producer(method, image["self"] + path, data=body, headers=headers).status_code == status
    if method == "DELETE":
        assert producer.get(image["self"]).status_code == 404
        assert stage(producer, image).status_code == 404
    else:
        assert show(producer, image)["status"] == "uploading"


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        pytest.param("name", "new", 200, id="name"),
        pytest.param("disk_format", "qcow2", 403, id="disk_format"),
        pytest.param("container_format", "ovf", 403, id="container_format"),
        pytest.param("os_glance_failed_import", "x", 403, id="reserved"),
    ],
)
def test_what_may_be_changed_of_a_staged_image(producer: Actor, name: str, value: str, status: int) -> None:
    image = image_in(producer, "uploading")
    assert producer.patch(image["self"], {"op": "add", "path": f"/{name}", "value": value}).status_code == status


def test_a_staged_image_is_listed(producer: Actor) -> None:
    image = image_in(producer, "uploading")
    assert producer.listed() == producer.listed("?status=uploading") == [image["id"]]
    assert producer.listed("?status=queued") == []


def test_an_admin_stages_and_the_owner_imports(producer: Actor, admin: Actor) -> None:
    image = producer.image()
    assert stage(admin, image).status_code == 204
    assert imported(producer, image)["status"] == "active"


# While the data come


def test_while_the_data_come_no_others_may(producer: Actor) -> None:
    image = producer.image()
    cut = Cut(producer, f"{image['self']}/stage")
    cut.send(b"first ")
    wait_for(producer, image, "uploading")
    assert show(producer, image)["size"] is None
    assert stage(producer, image).status_code == 409
    cut.send(b"second")
    assert cut.finish() == 204
    assert (show(producer, image)["status"], show(producer, image)["size"]) == ("uploading", 12)


def test_data_that_break_off_can_be_sent_again(producer: Actor) -> None:
    image = producer.image()
    cut = Cut(producer, f"{image['self']}/stage")
    cut.send(b"first ")
    wait_for(producer, image, "uploading")
    cut.cut()
    assert wait_for(producer, image, "queued")["size"] is None
    assert stage(producer, image).status_code == 204
    assert imported(producer, image)["size"] == 6


def test_nothing_comes_for_an_image_that_was_deleted(producer: Actor) -> None:
    image = producer.image()
    cut = Cut(producer, f"{image['self']}/stage")
    cut.send(b"first ")
    wait_for(producer, image, "uploading")
    assert producer.delete(image["self"]).status_code == 204
    cut.send(b"second")
    assert cut.finish() == 404


def wait_for(actor: Actor, image: dict[str, Any], status: str) -> dict[str, Any]:
    deadline = time.monotonic() + 10
    while (document := settled(actor, image))["status"] != status:
        assert time.monotonic() < deadline, document
        time.sleep(0.05)
    return document
