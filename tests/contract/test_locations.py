"""Locations of images where no store reads from the web, and PATCH is not to change them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.actors import Actor
from tests.contract.stores import FIRST

Document = dict[str, Any]
WEB = "http://127.0.0.1:1/data"


def path(image: Document) -> str:
    return f"/v2/images/{image['id']}"


ADD: Document = {"op": "add", "path": "/locations/-", "value": {"url": WEB, "metadata": {}}}
REPLACE: Document = {"op": "replace", "path": "/locations", "value": [{"url": WEB, "metadata": {}}]}
CLEAR = {"op": "replace", "path": "/locations", "value": []}
REMOVE = {"op": "remove", "path": "/locations/0"}


# PATCH


def test_images_do_not_show_where_their_data_are(producer: Actor, admin: Actor) -> None:
    image = producer.active_image()
    for shown in (image, admin.get(path(image)).json(), producer.get("/v2/images").json()["images"][0]):
        assert not {"locations", "direct_url"} & shown.keys()


@pytest.mark.parametrize("change", [ADD, REPLACE, CLEAR, REMOVE], ids=["add", "replace", "clear", "remove"])
@pytest.mark.parametrize("state", ["queued", "active", "deactivated"])
def test_locations_are_closed_to_change(
    producer: Actor, reader: Actor, admin: Actor, outsider: Actor, change: Document, state: str
) -> None:
    image = producer.image() if state == "queued" else producer.active_image()
    if state == "deactivated":
        admin.post(f"{path(image)}/actions/deactivate")
    for actor in (producer, reader):
        assert actor.patch(path(image), change).status_code == 403
    assert outsider.patch(path(image), change).status_code == 404


@pytest.mark.parametrize("change", [ADD, REPLACE, CLEAR], ids=["add", "replace", "clear"])
def test_admins_do_not_change_them_either(producer: Actor, admin: Actor, change: Document) -> None:
    assert admin.patch(path(producer.active_image()), change).status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"op": "remove", "path": "/locations"}, id="remove all"),
        pytest.param({**ADD, "path": "/locations"}, id="add all"),
        pytest.param({**REPLACE, "path": "/locations/0"}, id="replace one"),
        pytest.param({**ADD, "path": "/locations/0/url"}, id="deeper"),
        pytest.param({**ADD, "value": {"url": WEB}}, id="no metadata"),
        pytest.param({**ADD, "value": {"metadata": {}}}, id="no url"),
        pytest.param({**ADD, "value": {"url": "x" * 256, "metadata": {}}}, id="too long"),
        pytest.param({**ADD, "value": WEB}, id="no object"),
        pytest.param({**ADD, "value": {**ADD["value"], "validation_data": {}}}, id="no hash"),
        pytest.param({**REPLACE, "value": WEB}, id="no list"),
    ],
)
def test_what_is_not_a_change_of_locations(producer: Actor, change: Document) -> None:
    assert producer.patch(path(producer.image()), change).status_code == 400


# /v2/images/{id}/locations


@pytest.fixture
def service(newcomer: Callable[..., Actor], producer: Actor) -> Actor:
    """Return a service that acts in the producer's project."""
    return newcomer(roles="service", project=producer.project)


def test_services_are_told_where_data_are(producer: Actor, admin: Actor, service: Actor) -> None:
    image = producer.active_image()
    for actor in (admin, service):
        answer = actor.get(f"{path(image)}/locations")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
        (location,) = answer.json()
        assert location["url"].startswith("file:///")
        assert location["metadata"] == {"store": FIRST}
    assert admin.get(f"{path(producer.image())}/locations").json() == []


def test_who_is_not_told(
    producer: Actor, reader: Actor, consumer: Actor, outsider: Actor, newcomer: Callable[..., Actor]
) -> None:
    image = producer.active_image()
    producer.offer(image, consumer, "accepted")
    for actor in (producer, reader, consumer):
        assert actor.get(f"{path(image)}/locations").status_code == 403
    for actor in (outsider, newcomer(roles="service"), newcomer(roles="", project=producer.project)):
        assert actor.get(f"{path(image)}/locations").status_code == 404


def test_there_must_be_an_image(producer: Actor, admin: Actor) -> None:
    gone = producer.image()
    producer.delete(path(gone))
    for image_id in (gone["id"], "nonsense"):
        assert admin.get(f"/v2/images/{image_id}/locations").status_code == 404
        assert producer.post(f"/v2/images/{image_id}/locations", {"url": WEB}).status_code == 404
        assert producer.post(f"/v2/images/{image_id}/locations", {}).status_code == 400


@pytest.mark.parametrize("place", [WEB, "file:///etc/hostname", "nonsense", "", "x" * 1000])
def test_users_name_no_places(producer: Actor, reader: Actor, admin: Actor, place: str) -> None:
    image = producer.image()
    for actor in (producer, reader, admin):
        assert actor.post(f"{path(image)}/locations", {"url": place}).status_code == 403
    assert producer.get(f"{path(image)}/tasks").json() == {"tasks": []}


def test_only_a_queued_image_is_told(producer: Actor, reader: Actor, outsider: Actor) -> None:
    image = producer.active_image()
    for actor, status in ((producer, 409), (reader, 409), (outsider, 404)):
        assert actor.post(f"{path(image)}/locations", {"url": WEB}).status_code == status


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="empty"),
        pytest.param({"url": 1}, id="number"),
        pytest.param({"url": None}, id="null"),
        pytest.param([], id="list"),
        pytest.param("x", id="string"),
        pytest.param({"url": WEB, "validation_data": None}, id="null validation"),
        pytest.param({"url": WEB, "validation_data": {"os_hash_algo": "sha512"}}, id="no value"),
        pytest.param({"url": WEB, "validation_data": {"os_hash_value": "0" * 128}}, id="no kind"),
        pytest.param({"url": WEB, "validation_data": {"checksum": "0" * 32}}, id="checksum"),
        pytest.param({"url": WEB, "validation_data": {"os_hash_algo": "x", "os_hash_value": "0"}}, id="unknown kind"),
    ],
)
def test_what_is_no_location(producer: Actor, body: Any) -> None:
    assert producer.post(f"{path(producer.image())}/locations", body).status_code == 400


def test_a_service_may_name_anything_in_vain(producer: Actor, service: Actor) -> None:
    image = producer.image()
    bad_hash = {"os_hash_algo": "sha512", "os_hash_value": "z"}
    answer = service.post(f"{path(image)}/locations", {"url": "nonsense", "validation_data": bad_hash})
    assert answer.status_code == 400
    assert service.post(f"{path(image)}/locations", {"url": "nonsense"}).status_code == 202
    assert producer.get(path(image)).json()["status"] == "queued"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD"])
def test_locations_say_that_they_know_post(producer: Actor, method: str) -> None:
    answer = producer(method, f"{path(producer.image())}/locations")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_a_question_has_no_body(producer: Actor, admin: Actor) -> None:
    assert admin.get(f"{path(producer.image())}/locations", data="x").status_code == 400
