"""GET /v2/images/{image_id}: who sees an image, and the document at each stage of its life."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.actors import Actor

KEYS = {
    "id",
    "name",
    "status",
    "visibility",
    "protected",
    "os_hidden",
    "owner",
    "disk_format",
    "container_format",
    "min_disk",
    "min_ram",
    "size",
    "virtual_size",
    "checksum",
    "os_hash_algo",
    "os_hash_value",
    "tags",
    "created_at",
    "updated_at",
    "self",
    "file",
    "schema",
}
TIMESTAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


def test_queued_image_has_neither_content_nor_place(producer: Actor) -> None:
    image = producer.image()
    shown = producer.get(f"/v2/images/{image['id']}").json()
    assert set(shown) == KEYS
    assert shown["status"] == "queued"
    for unknown in ("size", "virtual_size", "checksum", "os_hash_algo", "os_hash_value"):
        assert shown[unknown] is None


def test_active_image_tells_content_and_store(producer: Actor) -> None:
    content = b"ten bytes!"
    image = producer.active_image(content)
    assert set(image) == KEYS | {"stores"}
    assert (image["size"], image["virtual_size"]) == (10, 10)
    assert image["checksum"] == hashlib.md5(content).hexdigest()
    assert image["os_hash_algo"] == "sha512"
    assert image["os_hash_value"] == hashlib.sha512(content).hexdigest()
    assert isinstance(image["stores"], str)


def test_show_equals_the_creation_answer(producer: Actor) -> None:
    image = producer.image(foo="bar", tags=["t"], name="é")
    shown = producer.get(f"/v2/images/{image['id']}").json()
    # A real Glance may touch it once more after it has answered.
    assert {**shown, "updated_at": ""} == {**image, "updated_at": ""}


def test_custom_properties_stand_among_the_attributes(producer: Actor) -> None:
    image = producer.image(foo="bar", os_distro="debian", empty="")
    assert set(image) == KEYS | {"foo", "os_distro", "empty"}
    assert (image["foo"], image["os_distro"], image["empty"]) == ("bar", "debian", "")


def test_timestamps_are_whole_seconds_of_utc(producer: Actor) -> None:
    image = producer.image()
    assert re.fullmatch(TIMESTAMP, image["created_at"])
    assert re.fullmatch(TIMESTAMP, image["updated_at"])


def test_links_are_paths(producer: Actor) -> None:
    image = producer.image()
    assert image["self"] == f"/v2/images/{image['id']}"
    assert image["file"] == f"/v2/images/{image['id']}/file"
    assert image["schema"] == "/v2/schemas/image"


def test_document_is_json_without_charset(producer: Actor) -> None:
    answer = producer.get(f"/v2/images/{producer.image()['id']}")
    assert answer.headers["Content-Type"] == "application/json"
    assert int(answer.headers["Content-Length"]) == len(answer.content)


@pytest.mark.parametrize("accept", ["", "*/*", "text/html", "image/png", "application/xml"])
def test_document_is_json_whatever_is_accepted(producer: Actor, accept: str) -> None:
    answer = producer.get(f"/v2/images/{producer.image()['id']}", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")


# The columns: owner, reader of the owner's project, a pending member, an outsider, an admin.
@pytest.mark.parametrize(
    ("visibility", "statuses"),
    [
        pytest.param("private", (200, 200, 404, 404, 200), id="private"),
        pytest.param("shared", (200, 200, 200, 404, 200), id="shared"),
        pytest.param("community", (200, 200, 200, 200, 200), id="community"),
        pytest.param("public", (200, 200, 200, 200, 200), id="public"),
    ],
)
def test_who_sees_an_image(
    producer: Actor,
    reader: Actor,
    consumer: Actor,
    outsider: Actor,
    admin: Actor,
    visibility: str,
    statuses: tuple[int, ...],
) -> None:
    image = producer.image()
    producer.offer(image, to=consumer)
    assert admin.patch(image["self"], {"op": "replace", "path": "/visibility", "value": visibility}).status_code == 200
    answers = [actor.get(image["self"]) for actor in (producer, reader, consumer, outsider, admin)]
    assert tuple(answer.status_code for answer in answers) == statuses
    admin.delete(image["self"])


def test_without_roles_even_the_own_image_is_hidden(newcomer: Callable[..., Actor], producer: Actor) -> None:
    nobody = newcomer(roles="", project=producer.project)
    assert nobody.get(producer.image()["self"]).status_code == 404


@pytest.mark.parametrize(
    "image_id",
    [
        pytest.param(str(uuid.UUID(int=7)), id="unknown"),
        pytest.param("abc", id="not-a-uuid"),
        pytest.param("x" * 300, id="very-long"),
        pytest.param("%20", id="blank"),
        pytest.param("%00", id="nul"),
        pytest.param("a%2Fb", id="escaped-slash"),
        pytest.param("%C3%A9", id="not-ascii"),
        pytest.param("..%2F", id="dots"),
        pytest.param("%25", id="percent"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_unknown_id_is_not_found_whatever_it_looks_like(producer: Actor, method: str, image_id: str) -> None:
    assert producer(method, f"/v2/images/{image_id}").status_code == 404


def rewritings() -> list[Any]:
    return [
        pytest.param(str.upper, id="upper-case"),
        pytest.param(lambda image_id: image_id.replace("-", ""), id="no-dashes"),
        pytest.param(lambda image_id: image_id[:8], id="prefix"),
        pytest.param(lambda image_id: image_id + ".json", id="suffix"),
        pytest.param(lambda image_id: image_id + "%20", id="trailing-blank"),
        pytest.param(lambda image_id: image_id + "/", id="trailing-slash"),
    ]


@pytest.mark.parametrize("rewritten", rewritings())
def test_id_is_taken_literally(producer: Actor, rewritten: Callable[[str], str]) -> None:
    image = producer.image(id=f"abcdefab-{str(uuid.uuid4())[9:]}")
    assert producer.get(f"/v2/images/{rewritten(image['id'])}").status_code == 404


def test_deleted_image_is_not_found_by_anybody(producer: Actor, admin: Actor) -> None:
    image = producer.image()
    producer.delete(image["self"])
    assert producer.get(image["self"]).status_code == 404
    assert admin.get(image["self"]).status_code == 404


def test_unknown_query_is_ignored(producer: Actor) -> None:
    assert producer.get(producer.image()["self"] + "?foo=bar&limit=-1").status_code == 200


def test_a_body_is_refused(producer: Actor) -> None:
    assert producer.get(producer.image()["self"], json={"a": 1}).status_code == 400


def test_text_is_sent_as_utf8(producer: Actor) -> None:
    image = producer.image(name="Zażółć")
    assert "Zażółć".encode() in producer.get(image["self"]).content
