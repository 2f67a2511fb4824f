"""/v2/images/{id}/locations where there is a store that reads from the web: data that stay where they are."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.actors import Actor

Document = dict[str, Any]
CONTENT = b"data-there"
PATIENCE = 20
"""Seconds for what is done in the background."""


def path(image: Document) -> str:
    return f"/v2/images/{image['id']}"


def tell(actor: Actor, image: Document, url: str, **validation: str) -> int:
    """Tell the image where its data are; return the answer's status."""
    body: Document = {"url": url}
    if validation:
        body["validation_data"] = validation
    return actor.post(f"{path(image)}/locations", body).status_code


def validation(algorithm: str, content: bytes = CONTENT) -> dict[str, str]:
    return {"os_hash_algo": algorithm, "os_hash_value": hashlib.new(algorithm, content).hexdigest()}


def settled(actor: Actor, image: Document) -> Document:
    """Return the image once no task is about it any more."""
    deadline = time.monotonic() + PATIENCE
    while True:
        shown: Document = actor.get(path(image)).json()
        if "os_glance_import_task" not in shown or time.monotonic() > deadline:
            return shown
        time.sleep(0.1)


def task(actor: Actor, image: Document) -> Document:
    """Return the image's only task, once it has ended."""
    deadline = time.monotonic() + PATIENCE
    while True:
        (found,) = actor.get(f"{path(image)}/tasks").json()["tasks"]
        if found["status"] in ("success", "failure") or time.monotonic() > deadline:
            ended: Document = found
            return ended
        time.sleep(0.1)


@pytest.fixture
def service(newcomer: Callable[..., Actor], producer: Actor) -> Actor:
    """Return a service that acts in the producer's project."""
    return newcomer(roles="service", project=producer.project)


# What it does


def test_an_image_is_told_where_its_data_are(producer: Actor, web: str) -> None:
    image = producer.image()
    answer = producer.post(f"{path(image)}/locations", {"url": f"{web}/data-there"})
    assert (answer.status_code, answer.content) == (202, b"")
    assert answer.headers["Content-Type"].startswith("text/html")
    shown = settled(producer, image)
    assert (shown["status"], shown["size"], shown["stores"]) == ("active", len(CONTENT), "web")
    assert (shown["os_hash_algo"], shown["os_hash_value"]) == ("sha512", hashlib.sha512(CONTENT).hexdigest())
    assert shown["checksum"] == hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
    assert shown["virtual_size"] is None
    answer = producer.get(f"{path(image)}/file")
    assert (answer.status_code, answer.content) == (200, CONTENT)


def test_a_task_tells_of_it(producer: Actor, web: str) -> None:
    image = producer.image()
    assert tell(producer, image, f"{web}/data-there", **validation("sha256")) == 202
    done = task(producer, image)
    assert (done["type"], done["status"], done["owner"]) == ("location_import", "success", producer.project)
    assert (done["result"], done["image_id"]) == ({"image_id": image["id"]}, image["id"])
    expected = {"image_id": image["id"], "loc_url": f"{web}/data-there", "validation_data": validation("sha256")}
    assert done["input"] == expected


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512"])
def test_the_data_come_to_the_hash_that_was_given(producer: Actor, web: str, algorithm: str) -> None:
    image = producer.image()
    assert tell(producer, image, f"{web}/data-there", **validation(algorithm)) == 202
    shown = settled(producer, image)
    assert shown["status"] == "active"
    assert {name: shown[name] for name in validation(algorithm)} == validation(algorithm)


def test_data_that_do_not_come_to_it_leave_the_image_queued(producer: Actor, admin: Actor, web: str) -> None:
    image = producer.image()
    assert tell(producer, image, f"{web}/data-there", **validation("sha256", b"other")) == 202
    shown = settled(producer, image)
    assert (shown["status"], shown["size"], shown["stores"]) == ("queued", None, "web")
    assert (shown["checksum"], shown["os_hash_algo"], shown["os_hash_value"]) == (None, None, None)
    assert task(producer, image)["status"] == "failure"
    assert admin.get(f"{path(image)}/locations").json()[0]["url"] == f"{web}/data-there"


def test_data_that_can_be_had_no_more_are_not_hashed(producer: Actor, web: str) -> None:
    image = producer.image()
    assert tell(producer, image, f"{web}/broken") == 202
    assert task(producer, image)["status"] == "failure"
    shown = settled(producer, image)
    assert (shown["status"], shown["size"], shown["os_hash_value"]) == ("active", 6, None)


