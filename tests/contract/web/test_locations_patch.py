"""PATCH of /locations where there is a store that reads from the web."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.contract.actors import Actor

V2_0 = "application/openstack-images-v2.0-json-patch"
Document = dict[str, Any]


def path(image: Document) -> str:
    return f"/v2/images/{image['id']}"


def at(url: str, **more: Any) -> Document:
    return {"url": url, "metadata": {}, **more}


def add(url: str, position: str = "-", **more: Any) -> Document:
    return {"op": "add", "path": f"/locations/{position}", "value": at(url, **more)}


def replace(*locations: Document) -> Document:
    return {"op": "replace", "path": "/locations", "value": list(locations)}


def remove(position: str) -> Document:
    return {"op": "remove", "path": f"/locations/{position}"}


def urls(actor: Actor, image: Document) -> list[str]:
    return [location["url"] for location in actor.get(path(image)).json()["locations"]]


def with_locations(actor: Actor, *urls: str, **attributes: Any) -> Document:
    image = actor.image(**attributes)
    for url in urls:
        answer = actor.patch(path(image), add(url))
        assert answer.status_code == 200, answer.text
    document: Document = actor.get(path(image)).json()
    return document


# What it does


def test_a_location_makes_an_image_active(producer: Actor, web: str) -> None:
    image = producer.image()
    answer = producer.patch(path(image), add(f"{web}/data"))
    assert answer.status_code == 200
    shown = producer.get(path(image)).json()
    assert shown["locations"] == [{"url": f"{web}/data", "metadata": {"store": "web"}}]
    assert (shown["status"], shown["size"], shown["stores"]) == ("active", 4, "web")
    for unknown in ("virtual_size", "checksum", "os_hash_algo", "os_hash_value"):
        assert shown[unknown] is None


def test_the_older_media_type_adds_and_replaces_too(producer: Actor, web: str) -> None:
    value = at(f"{web}/data")
    for change in ({"add": "/locations/-", "value": value}, {"replace": "/locations", "value": [value]}):
        image = producer.image()
        assert producer.patch(path(image), change, media_type=V2_0).status_code == 200
        assert urls(producer, image) == [f"{web}/data"]


def test_data_on_the_web_are_downloaded_through_the_service(producer: Actor, web: str) -> None:
    answer = producer.get(f"{path(with_locations(producer, f'{web}/data-there'))}/file")
    assert (answer.status_code, answer.content) == (200, b"data-there")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert "Content-MD5" not in answer.headers


@pytest.mark.parametrize(("span", "status"), [("bytes=0-1", 400), ("bytes=-2", 400), ("bytes=99-", 416)])
def test_data_on_the_web_come_from_the_beginning_only(producer: Actor, web: str, span: str, status: int) -> None:
    image = with_locations(producer, f"{web}/data")
    assert producer.get(f"{path(image)}/file", headers={"Range": span}).status_code == status


def test_what_was_uploaded_may_be_on_the_web_as_well(producer: Actor, web: str) -> None:
    image = producer.active_image()
    assert producer.patch(path(image), add(f"{web}/data")).status_code == 200
    shown = producer.get(path(image)).json()
    assert (shown["size"], shown["checksum"], shown["stores"]) == (image["size"], image["checksum"], "reliable,web")
    assert producer.get(f"{path(image)}/file").content == b"some bytes"


def test_an_image_with_a_location_can_be_deleted(producer: Actor, web: str) -> None:
    image = with_locations(producer, f"{web}/data")
    assert producer.delete(path(image)).status_code == 204
    assert producer.get(path(image)).status_code == 404


def test_nothing_is_uploaded_to_the_web(producer: Actor) -> None:
    image = producer.image()
    headers = {"Content-Type": "application/octet-stream", "x-image-meta-store": "web", "Connection": "close"}
    assert producer.put(f"{path(image)}/file", data=b"data", headers=headers).status_code == 410
    assert producer.get(path(image)).json()["status"] == "queued"


def test_a_store_of_the_web_says_that_it_is_read_only(producer: Actor) -> None:
    assert producer.get("/v2/info/stores").json()["stores"][2] == {"id": "web", "read-only": "true"}


# Adding


def test_wherever_a_location_is_added_it_comes_last(producer: Actor, web: str) -> None:
    image = with_locations(producer, f"{web}/data1")
    for number, position in enumerate(("0", "1", "99", "-"), start=2):
        assert producer.patch(path(image), add(f"{web}/data{number}", position)).status_code == 200
    assert urls(producer, image) == [f"{web}/data{number}" for number in range(1, 6)]


@pytest.mark.parametrize("position", ["x", "-1", "1.0"])
def test_a_position_is_a_number_or_a_dash(producer: Actor, web: str, position: str) -> None:
    assert producer.patch(path(producer.image()), add(f"{web}/data", position)).status_code == 400


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("{web}/missing", id="missing"),
        pytest.param("http://127.0.0.1:1/data", id="nobody listens"),
        pytest.param("HTTP://127.0.0.1/data", id="upper case"),
        pytest.param("http://", id="no host"),
        pytest.param("file:///etc/hostname", id="file"),
        pytest.param("filesystem:///etc/hostname", id="filesystem"),
        pytest.param("/etc/hostname", id="path"),
        pytest.param("ftp://127.0.0.1/data", id="ftp"),
        pytest.param("rbd://data", id="rbd"),
        pytest.param("data", id="word"),
        pytest.param("", id="empty"),
        pytest.param("{web}/data" + "x" * 255, id="too long"),
    ],
)
def test_a_location_leads_to_data_on_the_web(producer: Actor, web: str, place: str) -> None:
    image = producer.image()
    assert (
        producer.patch(path(image), add(place.replace("{web}", web).replace("{web[4:]}", web[4:]))).status_code == 400
    )
    assert producer.get(path(image)).json()["status"] == "queued"


def test_our_own_files_are_nobody_elses_location(producer: Actor, consumer: Actor) -> None:
    own = producer.active_image()["locations"][0]["url"]
    assert consumer.patch(path(consumer.image()), add(own)).status_code == 400


def test_a_location_is_there_once(producer: Actor, web: str) -> None:
    image = with_locations(producer, f"{web}/data")
    assert producer.patch(path(image), add(f"{web}/data")).status_code == 400
    assert producer.patch(path(image), add(f"{web}/data?again")).status_code == 200


def test_an_image_has_at_most_ten_locations(producer: Actor, web: str) -> None:
    ten = [at(f"{web}/data?{number}") for number in range(10)]
    image = producer.image()
    assert producer.patch(path(image), replace(*ten, at(f"{web}/data"))).status_code == 413
    assert producer.patch(path(image), replace(*ten)).status_code == 200
    assert producer.patch(path(image), add(f"{web}/data")).status_code == 413


@pytest.mark.parametrize("missing", ["disk_format", "container_format"])
def test_an_image_needs_its_formats_first(producer: Actor, web: str, missing: str) -> None:
    assert producer.patch(path(producer.image(**{missing: None})), add(f"{web}/data")).status_code == 400


@pytest.mark.parametrize("told", [{"store": "reliable"}, {"store": "nowhere"}, {"store": None}, {}])
def test_the_service_knows_the_store_by_itself(producer: Actor, web: str, told: Document) -> None:
    image = producer.image()
    assert producer.patch(path(image), add(f"{web}/data", metadata={"a": "b", **told})).status_code == 200
    assert producer.get(path(image)).json()["locations"][0]["metadata"] == {"a": "b", "store": "web"}


def test_all_operations_are_done_or_none(producer: Actor, web: str) -> None:
    image = producer.image(name="old")
    rename = {"op": "replace", "path": "/name", "value": "new"}
    assert producer.patch(path(image), rename, add(f"{web}/missing")).status_code == 400
    assert producer.patch(path(image), add(f"{web}/data"), {**rename, "path": "/nothing"}).status_code == 409
    shown = producer.get(path(image)).json()
    assert (shown["name"], shown["status"], shown["locations"]) == ("old", "queued", [])


# Replacing


def test_locations_are_set_at_once_where_there_are_none(producer: Actor, web: str) -> None:
    image = producer.image()
    assert producer.patch(path(image), replace(at(f"{web}/data1"), at(f"{web}/data22"))).status_code == 200
    assert urls(producer, image) == [f"{web}/data1", f"{web}/data22"]
    assert producer.get(path(image)).json()["size"] == 5


def test_a_location_does_not_come_twice(producer: Actor, web: str) -> None:
    assert producer.patch(path(producer.image()), replace(at(f"{web}/data"), at(f"{web}/data"))).status_code == 400


def test_order_and_metadata_may_change_afterwards(producer: Actor, web: str) -> None:
    image = with_locations(producer, f"{web}/data1", f"{web}/data2")
    one, two = image["locations"]
    assert producer.patch(path(image), replace({**two, "metadata": {"a": "b"}}, one)).status_code == 200
    assert producer.get(path(image)).json()["locations"] == [{**two, "metadata": {"a": "b", "store": "web"}}, one]


def test_nothing_else_may_change_afterwards(producer: Actor, web: str) -> None:
    image = with_locations(producer, f"{web}/data1", f"{web}/data2")
    one, two = image["locations"]
    for other in ([one], [one, one, two], [one, two, at(f"{web}/data3")], [one, at(f"{web}/data3")]):
        assert producer.patch(path(image), replace(*other)).status_code == 400
    assert producer.get(path(image)).json()["locations"] == [one, two]


# Removing


def test_admins_remove_locations(producer: Actor, admin: Actor, web: str) -> None:
    image = with_locations(producer, *(f"{web}/data{number}" for number in range(4)))
    assert producer.patch(path(image), remove("1")).status_code == 403
    for position, left in (("1", "023"), ("0", "23"), ("-", "2")):
        assert admin.patch(path(image), remove(position)).status_code == 200
        assert urls(producer, image) == [f"{web}/data{number}" for number in left]


@pytest.mark.parametrize("position", ["2", "x", "-1"])
def test_only_what_is_there_is_removed(producer: Actor, admin: Actor, web: str, position: str) -> None:
    image = with_locations(producer, f"{web}/data1", f"{web}/data2")
    assert admin.patch(path(image), remove(position)).status_code == 400


def test_the_last_location_stays(producer: Actor, admin: Actor, web: str) -> None:
    for position in ("0", "-", "x"):
        assert admin.patch(path(with_locations(producer, f"{web}/data")), remove(position)).status_code == 403


def test_data_that_were_uploaded_can_be_left_to_the_web(producer: Actor, admin: Actor, web: str) -> None:
    image = producer.active_image()
    assert producer.patch(path(image), add(f"{web}/data-there")).status_code == 200
    assert admin.patch(path(image), remove("0")).status_code == 200
    shown = producer.get(path(image)).json()
    assert (shown["stores"], shown["checksum"]) == ("web", image["checksum"])


# Validation data

HASH = {"os_hash_algo": "sha512", "os_hash_value": hashlib.sha512(b"data").hexdigest()}
MD5 = {"checksum": hashlib.md5(b"data", usedforsecurity=False).hexdigest()}
WRONG = {"checksum": "0" * 32, "os_hash_algo": "sha512", "os_hash_value": "0" * 128}


@pytest.mark.parametrize("told", [HASH, HASH | MD5, WRONG], ids=["hash", "with checksum", "wrong"])
def test_a_queued_image_believes_what_it_is_told(producer: Actor, web: str, told: Document) -> None:
    image = producer.image()
    assert producer.patch(path(image), add(f"{web}/data", validation_data=told)).status_code == 200
    shown = producer.get(path(image)).json()
    expected = {"checksum": None, **told}
    assert {name: shown[name] for name in expected} == expected
    assert shown["locations"] == [{"url": f"{web}/data", "metadata": {"store": "web"}}]


@pytest.mark.parametrize(
    ("told", "status"),
    [
        pytest.param(MD5, 400, id="no hash"),
        pytest.param({"os_hash_algo": "sha512"}, 400, id="half"),
        pytest.param({}, 400, id="nothing"),
        pytest.param(None, 400, id="null"),
        pytest.param({**HASH, "x": "y"}, 400, id="unknown"),
        pytest.param({**HASH, "os_hash_value": None}, 400, id="null value"),
        pytest.param({**HASH, "checksum": "abc"}, 400, id="short checksum"),
        pytest.param({**HASH, "checksum": "z" * 32}, 409, id="checksum not hexadecimal"),
        pytest.param({**HASH, "os_hash_value": "abc"}, 409, id="short"),
        pytest.param({**HASH, "os_hash_value": "z" * 128}, 409, id="not hexadecimal"),
        pytest.param({"os_hash_algo": "sha256", "os_hash_value": "0" * 64}, 409, id="other hash"),
        pytest.param({**HASH, "os_hash_algo": "SHA512"}, 409, id="upper case"),
    ],
)
def test_validation_data_have_a_form(producer: Actor, web: str, told: Any, status: int) -> None:
    image = producer.image()
    assert producer.patch(path(image), add(f"{web}/data", validation_data=told)).status_code == status
    assert producer.get(path(image)).json()["status"] == "queued"


def test_what_is_known_may_be_said_again_but_not_otherwise(producer: Actor, web: str) -> None:
    image = producer.image()
    assert producer.patch(path(image), add(f"{web}/data", validation_data=HASH)).status_code == 200
    assert producer.patch(path(image), add(f"{web}/data?1", validation_data=HASH)).status_code == 200
    for other in (HASH | MD5, {**HASH, "os_hash_value": "0" * 128}):
        assert producer.patch(path(image), add(f"{web}/data?2", validation_data=other)).status_code == 409
    assert len(urls(producer, image)) == 2


# Who may


def test_whoever_sees_an_image_sees_its_locations(
    producer: Actor, reader: Actor, consumer: Actor, admin: Actor, outsider: Actor, web: str
) -> None:
    image = with_locations(producer, f"{web}/data")
    producer.offer(image, consumer)
    for viewer in (producer, reader, consumer, admin):
        assert viewer.get(path(image)).json()["locations"] == image["locations"]
    image = with_locations(producer, f"{web}/data", visibility="community")
    assert outsider.get(path(image)).json()["locations"] == image["locations"]
    listed = producer.get("/v2/images").json()["images"]
    assert [one["locations"] for one in listed] == [image["locations"]] * 2


def test_who_may_change_locations(
    producer: Actor, reader: Actor, consumer: Actor, admin: Actor, outsider: Actor, web: str
) -> None:
    image = with_locations(producer, f"{web}/data1", f"{web}/data2")
    producer.offer(image, consumer, "accepted")
    for actor, status in ((reader, 403), (consumer, 403), (outsider, 404)):
        for change in (add(f"{web}/data3"), replace(*image["locations"]), replace(), remove("0")):
            assert actor.patch(path(image), change).status_code == status
    assert admin.patch(path(image), add(f"{web}/data3")).status_code == 200


def test_a_deactivated_image_keeps_its_locations_to_itself(producer: Actor, admin: Actor, web: str) -> None:
    image = with_locations(producer, f"{web}/data1", f"{web}/data2")
    assert producer.post(f"{path(image)}/actions/deactivate").status_code == 204
    assert producer.get(path(image)).json()["locations"] == []
    assert admin.get(path(image)).json()["locations"] == image["locations"]
    for change in (add(f"{web}/data3"), add(f"{web}/data3", "x"), replace(*image["locations"]), remove("0")):
        assert admin.patch(path(image), change).status_code == 409
