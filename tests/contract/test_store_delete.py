"""DELETE /v2/stores/{store}/{image}: an image's data are taken out of one store."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.actors import Actor
from tests.contract.stores import FIRST, SECOND

Image = dict[str, Any]
NOBODYS = str(uuid.uuid4())
CONTENT = b"data that two stores have"


def code(caller: Actor, image: Image, store: str = FIRST) -> int:
    return caller.delete(f"/v2/stores/{store}/{image['id']}").status_code


@pytest.fixture
def in_both(producer: Actor, admin: Actor) -> Callable[..., Image]:
    """Make an image whose data are in both stores."""

    def made(**attributes: Any) -> Image:
        image = producer.active_image(CONTENT, **attributes)
        body = {"method": {"name": "copy-image"}, "stores": [SECOND]}
        assert admin.post(f"{image['self']}/import", body).status_code == 202
        deadline = time.monotonic() + 20
        while True:
            image = dict(producer.get(image["self"]).json())
            if image["stores"] == f"{FIRST},{SECOND}" and image["os_glance_importing_to_stores"] == "":
                time.sleep(0.2)  # a real Glance ends its task after it has ended its work on the image
                return image
            assert time.monotonic() < deadline, image
            time.sleep(0.1)

    return made


@pytest.mark.parametrize(
    ("store", "left"), [pytest.param(FIRST, SECOND, id="first"), pytest.param(SECOND, FIRST, id="second")]
)
def test_the_other_store_keeps_the_data(
    producer: Actor, admin: Actor, in_both: Callable[..., Image], store: str, left: str
) -> None:
    image = in_both()
    answer = admin.delete(f"/v2/stores/{store}/{image['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
    shown = producer.get(image["self"]).json()
    assert (shown["stores"], shown["status"]) == (left, "active")
    assert producer.get(image["file"]).content == CONTENT
    assert code(admin, image, left) == 403
    assert code(admin, image, store) == 403


def test_what_another_image_has_too_stays(producer: Actor, admin: Actor, in_both: Callable[..., Image]) -> None:
    image, other = in_both(), producer.active_image(CONTENT)
    assert code(admin, image, FIRST) == 204
    assert producer.get(other["file"]).content == CONTENT


def test_protection_does_not_hinder(producer: Actor, admin: Actor, in_both: Callable[..., Image]) -> None:
    image = in_both(protected=True)
    assert code(admin, image, SECOND) == 204
    producer.patch(image["self"], {"op": "replace", "path": "/protected", "value": False})


def test_no_data_in_that_store(admin: Actor, in_both: Callable[..., Image]) -> None:
    assert code(admin, in_both(), "os_glance_staging_store") == 404


def test_only_active_images(producer: Actor, admin: Actor, in_both: Callable[..., Image]) -> None:
    image = in_both()
    assert producer.post(f"{image['self']}/actions/deactivate").status_code == 204
    assert code(admin, image, SECOND) == 409


def test_the_owner_may_not(producer: Actor, in_both: Callable[..., Image]) -> None:
    assert code(producer, in_both(), SECOND) == 403


def test_image_without_data(admin: Actor, producer: Actor) -> None:
    assert code(admin, producer.image()) == 409


def test_the_only_store_keeps_the_data(admin: Actor, producer: Actor) -> None:
    image = producer.active_image()
    assert code(admin, image, FIRST) == code(admin, image, SECOND) == 403


def test_unknown_store_comes_before_all_else(admin: Actor, outsider: Actor, producer: Actor) -> None:
    for caller in (admin, outsider, producer):
        assert code(caller, producer.active_image(), "nowhere") == 409
        assert code(caller, {"id": NOBODYS}, "nowhere") == 409


def test_image_that_is_not_seen(admin: Actor, outsider: Actor, producer: Actor) -> None:
    image = producer.active_image()
    assert code(outsider, image) == code(admin, {"id": NOBODYS}) == 404
    producer.delete(image["self"])
    assert code(admin, image) == 404


def test_who_may_not(producer: Actor, outsider: Actor, consumer: Actor, reader: Actor) -> None:
    public = producer.active_image(visibility="community")
    shared = producer.active_image()
    producer.offer(shared, consumer, "accepted")
    assert code(outsider, public) == code(consumer, shared) == code(reader, shared) == code(producer, shared) == 403


def test_only_delete(admin: Actor) -> None:
    path = f"/v2/stores/{FIRST}/{NOBODYS}"
    for method in ("GET", "POST", "PUT", "PATCH", "HEAD"):
        answer = admin(method, path)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "DELETE")
    assert admin.delete(path, data=b"body").status_code == 400
    assert admin.delete(f"/v2/stores/{FIRST}").status_code == 404
