"""Locations where PATCH may change them, but no store reads from the web."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.actors import Actor

Document = dict[str, Any]
V2_0 = "application/openstack-images-v2.0-json-patch"
WEB = "http://127.0.0.1:1/data"


def path(image: Document) -> str:
    return f"/v2/images/{image['id']}"


def add(url: str, position: str = "-", **more: Any) -> Document:
    return {"op": "add", "path": f"/locations/{position}", "value": {"url": url, "metadata": {}, **more}}


def replace(*locations: Document) -> Document:
    return {"op": "replace", "path": "/locations", "value": list(locations)}


REMOVE = {"op": "remove", "path": "/locations/0"}


def test_images_show_where_their_data_are(producer: Actor, reader: Actor, admin: Actor) -> None:
    assert producer.image()["locations"] == []
    image = producer.active_image()
    (location,) = image["locations"]
    assert location["url"].startswith("file:///")
    assert location["metadata"] == {"store": "reliable"}
    assert "direct_url" not in image
    for actor in (reader, admin):
        assert actor.get(path(image)).json()["locations"] == [location]
    assert producer.get("/v2/images").json()["images"][0]["locations"] == [location]


def test_who_sees_an_image_sees_its_locations(producer: Actor, consumer: Actor, outsider: Actor) -> None:
    image = producer.active_image()
    producer.offer(image, consumer)
    assert consumer.get(path(image)).json()["locations"] == image["locations"]
    image = producer.active_image(visibility="community")
    assert outsider.get(path(image)).json()["locations"] == image["locations"]


@pytest.mark.parametrize("place", [WEB, "file:///etc/hostname", "nonsense", "", "swift+http://a/b", "x" * 256])
def test_there_is_no_store_for_it(producer: Actor, admin: Actor, place: str) -> None:
    queued, active = producer.image(), producer.active_image()
    for image in (queued, active):
        for actor in (producer, admin):
            assert actor.patch(path(image), add(place)).status_code == 400
    assert producer.patch(path(queued), replace({"url": place, "metadata": {}})).status_code == 400
    older = {"add": "/locations/-", "value": {"url": place, "metadata": {}}}
    assert producer.patch(path(queued), older, media_type=V2_0).status_code == 400
    assert producer.get(path(queued)).json()["status"] == "queued"


def test_own_locations_are_not_added_again(producer: Actor) -> None:
    image = producer.active_image()
    assert producer.patch(path(image), add(image["locations"][0]["url"])).status_code == 400


def test_metadata_of_a_location_may_change(producer: Actor) -> None:
    image = producer.active_image()
    (location,) = image["locations"]
    changed = {**location, "metadata": {"a": "b", "store": "cheap"}}
    assert producer.patch(path(image), replace(changed)).status_code == 200
    shown = producer.get(path(image)).json()
    assert shown["locations"] == [{**location, "metadata": {"a": "b", "store": "reliable"}}]
    assert producer.get(f"{path(image)}/file").content == b"some bytes"


def test_locations_are_never_replaced_by_others(producer: Actor, admin: Actor, reader: Actor) -> None:
    image = producer.active_image()
    for actor in (producer, admin, reader):
        assert actor.patch(path(image), replace()).status_code == 403
    for others in ([{"url": WEB, "metadata": {}}], image["locations"] * 2):
        assert producer.patch(path(image), replace(*others)).status_code == 400


def test_too_many_are_refused_before_they_are_looked_at(producer: Actor) -> None:
    eleven = [{"url": f"{WEB}/{number}", "metadata": {}} for number in range(11)]
    assert producer.patch(path(producer.image()), replace(*eleven)).status_code == 413


def test_the_last_location_stays(producer: Actor, admin: Actor) -> None:
    image = producer.active_image()
    assert producer.patch(path(image), REMOVE).status_code == 403
    assert admin.patch(path(image), REMOVE).status_code == 403
    assert admin.patch(path(image), {**REMOVE, "path": "/locations/x"}).status_code == 403
    assert admin.patch(path(producer.image()), REMOVE).status_code == 409


def test_a_deactivated_image_keeps_its_locations_to_itself(producer: Actor, admin: Actor) -> None:
    image = producer.active_image()
    assert producer.post(f"{path(image)}/actions/deactivate").status_code == 204
    assert producer.get(path(image)).json()["locations"] == []
    assert admin.get(path(image)).json()["locations"] == image["locations"]
    for change in (add(WEB), add(WEB, "x"), replace(*image["locations"]), REMOVE):
        assert admin.patch(path(image), change).status_code == 409


@pytest.mark.parametrize(
    ("told", "status"),
    [
        pytest.param({}, 400, id="nothing"),
        pytest.param({"checksum": "0" * 32}, 400, id="no hash"),
        pytest.param({"os_hash_algo": "sha512", "os_hash_value": "z" * 128}, 409, id="not hexadecimal"),
        pytest.param({"os_hash_algo": "sha512", "os_hash_value": "0" * 64}, 409, id="short"),
        pytest.param({"os_hash_algo": "sha256", "os_hash_value": "0" * 64}, 409, id="other kind"),
        pytest.param({"os_hash_algo": "sha512", "os_hash_value": "0" * 128}, 400, id="right, but no store"),
    ],
)
def test_validation_data_are_judged_before_the_place(producer: Actor, told: Document, status: int) -> None:
    change = add("nonsense", validation_data=told)
    assert producer.patch(path(producer.image()), change).status_code == status


def test_validation_data_do_not_change_what_is_known(producer: Actor) -> None:
    image = producer.active_image()
    known = {name: image[name] for name in ("checksum", "os_hash_algo", "os_hash_value")}
    assert producer.patch(path(image), add("nonsense", validation_data=known)).status_code == 400
    other = {**known, "checksum": "0" * 32}
    assert producer.patch(path(image), add("nonsense", validation_data=other)).status_code == 409


@pytest.mark.parametrize(
    "change", [add(WEB), replace({"url": WEB, "metadata": {}}), REMOVE], ids=["add", "set", "drop"]
)
def test_who_may_not(producer: Actor, reader: Actor, consumer: Actor, outsider: Actor, change: Document) -> None:
    image = producer.active_image()
    producer.offer(image, consumer, "accepted")
    for actor, status in ((reader, 403), (consumer, 403), (outsider, 404)):
        assert actor.patch(path(image), change).status_code == status
