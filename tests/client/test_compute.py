"""Compute by the official clients: servers are booted from shared images, snapshotted, and outlive the sharing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openstack import exceptions

from tests.client.cloud import Cloud, Refused
from tests.client.test_openstacksdk import BARE, connect

# The SDK warns of what it calls within itself, and takes that for a server that is not up yet.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def producer(cloud: Cloud) -> Any:
    return connect(cloud.login("producer"))


@pytest.fixture
def consumer(cloud: Cloud) -> Any:
    return connect(cloud.login("consumer"))


@pytest.fixture
def shared(cloud: Cloud, producer: Any, consumer: Any, small: Path) -> str:
    """An image of the producer's that the consumer has accepted."""
    image = producer.image.create_image(name="golden", data=small.read_bytes(), allow_duplicates=True, **BARE)
    producer.image.add_member(image.id, member_id=cloud.projects["consumer"])
    consumer.image.update_member(cloud.projects["consumer"], image.id, status="accepted")
    return str(image.id)


def openstack(cloud: Cloud, *arguments: str) -> Any:
    """Return what the consumer's command says, as JSON."""
    return json.loads(cloud.run("consumer", "openstack", *arguments, "-f", "json"))


def test_the_command_boots_and_snapshots(cloud: Cloud, shared: str, small: Path, tmp_path: Path) -> None:
    boot = ("server", "create", "--image", shared, "--flavor", "m1.tiny", "--network", "none", "--wait", "by-command")
    made = openstack(cloud, *boot)
    assert (made["status"], made["OS-EXT-STS:vm_state"]) == ("ACTIVE", "active")
    (listed,) = [row for row in openstack(cloud, "server", "list") if row["ID"] == made["id"]]
    assert (listed["Name"], listed["Status"], listed["Flavor"]) == ("by-command", "ACTIVE", "m1.tiny")
    assert openstack(cloud, "server", "show", made["id"])["flavor"]["original_name"] == "m1.tiny"
    snapshot = openstack(cloud, "server", "image", "create", "--wait", "--name", "snap", made["id"])
    assert (snapshot["status"], snapshot["visibility"]) == ("active", "private")
    cloud.run("consumer", "openstack", "image", "save", "--file", str(tmp_path / "back"), snapshot["id"])
    assert (tmp_path / "back").read_bytes() == small.read_bytes()
    cloud.run("consumer", "openstack", "server", "delete", "--wait", made["id"])
    with pytest.raises(Refused):
        openstack(cloud, "server", "show", made["id"])


def test_the_sdk_boots_and_snapshots(producer: Any, consumer: Any, shared: str, small: Path) -> None:
    server = consumer.create_server("by-sdk", image=shared, flavor="m1.tiny", wait=True, timeout=60)
    assert server.status == "ACTIVE"
    producer.image.remove_member(consumer.current_project_id, shared)
    producer.delete_image(shared)
    snapshot = consumer.create_image_snapshot("snap", server.id, wait=True, timeout=60)
    assert (snapshot.status, snapshot.owner, snapshot.visibility) == ("active", consumer.current_project_id, "private")
    assert snapshot.properties["base_image_ref"] == shared
    assert consumer.image.download_image(snapshot.id).content == small.read_bytes()
    with pytest.raises(exceptions.NotFoundException):
        producer.image.get_image(snapshot.id)
    consumer.compute.stop_server(server)
    assert consumer.compute.wait_for_server(server, status="SHUTOFF", wait=60).status == "SHUTOFF"
    assert consumer.delete_server(server.id, wait=True)
    assert consumer.get_image(snapshot.id).status == "active"


def test_a_foreign_image_is_not_booted(producer: Any, consumer: Any, small: Path) -> None:
    image = producer.image.create_image(name="own", data=small.read_bytes(), **BARE)
    with pytest.raises(exceptions.BadRequestException):
        consumer.compute.create_server(name="x", image_id=image.id, flavor_id="1", networks="none")
