"""POST /v2/images: what an image begins as, and every creation that is refused."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.contract.actors import Actor

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
MAX_INT = 2**31 - 1
DISK_FORMATS = ["ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop"]
CONTAINER_FORMATS = ["ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed"]
ASTRAL = "\U0001f600"


def created(actor: Actor, **attributes: Any) -> dict[str, Any]:
    """Create an image of exactly these attributes; return its document."""
    answer = actor.post("/v2/images", attributes)
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


def properties(count: int) -> dict[str, str]:
    return {f"k{number}": "v" for number in range(count)}


def tags(count: int) -> list[str]:
    return [str(number) for number in range(count)]


# What an image begins as.


def test_nothing_need_be_told(producer: Actor) -> None:
    image = created(producer)
    assert re.fullmatch(UUID, image.pop("id"))
    assert image.pop("created_at") == image.pop("updated_at")
    assert image.pop("self") + "/file" == image.pop("file")
    assert image == {
        "name": None,
        "status": "queued",
        "visibility": "shared",
        "owner": producer.project,
        "protected": False,
        "os_hidden": False,
        "disk_format": None,
        "container_format": None,
        "min_disk": 0,
        "min_ram": 0,
        "size": None,
        "virtual_size": None,
        "checksum": None,
        "os_hash_algo": None,
        "os_hash_value": None,
        "tags": [],
        "schema": "/v2/schemas/image",
    }


def test_answer_tells_where_the_image_is_and_how_to_fill_it(producer: Actor) -> None:
    answer = producer.post("/v2/images", {})
    assert answer.status_code == 201
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Location"] == f"{producer.url}/v2/images/{answer.json()['id']}"
    assert answer.headers["OpenStack-image-import-methods"] == "glance-direct,web-download,copy-image"
    assert all(store.strip() for store in answer.headers["OpenStack-image-store-ids"].split(","))
    assert answer.headers["x-openstack-request-id"].startswith("req-")


def test_location_follows_the_address_the_client_used(producer: Actor) -> None:
    headers = {"Host": "images.example:8080", "X-Forwarded-Proto": "https"}
    answer = producer.post("/v2/images", {}, headers=headers)
    address = f"https://images.example:8080{urlsplit(producer.url).path}"
    assert answer.headers["Location"] == f"{address}/v2/images/{answer.json()['id']}"


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        *(pytest.param("disk_format", value, id=f"disk-{value}") for value in [None, *DISK_FORMATS]),
        *(pytest.param("container_format", value, id=f"container-{value}") for value in [None, *CONTAINER_FORMATS]),
        *(pytest.param("visibility", value, id=value) for value in ("private", "shared", "community")),
        pytest.param("name", None, id="name-null"),
        pytest.param("name", "", id="name-empty"),
        pytest.param("name", "é" * 255, id="name-255-characters"),
        pytest.param("min_disk", MAX_INT, id="min_disk-largest"),
        pytest.param("min_ram", MAX_INT, id="min_ram-largest"),
        pytest.param("min_disk", 1.0, id="min_disk-whole-float"),
        pytest.param("protected", True, id="protected"),
        pytest.param("os_hidden", True, id="os_hidden"),
        pytest.param("id", str(uuid.uuid4()), id="id"),
        pytest.param("id", str(uuid.uuid4()).upper(), id="id-upper-case"),
        pytest.param("foo", "bar", id="custom"),
        pytest.param("foo", "", id="custom-empty"),
        pytest.param("foo", "v" * 65536, id="custom-long-value"),
        pytest.param("k" * 255, "v", id="custom-key-255-characters"),
        pytest.param("", "v", id="custom-empty-key"),
        pytest.param("a/b~c", "v", id="custom-key-slash-tilde"),
        pytest.param("clé", "v", id="custom-key-not-ascii"),
        pytest.param("kernel_id", "not a uuid", id="kernel_id-any-text"),
        pytest.param("architecture", "x86_64", id="architecture"),
        # Words with a meaning elsewhere, but none here.
        pytest.param("is_public", "x", id="is_public"),
        pytest.param("store", "x", id="store"),
        pytest.param("members", "x", id="members"),
        pytest.param("properties", "x", id="properties"),
        pytest.param("first", "x", id="first"),
        pytest.param("next", "x", id="next"),
        pytest.param("os_hash_foo", "x", id="os_hash_foo"),
    ],
)
def test_attribute_is_kept_as_given(producer: Actor, attribute: str, value: Any) -> None:
    image = created(producer, **{attribute: value})
    assert image[attribute] == value
    assert producer.get(image["self"]).json()[attribute] == value


@pytest.mark.parametrize("attribute", ["os_hash_algo", "os_hash_value"])
def test_hash_is_ignored(producer: Actor, attribute: str) -> None:
    assert created(producer, **{attribute: "a" * 64})[attribute] is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param(["b", "a"], {"a", "b"}, id="unordered"),
        pytest.param(["a", "a"], {"a"}, id="duplicates-merged"),
        pytest.param(["A", "a"], {"A", "a"}, id="case-matters"),
        pytest.param(["", " ", "a b", "a/b", "a,b", "é"], {"", " ", "a b", "a/b", "a,b", "é"}, id="any-text"),
        pytest.param(["x" * 255], {"x" * 255}, id="255-characters"),
        pytest.param(tags(128), set(tags(128)), id="128-tags"),
    ],
)
def test_tags_are_a_set(producer: Actor, given: list[str], kept: set[str]) -> None:
    image = created(producer, tags=given)
    assert len(image["tags"]) == len(kept)
    assert set(image["tags"]) == kept


def test_128_properties_are_allowed(producer: Actor) -> None:
    assert created(producer, **properties(128))["k127"] == "v"


# Who creates, and for whom.


@pytest.mark.parametrize(
    ("roles", "status"),
    [
        pytest.param("", 403, id="no-role"),
        pytest.param("reader", 403, id="reader"),
        pytest.param("service", 403, id="service"),
        pytest.param("member", 201, id="member-alone"),
        pytest.param("member,reader", 201, id="member"),
        pytest.param("admin", 201, id="admin-alone"),
        pytest.param("admin,member,reader", 201, id="admin"),
    ],
)
def test_members_and_admins_create(newcomer: Callable[..., Actor], roles: str, status: int) -> None:
    assert newcomer(roles=roles).post("/v2/images", {}).status_code == status


def test_only_an_admin_publishes(producer: Actor, admin: Actor) -> None:
    assert producer.post("/v2/images", {"visibility": "public"}).status_code == 403
    image = created(admin, visibility="public")
    assert image["visibility"] == "public"
    admin.delete(image["self"])


@pytest.mark.parametrize("owner", [pytest.param("other", id="other"), pytest.param("", id="empty"), None])
def test_member_creates_for_the_own_project_only(producer: Actor, owner: str | None) -> None:
    assert producer.post("/v2/images", {"owner": owner}).status_code == 403


def test_member_may_name_the_own_project(producer: Actor) -> None:
    assert created(producer, owner=producer.project)["owner"] == producer.project


@pytest.mark.parametrize("owner", [pytest.param("other", id="other"), pytest.param("", id="empty"), None])
def test_admin_creates_for_anybody(admin: Actor, owner: str | None) -> None:
    assert created(admin, owner=owner)["owner"] == owner


# What is refused.

MALFORMED = [
    pytest.param({"name": 1}, id="name-number"),
    pytest.param({"name": ["a"]}, id="name-list"),
    pytest.param({"name": "x" * 256}, id="name-too-long"),
    pytest.param({"name": ASTRAL}, id="name-astral"),
    pytest.param({"disk_format": "foo"}, id="disk_format-unknown"),
    pytest.param({"disk_format": ""}, id="disk_format-empty"),
    pytest.param({"disk_format": "RAW"}, id="disk_format-upper-case"),
    pytest.param({"disk_format": 1}, id="disk_format-number"),
    pytest.param({"container_format": "foo"}, id="container_format-unknown"),
    pytest.param({"container_format": ""}, id="container_format-empty"),
    pytest.param({"visibility": "foo"}, id="visibility-unknown"),
    pytest.param({"visibility": None}, id="visibility-null"),
    *(
        pytest.param({attribute: value}, id=f"{attribute}-{name}")
        for attribute in ("min_disk", "min_ram")
        for name, value in [
            ("negative", -1),
            ("too-large", MAX_INT + 1),
            ("text", "1"),
            ("fraction", 1.5),
            ("null", None),
            ("boolean", True),
        ]
    ),
    *(
        pytest.param({attribute: value}, id=f"{attribute}-{name}")
        for attribute in ("protected", "os_hidden")
        for name, value in [("text", "true"), ("null", None), ("number", 1)]
    ),
    pytest.param({"owner": 1}, id="owner-number"),
    pytest.param({"owner": "x" * 256}, id="owner-too-long"),
    pytest.param({"id": "abc"}, id="id-no-uuid"),
    pytest.param({"id": None}, id="id-null"),
    pytest.param({"id": 1}, id="id-number"),
    pytest.param({"id": "0" * 32}, id="id-without-dashes"),
    pytest.param({"id": "{00000000-0000-4000-8000-000000000000}"}, id="id-in-braces"),
    pytest.param({"tags": None}, id="tags-null"),
    pytest.param({"tags": "x"}, id="tags-text"),
    pytest.param({"tags": {}}, id="tags-object"),
    pytest.param({"tags": [1]}, id="tag-number"),
    pytest.param({"tags": [None]}, id="tag-null"),
    pytest.param({"tags": ["x" * 256]}, id="tag-too-long"),
    pytest.param({"tags": [ASTRAL]}, id="tag-astral"),
    pytest.param({"foo": None}, id="custom-null"),
    pytest.param({"foo": 1}, id="custom-number"),
    pytest.param({"foo": True}, id="custom-boolean"),
    pytest.param({"foo": []}, id="custom-list"),
    pytest.param({"foo": {}}, id="custom-object"),
    pytest.param({"foo": ASTRAL}, id="custom-astral"),
    pytest.param({ASTRAL: "foo"}, id="custom-key-astral"),
    pytest.param({"k" * 256: "v"}, id="custom-key-too-long"),
    pytest.param({"kernel_id": None}, id="kernel_id-null"),
    pytest.param({"architecture": None}, id="architecture-null"),
    pytest.param({"locations": None}, id="locations-null"),
    pytest.param({"locations": "x"}, id="locations-text"),
    pytest.param({"locations": [{}]}, id="locations-incomplete"),
    pytest.param({"status": "foo"}, id="status-unknown"),
    pytest.param({"size": "1"}, id="size-text"),
    pytest.param({"checksum": "a" * 33}, id="checksum-too-long"),
    pytest.param({"os_hash_value": "a" * 129}, id="os_hash_value-too-long"),
]


@pytest.mark.parametrize("body", MALFORMED)
def test_malformed_attribute_is_a_bad_request(producer: Actor, body: dict[str, Any]) -> None:
    assert producer.post("/v2/images", body).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"status": "active"}, id="status"),
        pytest.param({"size": 5}, id="size"),
        pytest.param({"virtual_size": 5}, id="virtual_size"),
        pytest.param({"checksum": "a" * 32}, id="checksum"),
        pytest.param({"created_at": "2020-01-01T00:00:00Z"}, id="created_at"),
        pytest.param({"updated_at": "2020-01-01T00:00:00Z"}, id="updated_at"),
        pytest.param({"self": "x"}, id="self"),
        pytest.param({"file": "x"}, id="file"),
        pytest.param({"schema": "x"}, id="schema"),
        pytest.param({"direct_url": "x"}, id="direct_url"),
        pytest.param({"stores": "x"}, id="stores"),
        pytest.param({"locations": []}, id="locations-none"),
        pytest.param({"locations": [{"url": "file:///x", "metadata": {}}]}, id="locations"),
        pytest.param({"location": "x"}, id="location"),
        pytest.param({"deleted": "False"}, id="deleted"),
        pytest.param({"deleted_at": "x"}, id="deleted_at"),
        pytest.param({"os_glance_foo": "x"}, id="os_glance_foo"),
        pytest.param({"os_glance_": "x"}, id="os_glance_"),
        pytest.param({"os_glancefoo": "x"}, id="os_glance-without-underscore"),
    ],
)
def test_what_the_service_keeps_to_itself_is_forbidden(producer: Actor, admin: Actor, body: dict[str, Any]) -> None:
    assert producer.post("/v2/images", body).status_code == 403
    assert admin.post("/v2/images", body).status_code == 403


@pytest.mark.parametrize("content", [b"", b"null", b"1", b'"x"', b"{", b"{} x", b"\xff", b'{"name": "\xff"}'])
def test_body_is_a_json_object(producer: Actor, content: bytes) -> None:
    answer = producer("POST", "/v2/images", data=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'{"name": NaN}', id="nan-name"),
        pytest.param(b'{"min_ram": NaN}', id="nan-number"),
        pytest.param(b"\xef\xbb\xbf{}", id="byte-order-mark"),
    ],
)
def test_nearly_json_is_refused(producer: Actor, content: bytes) -> None:
    answer = producer("POST", "/v2/images", data=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json; charset=utf-8",
        "application/json;charset=latin-1",
        "text/plain",
        "application/xml",
        "",
        "bogus",
    ],
)
def test_body_is_utf8_json_whatever_its_media_type(producer: Actor, media_type: str) -> None:
    content = json.dumps({"name": "é"}, ensure_ascii=False).encode()
    answer = producer("POST", "/v2/images", data=content, headers={"Content-Type": media_type})
    assert answer.status_code == 201
    assert answer.json()["name"] == "é"


def test_body_may_come_in_chunks(producer: Actor) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"name":'
        yield b' "in chunks"}'

    answer = producer("POST", "/v2/images", data=chunks())
    assert answer.status_code == 201
    assert answer.json()["name"] == "in chunks"


def test_of_two_equal_keys_the_last_counts(producer: Actor) -> None:
    answer = producer("POST", "/v2/images", data=b'{"name": "a", "name": "b"}')
    assert answer.json()["name"] == "b"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(properties(129), id="properties"),
        pytest.param({"tags": tags(129)}, id="tags"),
        pytest.param({"tags": ["a"] * 129}, id="repeated-tags"),
        pytest.param({"architecture": "x", **properties(128)}, id="known-properties-count"),
    ],
)
def test_more_than_128_is_too_large(producer: Actor, body: dict[str, Any]) -> None:
    assert producer.post("/v2/images", body).status_code == 413


def test_an_id_is_used_once(producer: Actor, outsider: Actor) -> None:
    image = producer.image()
    assert producer.post("/v2/images", {"id": image["id"]}).status_code == 409
    assert outsider.post("/v2/images", {"id": image["id"]}).status_code == 409
    producer.delete(image["self"])
    assert producer.post("/v2/images", {"id": image["id"]}).status_code == 409


def test_refused_creation_leaves_nothing(producer: Actor) -> None:
    for body in ({"disk_format": "foo"}, {"status": "active"}, {"visibility": "public"}, properties(129)):
        producer.post("/v2/images", body)
    assert producer.listed(f"?owner={producer.project}") == []


# Of several reasons, which is told: form, what is reserved, rights, quota, conflict.


@pytest.mark.parametrize(
    ("who", "body", "status"),
    [
        pytest.param("reader", None, 400, id="body-before-role"),
        pytest.param("reader", {"disk_format": "foo"}, 400, id="form-before-role"),
        pytest.param("reader", properties(129), 403, id="role-before-quota"),
        pytest.param("reader", {"name": "a😀"}, 403, id="role-before-what-can-be-stored"),
        pytest.param("producer", {"tags": ["a😀"], **properties(129)}, 413, id="quota-before-what-can-be-stored"),
        pytest.param("producer", {"x": "a😀", "status": "active"}, 403, id="read-only-before-what-can-be-stored"),
        pytest.param("producer", {"status": "active", "disk_format": "foo"}, 400, id="form-before-read-only"),
        pytest.param("producer", {"visibility": "public", "disk_format": "foo"}, 400, id="form-before-publication"),
        pytest.param("producer", {"visibility": "public", **properties(129)}, 403, id="publication-before-quota"),
    ],
)
def test_order_of_refusals(request: pytest.FixtureRequest, who: str, body: Any, status: int) -> None:
    actor: Actor = request.getfixturevalue(who)
    assert actor.post("/v2/images", body).status_code == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param({}, 409, id="conflict"),
        pytest.param({"owner": "other"}, 403, id="owner-before-conflict"),
        pytest.param({"visibility": "public"}, 403, id="publication-before-conflict"),
        pytest.param({"os_glance_foo": "x"}, 403, id="reserved-before-conflict"),
        pytest.param(properties(129), 413, id="quota-before-conflict"),
        pytest.param({"name": "a😀"}, 400, id="what-can-be-stored-before-conflict"),
    ],
)
def test_conflict_is_told_last(producer: Actor, body: dict[str, Any], status: int) -> None:
    image = producer.image()
    assert producer.post("/v2/images", {"id": image["id"], **body}).status_code == status