@pytest.mark.parametrize("place", ["missing", "broken"])
def test_data_that_are_not_there_leave_the_image_queued(producer: Actor, web: str, place: str) -> None:
    image = producer.image()
    assert tell(producer, image, f"{web}/{place}", **validation("sha256")) == 202
    assert task(producer, image)["status"] == "failure"
    assert settled(producer, image)["status"] == "queued"


def test_what_was_refused_can_be_uploaded(producer: Actor, web: str) -> None:
    image = producer.image()
    assert tell(producer, image, f"{web}/data-there", **validation("sha256", b"other")) == 202
    assert settled(producer, image)["status"] == "queued"
    producer.upload(image, b"some bytes")
    shown = producer.get(path(image)).json()
    assert (shown["status"], shown["size"], shown["stores"]) == ("active", 10, "web,reliable")


def test_an_image_without_formats_does_not_become_active(producer: Actor, web: str) -> None:
    image = producer.image(disk_format=None)
    assert tell(producer, image, f"{web}/data-there") == 202
    assert task(producer, image)["status"] == "failure"
    assert settled(producer, image)["status"] == "queued"


# Who may, and when


def test_who_may_tell(
    producer: Actor, reader: Actor, consumer: Actor, admin: Actor, outsider: Actor, service: Actor, web: str
) -> None:
    image = producer.image()
    producer.offer(image, consumer)
    assert tell(reader, image, f"{web}/data") == 403
    assert tell(consumer, image, f"{web}/data") == 403
    assert tell(outsider, image, f"{web}/data") == 404
    assert tell(outsider, producer.image(visibility="community"), f"{web}/data") == 403
    for actor in (admin, service):
        image = producer.image()
        assert tell(actor, image, f"{web}/data") == 202
        assert settled(producer, image)["status"] == "active"


def test_a_service_fails_with_images_of_others(producer: Actor, newcomer: Callable[..., Actor], web: str) -> None:
    image = producer.image(visibility="community")
    assert tell(newcomer(roles="service"), image, f"{web}/data") == 202
    assert settled(producer, image)["status"] == "queued"
    assert producer.get(f"{path(image)}/tasks").json()["tasks"] == []


def test_only_a_queued_image_is_told(producer: Actor, reader: Actor, web: str) -> None:
    image = producer.active_image()
    for url in (f"{web}/data", "nonsense"):
        assert tell(producer, image, url) == 409
    assert tell(reader, image, f"{web}/data") == 409


@pytest.mark.parametrize("place", ["file:///etc/hostname", "ftp://127.0.0.1/data", "nonsense", ""])
def test_users_name_places_on_the_web_only(producer: Actor, admin: Actor, service: Actor, place: str) -> None:
    image = producer.image()
    assert tell(producer, image, place) == 403
    assert tell(admin, image, place) == 403
    assert tell(service, image, place) == 202
    assert settled(producer, image)["status"] == "queued"


@pytest.mark.parametrize(
    ("told", "status"),
    [
        pytest.param({}, 202, id="nothing"),
        pytest.param(None, 400, id="null"),
        pytest.param({"os_hash_algo": "sha512"}, 400, id="no value"),
        pytest.param({"os_hash_value": "0" * 128}, 400, id="no kind"),
        pytest.param({"os_hash_algo": "sha512", "os_hash_value": "0"}, 400, id="short"),
        pytest.param({"os_hash_algo": "sha512", "os_hash_value": "0" * 64}, 400, id="of another kind"),
        pytest.param({"os_hash_algo": "sha512", "os_hash_value": "z" * 128}, 400, id="not hexadecimal"),
        pytest.param({"os_hash_algo": "sha384", "os_hash_value": "0" * 96}, 400, id="unknown kind"),
        pytest.param({"checksum": "0" * 32}, 400, id="unknown key"),
    ],
)
def test_validation_data_have_a_form(producer: Actor, web: str, told: Any, status: int) -> None:
    image = producer.image()
    answer = producer.post(f"{path(image)}/locations", {"url": f"{web}/data", "validation_data": told})
    assert answer.status_code == status


def test_locations_are_told_to_services(producer: Actor, reader: Actor, admin: Actor, service: Actor, web: str) -> None:
    image = producer.image()
    assert tell(producer, image, f"{web}/data") == 202
    settled(producer, image)
    for actor in (admin, service):
        answer = actor.get(f"{path(image)}/locations")
        assert (answer.status_code, answer.json()) == (200, [{"url": f"{web}/data", "metadata": {"store": "web"}}])
    for actor in (producer, reader):
        assert actor.get(f"{path(image)}/locations").status_code == 403
