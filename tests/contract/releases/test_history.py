"""What came with which release, as clients notice it: there is nothing of it before."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.contract.actors import Actor
from tests.contract.importing import Web, order, settled, show

OLD = [f"v2.{minor}" for minor in range(7, -1, -1)]
MULTI = ["v2.13", "v2.12", "v2.11", "v2.10", "v2.9", "v2.8"]

DOCUMENTS = {
    "queens": ("v2.6", OLD[1:]),
    "rocky": ("v2.7", ["v2.8", *OLD]),
    "train": ("v2.9", ["v2.8", "v2.9", *OLD]),
    "ussuri": ("v2.1", ["v2.1", "v2.9", "v2.8", *OLD]),
    "victoria": ("v2.11", [*MULTI[2:], *OLD]),
    "wallaby": ("v2.12", [*MULTI[1:], *OLD]),
    "yoga": ("v2.15", ["v2.15", *MULTI, *OLD]),
    "2024.2": ("v2.17", ["v2.15", *MULTI, "v2.17", *OLD]),
}
"""The version that is CURRENT, and all, by the release that had them first."""

QCOW2 = b"QFI\xfb" + bytes([0, 0, 0, 3]) + bytes(16) + (1 << 20).to_bytes(8, "big") + bytes(600)


def test_versions(url: str, age: Any) -> None:
    current, listed = next(DOCUMENTS[name] for name in reversed(DOCUMENTS) if age.has(name))
    versions = requests.get(f"{url}/versions", timeout=60).json()["versions"]
    assert [version["id"] for version in versions] == listed
    statuses = [version["status"] for version in versions]
    assert statuses.index("CURRENT") == listed.index(current)
    assert statuses.count("CURRENT") == 1
    assert ("EXPERIMENTAL" in statuses) == (age.has("rocky") and not age.has("train"))


@pytest.mark.parametrize(("version", "came"), [("v2.6", "queens"), ("v2.7", "rocky"), ("v2.9", "train"),
                                               ("v2.10", "victoria"), ("v2.12", "wallaby"), ("v2.15", "yoga"),
                                               ("v2.17", "2024.2")])  # fmt: skip
def test_paths_below_versions(producer: Actor, age: Any, version: str, came: str) -> None:
    assert producer.get(f"/{version}/images").status_code == (200 if age.has(came) else 300)


ROUTES = [
    pytest.param("GET", "/v2/info/import", "queens", 200, id="import-methods"),
    pytest.param("GET", "/v2/info/stores", "rocky", 200, id="stores"),
    pytest.param("GET", "/v2/info/usage", "yoga", 200, id="usage"),
    pytest.param("GET", "/v2/info/stores/detail", "yoga", 200, id="stores-detail"),
    pytest.param("POST", "/v2/info/stores/detail", "yoga", 405, id="stores-detail-method"),
    pytest.param("POST", "/v2/cache", "yoga", 405, id="cache-method"),
    pytest.param("POST", "/v2/cache/{image}", "yoga", 405, id="cached-method"),
    pytest.param("GET", "/v2/images/{image}/tasks", "wallaby", 200, id="tasks"),
    pytest.param("GET", "/v2/stores/cheap/{image}", "ussuri", 405, id="store-method"),
    pytest.param("DELETE", "/v2/stores/reliable/{image}", "ussuri", 403, id="store"),
    pytest.param("PUT", "/v2/images/{image}/locations", "2024.2", 405, id="locations-method"),
    pytest.param("PUT", "/v2/cache/nodes/{image}", "2026.2", 405, id="cache-nodes-method"),
]


@pytest.mark.parametrize(("method", "path", "came", "status"), ROUTES)
def test_routes(admin: Actor, age: Any, method: str, path: str, came: str, status: int) -> None:
    image = admin.active_image()
    answer = admin(method, path.format(image=image["id"]))
    assert answer.status_code == (status if age.has(came) else 404)


@pytest.mark.parametrize(("name", "came"), [("os_hash_algo", "rocky"), ("os_hash_value", "rocky"),
                                            ("os_hidden", "rocky"), ("stores", "rocky")])  # fmt: skip
def test_attributes(producer: Actor, age: Any, name: str, came: str) -> None:
    image = producer.active_image()
    assert (name in image) == age.has(came)
    (listed,) = producer.get("/v2/images").json()["images"]
    assert (name in listed) == age.has(came)


def test_creation_tells_stores(producer: Actor, age: Any) -> None:
    answer = producer.post("/v2/images", {"name": "x"})
    assert ("OpenStack-image-store-ids" in answer.headers) == age.has("rocky")


@pytest.mark.parametrize(("name", "came"), [("os_hash_algo", "rocky"), ("os_hidden", "rocky"), ("stores", "train")])
def test_schema(producer: Actor, age: Any, name: str, came: str) -> None:
    properties = producer.get("/v2/schemas/image").json()["properties"]
    assert (name in properties) == age.has(came)
    assert ("backend" in properties) == (age.has("rocky") and not age.has("train"))
    assert ("compressed" in properties["container_format"]["enum"]) == age.has("train")
    listed = producer.get("/v2/schemas/images").json()["properties"]["images"]["items"]["properties"]
    assert listed.keys() == properties.keys()


def test_the_format_compressed(producer: Actor, age: Any) -> None:
    answer = producer.post("/v2/images", {"name": "x", "container_format": "compressed"})
    assert answer.status_code == (201 if age.has("train") else 400)
    image = producer.image()
    change = {"op": "replace", "path": "/container_format", "value": "compressed"}
    assert producer.patch(image["self"], change).status_code == (200 if age.has("train") else 400)


def test_lists_of_all_visibilities(producer: Actor, age: Any) -> None:
    assert producer.get("/v2/images?visibility=all").status_code == (200 if age.has("stein") else 400)


def test_reserved_names(producer: Actor, age: Any) -> None:
    answer = producer.post("/v2/images", {"name": "x", "os_glance_own": "y"})
    assert answer.status_code == (403 if age.has("wallaby") else 201)
    change = {"op": "add", "path": "/os_glance_own", "value": "y"}
    assert producer.patch(producer.image()["self"], change).status_code == (403 if age.has("wallaby") else 200)


@pytest.mark.parametrize(("method", "came"), [("glance-direct", "queens"), ("web-download", "queens"),
                                              ("copy-image", "ussuri")])  # fmt: skip
def test_import_methods(producer: Actor, age: Any, method: str, came: str) -> None:
    known = producer.get("/v2/info/import").json()["import-methods"]["value"]
    assert (method in known) == age.has(came)


def test_copying_before_it_could_be_done(producer: Actor, age: Any) -> None:
    image = producer.active_image()
    answer = order(producer, image, "copy-image", options={"stores": ["cheap"]})
    if not age.has("ussuri"):
        assert answer.status_code == 400
    elif not age.has("victoria"):
        assert answer.status_code == 202
    else:
        assert answer.status_code == 403


def test_virtual_size(producer: Actor, age: Any) -> None:
    image = producer.active_image(QCOW2, disk_format="qcow2")
    assert image["virtual_size"] == (1 << 20 if age.has("victoria") else None)
    image = producer.active_image(b"12345", disk_format="raw")
    assert image["virtual_size"] == (5 if age.has("victoria") else None)
    disc = bytearray(64 * 2048)
    disc[32768:32774], disc[32848:32852], disc[32896:32898] = b"\x01CD001", b"\x40\0\0\0", b"\0\x08"
    image = producer.active_image(bytes(disc), disk_format="iso")
    assert image["virtual_size"] == (64 * 2048 if age.has("2023.2") else None)


def test_data_of_another_format(producer: Actor, age: Any) -> None:
    image = producer.image(disk_format="qcow2")
    headers = {"Content-Type": "application/octet-stream"}
    answer = producer.put(f"{image['self']}/file", data=b"no qcow2", headers=headers)
    assert answer.status_code == (415 if age.has("2025.1") else 204)


@pytest.mark.parametrize("part", ["file", "stage"])
def test_data_of_another_length_than_was_said(producer: Actor, age: Any, part: str) -> None:
    headers = {"Content-Type": "application/octet-stream", "x-openstack-image-size": "3"}
    answer = producer.put(f"{producer.image()['self']}/{part}", data=b"12345", headers=headers)
    assert answer.status_code == (400 if age.has("2025.2") else 204)


@pytest.mark.parametrize(("uri", "came"), [("ftp://0.0.0.0/x", "queens"), ("http://0x7f000001/x", "2024.2"),
                                           ("http://169.254.169.254/x", "2026.2")])  # fmt: skip
def test_what_is_nothing_to_be_fetched(producer: Actor, age: Any, uri: str, came: str) -> None:
    assert order(producer, producer.image(), "web-download", uri=uri).status_code == (400 if age.has(came) else 202)


def test_what_comes_without_a_length(producer: Actor, age: Any, web: Web) -> None:
    uri = web.put("/page", b"abc", headers={"Content-Length": ""})
    image = producer.image()
    assert order(producer, image, "web-download", uri=uri).status_code == 202
    if age.has("2026.1"):
        assert settled(producer, image)["status"] == "active"
    else:  # some real ones never come to an end with it
        time.sleep(1)
        assert show(producer, image)["status"] in ("queued", "importing")


@pytest.mark.parametrize(("type_", "given", "came", "status"), [
    pytest.param("location_import", {}, "2024.2", 201, id="location_import"),
    pytest.param("import", {"import_from": "file:///etc/hosts"}, "2026.2", 400, id="from-the-disk"),
])  # fmt: skip
def test_orders_of_tasks(admin: Actor, age: Any, type_: str, given: Any, came: str, status: int) -> None:
    answer = admin.post("/v2/tasks", {"type": type_, "input": given})
    assert answer.status_code == (status if age.has(came) else 601 - status)
    assert ("location_import" in str(admin.get("/v2/schemas/tasks").json())) == age.has("2024.2")


ROLES = [
    pytest.param("POST", "/v2/images", {"name": "x"}, 201, id="create"),
    pytest.param("DELETE", "{image}", None, 204, id="delete"),
    pytest.param("PUT", "{image}/tags/x", None, 204, id="tag"),
    pytest.param("POST", "{image}/members", {"member": "x"}, 200, id="offer"),
    pytest.param("POST", "{image}/actions/deactivate", None, 204, id="deactivate"),
]


@pytest.mark.parametrize(("method", "path", "body", "status"), ROLES)
@pytest.mark.parametrize("roles", ["reader", "other"])
def test_any_role_was_enough_for_ones_own(
    producer: Actor,
    newcomer: Callable[..., Actor],
    age: Any,
    roles: str,
    method: str,
    path: str,
    body: Any,
    status: int,
) -> None:
    # Rocky fails when an image that lies in one of several stores is offered.
    image = producer.image() if path.endswith("/members") else producer.active_image()
    caller = newcomer(roles=roles, project=producer.project)
    answer = caller(method, path.format(image=image["self"]), **({"json": body} if body else {}))
    blind = roles == "other" and path != "/v2/images"
    assert answer.status_code == ((404 if blind else 403) if age.has("2023.1") else status)


@pytest.mark.parametrize("path", ["/v2/images", "{image}", "{image}/members", "/v2/metadefs/namespaces"])
def test_who_has_another_role_reads_no_more(
    producer: Actor, newcomer: Callable[..., Actor], age: Any, path: str
) -> None:
    image = producer.active_image()
    caller = newcomer(roles="other", project=producer.project)
    refused = 403 if path == "/v2/images" else 404
    assert caller.get(path.format(image=image["self"])).status_code == (refused if age.has("2023.1") else 200)


def test_nobodys_membership(producer: Actor, consumer: Actor, age: Any) -> None:
    image = producer.image()
    producer.offer(image, consumer)
    nobody = f"{image['self']}/members/nobody"
    refused = age.has("xena") and not age.has("2023.1")
    assert producer.put(nobody, {"status": "accepted"}).status_code == (403 if refused else 404)
    assert consumer.put(nobody, {"status": "accepted"}).status_code == (404 if age.has("xena") else 403)
    assert consumer.delete(nobody).status_code == (404 if age.has("2023.1") else 403)
    assert producer.delete(nobody).status_code == 404


def test_only_admins_publish(producer: Actor, age: Any) -> None:
    assert producer.post("/v2/images", {"name": "x", "visibility": "public"}).status_code == 403
    assert producer.post("/v2/images", {"name": "x", "visibility": "community"}).status_code == 201


def test_definitions_are_the_admins(producer: Actor, age: Any) -> None:
    answer = producer.post("/v2/metadefs/namespaces", {"namespace": f"N{producer.project}"})
    assert answer.status_code == (403 if age.has("wallaby") else 201)


def test_tags_of_definitions_are_appended(admin: Actor, age: Any) -> None:
    path = f"/v2/metadefs/namespaces/N{admin.project}"
    assert admin.post("/v2/metadefs/namespaces", {"namespace": path.rpartition("/")[2]}).status_code == 201
    for name in ("a", "b"):
        admin.post(f"{path}/tags", {"tags": [{"name": name}]}, headers={"X-OpenStack-Append": "true"})
    names = {tag["name"] for tag in admin.get(f"{path}/tags").json()["tags"]}
    assert names == ({"a", "b"} if age.has("yoga") else {"b"})


def test_details_of_stores(admin: Actor, newcomer: Callable[..., Actor], age: Any) -> None:
    answer = admin.get("/v2/info/stores/detail")
    if not age.has("yoga"):
        assert answer.status_code == 404
        return
    (store, *_) = answer.json()["stores"]
    assert bool(store["properties"]) == age.has("zed")
    assert ("weight" in store) == age.has("2023.2")
    service = newcomer(roles="service").get("/v2/info/stores/detail")
    assert service.status_code == (200 if age.has("2026.1") else 403)


def test_admins_ask_where_data_are(admin: Actor, age: Any) -> None:
    image = admin.active_image()
    if age.has("2024.2"):
        answer = admin.get(f"{image['self']}/locations")
        assert answer.status_code == (200 if age.has("2026.1") else 403)
