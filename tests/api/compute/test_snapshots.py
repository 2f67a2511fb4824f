"""Snapshots: the consumer's own images, bit for bit, whatever becomes of what was booted."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import pytest
from flask import Flask

from tests.api.compute.cloud import PATCHES, V21, Project, bytes_kept, work

CONTENT = bytes(range(256)) * 64


@pytest.fixture
def image(producer: Project, consumer: Project) -> str:
    """An image that the producer shares and the consumer accepted."""
    image_id = producer.image(CONTENT, os_distro="debian", min_ram=64, img_signature="x", architecture="x86_64")
    producer.offer(image_id, consumer, "accepted")
    return image_id


def test_a_snapshot_is_the_consumers(consumer: Project, producer: Project, image: str, application: Flask) -> None:
    server = consumer.boot(image, flavorRef="2")
    answer = consumer.act(server, "createImage", {"name": "snap", "metadata": {"mine": "yes", "visibility": "public"}})
    assert (answer.status_code, answer.data) == (202, b"")
    path = answer.headers["Location"].removeprefix("http://localhost")
    assert consumer.server(server)["OS-EXT-STS:task_state"] == "image_snapshot"
    assert consumer("GET", path).get_json()["status"] == "queued"
    work(application)
    assert consumer.server(server)["OS-EXT-STS:task_state"] is None
    base, shown = producer("GET", f"/v2/images/{image}").get_json(), consumer("GET", path).get_json()
    times = ("created_at", "updated_at", "self", "file")
    assert {name: value for name, value in shown.items() if name not in times} == {
        "id": path.rpartition("/")[2], "name": "snap", "status": "active", "visibility": "private", "owner": "consumer",
        "disk_format": "raw", "container_format": "bare", "min_disk": 20, "min_ram": 64, "size": len(CONTENT),
        "virtual_size": len(CONTENT), "checksum": base["checksum"], "os_hash_algo": "sha512",
        "os_hash_value": base["os_hash_value"], "os_hidden": False, "protected": False, "tags": [],
        "schema": "/v2/schemas/image", "stores": "local", "os_distro": "debian", "architecture": "x86_64",
        "mine": "yes", "image_type": "snapshot", "image_location": "snapshot", "image_state": "available",
        "instance_uuid": server, "base_image_ref": image, "user_id": "user-of-consumer", "owner_id": "consumer",
        "owner_user_name": "user-of-consumer", "owner_project_name": "consumer", "boot_roles": "member,reader",
    }  # fmt: skip
    assert consumer.data(shown["id"]) == CONTENT


def test_the_producer_learns_nothing_of_a_snapshot(producer: Project, consumer: Project, image: str) -> None:
    snapshot = consumer.snapshot(consumer.boot(image))
    assert snapshot in consumer.images()
    for query in ("", "?visibility=all", "?owner=consumer", "?member_status=all"):
        assert snapshot not in producer.images(query)
    for path in ("", "/file", "/members", "/tasks"):
        assert producer("GET", f"/v2/images/{snapshot}{path}").status_code == 404
    assert producer("GET", f"{V21}/servers").get_json() == {"servers": []}


def test_a_snapshot_can_be_shared_on(consumer: Project, outsider: Project, image: str) -> None:
    snapshot = consumer.snapshot(consumer.boot(image))
    share = [{"op": "replace", "path": "/visibility", "value": "shared"}]
    assert consumer("PATCH", f"/v2/images/{snapshot}", share, headers=PATCHES).status_code == 200
    consumer.offer(snapshot, outsider, "accepted")
    assert outsider.data(outsider.snapshot(outsider.boot(snapshot))) == CONTENT


def revoke(producer: Project, image: str) -> None:
    assert producer("DELETE", f"/v2/images/{image}/members/consumer").status_code == 204


def hide(producer: Project, image: str) -> None:
    change = [{"op": "replace", "path": "/os_hidden", "value": True}]
    assert producer("PATCH", f"/v2/images/{image}", change, headers=PATCHES).status_code == 200


def deactivate(producer: Project, image: str) -> None:
    assert producer("POST", f"/v2/images/{image}/actions/deactivate").status_code == 204


def delete(producer: Project, image: str) -> None:
    assert producer("DELETE", f"/v2/images/{image}").status_code == 204


@pytest.mark.parametrize("taken_back", [revoke, hide, deactivate, delete])
def test_servers_and_snapshots_outlive_the_image(
    producer: Project, consumer: Project, image: str, taken_back: Callable[[Project, str], None]
) -> None:
    server = consumer.boot(image)
    before = consumer.snapshot(server, "before")
    taken_back(producer, image)
    after = consumer.snapshot(server, "after")
    shown = consumer.server(server)
    assert (shown["status"], shown["image"]["id"]) == ("ACTIVE", image)
    assert consumer.data(before) == consumer.data(after) == CONTENT
    again = consumer.boot(after, name="again")
    assert consumer.data(consumer.snapshot(again)) == CONTENT
    assert consumer("GET", f"/v2/images/{after}").get_json()["base_image_ref"] == image


@pytest.mark.parametrize("order", list(permutations(("image", "server", "snapshot"))), ids=" ".join)
def test_bytes_stay_as_long_as_somebody_has_them(
    producer: Project, consumer: Project, application: Flask, image: str, order: tuple[str, ...]
) -> None:
    server = consumer.boot(image)
    snapshot = consumer.snapshot(server)
    removals = {
        "image": lambda: producer("DELETE", f"/v2/images/{image}"),
        "server": lambda: consumer("DELETE", f"{V21}/servers/{server}"),
        "snapshot": lambda: consumer("DELETE", f"/v2/images/{snapshot}"),
    }
    kept = []
    for what in order:
        kept.append(bytes_kept(application))
        assert removals[what]().status_code == 204
    assert (kept, bytes_kept(application)) == ([1, 1, 1], 0)


def test_a_server_that_is_deleted_leaves_no_half_snapshot(consumer: Project, application: Flask, image: str) -> None:
    server = consumer.boot(image)
    ordered = consumer.act(server, "createImage", {"name": "x"}, minor=45).get_json()["image_id"]
    assert consumer("DELETE", f"{V21}/servers/{server}").status_code == 204
    work(application)
    assert consumer("GET", f"/v2/images/{ordered}").status_code == 404
    assert bytes_kept(application) == 1


def test_a_snapshot_that_is_deleted_before_it_is_made_stays_so(
    consumer: Project, application: Flask, image: str
) -> None:
    server = consumer.boot(image)
    ordered = consumer.act(server, "createImage", {"name": "x"}, minor=45).get_json()["image_id"]
    assert consumer("DELETE", f"/v2/images/{ordered}").status_code == 204
    work(application)
    assert consumer("GET", f"/v2/images/{ordered}").status_code == 404
    assert consumer.server(server)["OS-EXT-STS:task_state"] is None


def test_one_snapshot_at_a_time(consumer: Project, application: Flask, image: str) -> None:
    server = consumer.boot(image)
    statuses = [consumer.act(server, "createImage", {"name": "x"}).status_code for _ in range(2)]
    work(application)
    statuses.append(consumer.act(server, "createImage", {"name": "x"}).status_code)
    assert statuses == [202, 409, 202]


@pytest.mark.parametrize("state", ["os-stop", "pause", "suspend"])
def test_servers_that_do_not_run_can_be_snapshotted(
    consumer: Project, application: Flask, image: str, state: str
) -> None:
    server = consumer.boot(image)
    consumer.act(server, state)
    work(application)
    before = consumer.server(server)["status"]
    assert consumer.data(consumer.snapshot(server)) == CONTENT
    assert consumer.server(server)["status"] == before


def test_who_may_snapshot(consumer: Project, producer: Project, reader: Project, image: str) -> None:
    server = consumer.boot(image)
    assert producer.act(server, "createImage", {"name": "x"}).status_code == 404
    assert reader.act(server, "createImage", {"name": "x"}).status_code == 403
