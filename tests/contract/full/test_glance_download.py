"""POST /v2/images/{id}/import: glance-download, from another Glance that the caller's catalog names."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

import pytest

from tests.contract.actors import Actor
from tests.contract.importing import Web, image_in, imported, order, outcome, show, tasks

TOKEN = "the caller's token"
REGION = "Elsewhere"
UNKNOWN = ("queued", None, None, "reliable", "")
FAILED = ("queued", None, None, "", "reliable")


def catalog(web: Web, region: str = REGION, **addresses: str) -> dict[str, str]:
    """Return the headers of a caller whose catalog has the other Glance."""
    addresses = addresses or {"publicURL": web.url, "internalURL": f"{web.url}/internal"}
    services = [{"type": "image", "name": "glance", "endpoints": [{"region": region, **addresses}]}]
    return {"X-Auth-Token": TOKEN, "X-Service-Catalog": json.dumps(services)}


def elsewhere(web: Web, content: bytes = b"remote bytes", prefix: str = "", **attributes: Any) -> str:
    """Put an image into the other Glance; return its id."""
    image_id = str(uuid.uuid4())
    path = f"{prefix}/v2/images/{image_id}"
    document = {
        "id": image_id, "name": "remote", "status": "active", "visibility": "private", "size": len(content),
        "disk_format": "raw", "container_format": "bare", "min_disk": 3, "min_ram": 4, "tags": ["remote"],
        "protected": True, "os_hidden": True, "owner": "somebody", "checksum": "0" * 32, "self": path,
        "os_glance_failed_import": "far", "stores": "far", **attributes,
    }  # fmt: skip
    web.put(path, document)
    web.put(f"{path}/file", content)
    return image_id


def needs(image_id: Any, **more: Any) -> dict[str, Any]:
    return {"glance_region": REGION, "glance_image_id": image_id, **more}


def test_the_data_and_the_formats_come_from_there(producer: Actor, web: Web) -> None:
    image, remote = producer.image(disk_format="qcow2", container_format="ovf"), elsewhere(web)
    web.asked.clear()
    shown = imported(producer, image, "glance-download", headers=catalog(web), **needs(remote))
    assert outcome(shown) == ("active", 12, "reliable", "", "")
    assert (shown["disk_format"], shown["container_format"], shown["virtual_size"]) == ("raw", "bare", 12)
    assert producer.get(image["file"]).content == b"remote bytes"
    kept = ("name", "min_disk", "min_ram", "tags", "protected", "os_hidden", "owner", "visibility")
    assert [shown[name] for name in kept] == [image[name] for name in kept]
    assert [path for path, _ in web.asked] == [f"/v2/images/{remote}", f"/v2/images/{remote}/file"]
    assert {headers["x-auth-token"] for _, headers in web.asked} == {TOKEN}


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        pytest.param("hw_disk_bus", True, id="hw"),
        pytest.param("trait:CUSTOM", True, id="trait"),
        pytest.param("os_distro", True, id="os_distro"),
        pytest.param("os_distro_more", True, id="os_distro_more"),
        pytest.param("os_type", True, id="os_type"),
        pytest.param("os_secure_boot", True, id="os_secure_boot"),
        pytest.param("os_version", False, id="os_version"),
        pytest.param("architecture", False, id="architecture"),
        pytest.param("img_config_drive", False, id="img"),
        pytest.param("my_own", False, id="own"),
    ],
)
def test_some_properties_come_from_there(producer: Actor, web: Web, name: str, taken: bool) -> None:
    theirs: dict[str, Any] = {name: "theirs"}
    image, remote = producer.image(**{name: "ours", "kept": "ours"}), elsewhere(web, **theirs)
    shown = imported(producer, image, "glance-download", headers=catalog(web), **needs(remote))
    assert (shown["status"], shown[name], shown["kept"]) == ("active", "theirs" if taken else "ours", "ours")


@pytest.mark.parametrize(("interface", "prefix"), [("public", ""), ("internal", "/internal")])
def test_the_interface_is_chosen(producer: Actor, web: Web, interface: str, prefix: str) -> None:
    remote = elsewhere(web, prefix=prefix)
    given = needs(remote, glance_service_interface=interface)
    assert imported(producer, producer.image(), "glance-download", headers=catalog(web), **given)["status"] == "active"


def test_the_task_tells_where_the_data_came_from_but_not_how(producer: Actor, web: Web) -> None:
    image, remote = producer.image(), elsewhere(web)
    imported(producer, image, "glance-download", headers=catalog(web), **needs(remote))
    (task,) = tasks(producer, image)
    method = {"name": "glance-download", **needs(remote), "glance_service_interface": "public"}
    assert task["input"] == {"image_id": image["id"], "import_req": {"method": method}, "backend": ["reliable"]}
    assert TOKEN not in json.dumps(task)


@pytest.mark.parametrize(
    ("options", "stores"),
    [({"all_stores": True}, "reliable,cheap"), ({"stores": ["cheap"]}, "cheap")],
    ids=["all", "one"],
)
def test_the_stores_are_chosen(producer: Actor, web: Web, options: dict[str, Any], stores: str) -> None:
    given = {"headers": catalog(web), "options": options, **needs(elsewhere(web))}
    assert imported(producer, producer.image(), "glance-download", **given)["stores"] == stores


# What fails


@pytest.mark.parametrize(
    ("given", "headers"),
    [
        pytest.param({"glance_region": "Nowhere"}, {}, id="unknown-region"),
        pytest.param({"glance_region": ""}, {}, id="empty-region"),
        pytest.param({"glance_service_interface": "admin"}, {}, id="interface-without-an-address"),
        pytest.param({"glance_service_interface": "odd"}, {}, id="unknown-interface"),
        pytest.param({"glance_image_id": str(uuid.UUID(int=1))}, {}, id="unknown-image"),
        pytest.param({}, {"X-Auth-Token": None}, id="no-token"),
        pytest.param({}, {"X-Service-Catalog": "[]"}, id="empty-catalog"),
    ],
)
def test_where_nothing_is_known_of_the_image(
    producer: Actor, web: Web, given: dict[str, Any], headers: dict[str, Any]
) -> None:
    asked = {**needs(elsewhere(web)), **given}
    image = producer.image()
    shown = imported(producer, image, "glance-download", headers={**catalog(web), **headers}, **asked)
    assert outcome(shown) == UNKNOWN
    assert [task["status"] for task in tasks(producer, image)] == ["failure"]


@pytest.mark.parametrize("status", ["queued", "saving", "deactivated", "importing"])
def test_an_image_without_data_there(producer: Actor, web: Web, status: str) -> None:
    remote = elsewhere(web, status=status, size=None)
    shown = imported(producer, producer.image(), "glance-download", headers=catalog(web), **needs(remote))
    assert outcome(shown) == UNKNOWN


def failed(actor: Actor, web: Web, remote: str) -> dict[str, Any]:
    """Order an import, and wait until its task has failed: the real service does not let go of the image then."""
    image = actor.image()
    assert order(actor, image, "glance-download", headers=catalog(web), **needs(remote)).status_code == 202
    deadline = time.monotonic() + 10
    while tasks(actor, image)[0]["status"] != "failure":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return show(actor, image)


def test_another_size_than_there(producer: Actor, web: Web) -> None:
    remote = elsewhere(web, size=100, hw_disk_bus="scsi", disk_format="iso")
    shown = failed(producer, web, remote)
    assert outcome(shown) == FAILED
    assert (shown["hw_disk_bus"], shown["disk_format"]) == ("scsi", "iso")


def test_another_format_than_there(producer: Actor, web: Web) -> None:
    remote = elsewhere(web, disk_format="qcow2")
    shown = failed(producer, web, remote)
    assert outcome(shown) == FAILED


def test_data_that_cannot_be_had(producer: Actor, web: Web) -> None:
    remote = elsewhere(web)
    web.put(f"/v2/images/{remote}/file", status=500)
    shown = failed(producer, web, remote)
    assert outcome(shown) == FAILED


def test_after_a_failure_it_can_be_tried_again(producer: Actor, web: Web) -> None:
    image, remote = producer.image(), elsewhere(web)
    assert outcome(imported(producer, image, "glance-download", **needs(remote))) == UNKNOWN
    again = imported(producer, image, "glance-download", headers=catalog(web), **needs(remote))
    assert outcome(again) == ("active", 12, "reliable", "", "")


# What is refused


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"glance_region": REGION}, id="no-image"),
        pytest.param({"glance_image_id": str(uuid.UUID(int=1))}, id="no-region"),
        pytest.param({"glance_region": REGION, "glance_image_id": "x"}, id="no-id"),
        pytest.param({"glance_region": REGION, "glance_image_id": ""}, id="empty-id"),
    ],
)
def test_what_the_method_needs(producer: Actor, reader: Actor, outsider: Actor, given: dict[str, Any]) -> None:
    image = producer.image()
    assert order(producer, image, "glance-download", **given).status_code == 400
    assert order(producer, image, "glance-download", store="nowhere", **given).status_code == 400
    assert order(reader, image, "glance-download", **given).status_code == 400
    assert order(outsider, image, "glance-download", **given).status_code == 404
    assert order(producer, producer.image(disk_format=None), "glance-download", **given).status_code == 409
    assert show(producer, image)["status"] == "queued"


@pytest.mark.parametrize("state", ["uploading", "active", "deactivated"])
def test_only_for_queued_images(producer: Actor, web: Web, state: str) -> None:
    image = image_in(producer, state)
    assert order(producer, image, "glance-download", headers=catalog(web), **needs("x")).status_code == 409


@pytest.mark.parametrize(("given", "status"), [({}, 403), ({"store": "nowhere"}, 403)], ids=["reader", "store"])
def test_who_may_not(reader: Actor, producer: Actor, web: Web, given: dict[str, Any], status: int) -> None:
    asked = needs(elsewhere(web))
    assert order(reader, producer.image(), "glance-download", **asked, **given).status_code == status
    assert order(producer, producer.image(), "glance-download", store="nowhere", **asked).status_code == 409


def test_creation_tells_the_methods(producer: Actor) -> None:
    answer = producer.post("/v2/images", {"name": "x"})
    methods = answer.headers["OpenStack-image-import-methods"]
    assert methods == "glance-direct,web-download,copy-image,glance-download"
