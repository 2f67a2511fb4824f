"""PUT /v2/images/{id}/file: data makes a queued image an active one."""

from __future__ import annotations

import hashlib
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from tests.contract.actors import Actor
from tests.contract.stores import FIRST, SECOND

OCTETS = "application/octet-stream"
EMPTY = {"status": "queued", "size": None, "virtual_size": None, "checksum": None, "os_hash_value": None}


def put(actor: Actor, image: dict[str, Any], content: Any = b"abc", **headers: str) -> requests.Response:
    """Upload; names of headers are written with underscores. A refused upload closes the connection."""
    sent = {"Content-Type": OCTETS, "Connection": "close"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    return actor("PUT", f"/v2/images/{image['id']}/file", data=content, headers=sent)


def show(actor: Actor, image: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = actor.get(f"/v2/images/{image['id']}").json()
    return document


def without_data(document: dict[str, Any]) -> bool:
    return EMPTY.items() <= document.items() and not document.get("stores")


def pieces(*chunks: bytes) -> Iterator[bytes]:
    """Send these as chunks, without a length."""
    return iter(chunks)


# What becomes of the image


def test_an_upload_makes_the_image_active(producer: Actor) -> None:
    content = b"some content" * 1000
    image = producer.image()
    answer = put(producer, image, content)
    assert (answer.status_code, answer.content) == (204, b"")
    shown = show(producer, image)
    assert {key: value for key, value in shown.items() if image.get(key) != value and key != "updated_at"} == {
        "status": "active",
        "size": 12000,
        "virtual_size": 12000,
        "checksum": hashlib.md5(content).hexdigest(),
        "os_hash_algo": "sha512",
        "os_hash_value": hashlib.sha512(content).hexdigest(),
        "stores": FIRST,
    }


def test_an_upload_is_an_update(producer: Actor) -> None:
    image = producer.image()
    time.sleep(1.05)  # updated_at counts seconds
    put(producer, image)
    shown = show(producer, image)
    assert shown["updated_at"] > shown["created_at"] == image["created_at"]


@pytest.mark.parametrize(
    ("chunks", "content"),
    [
        pytest.param([b"abc"], b"abc", id="one"),
        pytest.param([b"a" * 70000, b"b", b"c" * 200000], b"a" * 70000 + b"b" + b"c" * 200000, id="many"),
        pytest.param([], b"", id="none"),
    ],
)
def test_data_may_come_in_chunks(producer: Actor, chunks: list[bytes], content: bytes) -> None:
    image = producer.image()
    assert put(producer, image, pieces(*chunks)).status_code == 204
    assert show(producer, image)["size"] == len(content)
    assert producer.get(image["file"]).content == content


@pytest.mark.parametrize("content", [b"", None], ids=["empty", "no-body"])
def test_no_data_is_data(producer: Actor, content: bytes | None) -> None:
    image = producer.image()
    assert put(producer, image, content).status_code == 204
    shown = show(producer, image)
    assert (shown["status"], shown["size"], shown["virtual_size"]) == ("active", 0, None)
    assert shown["checksum"] == hashlib.md5(b"").hexdigest()


def test_a_content_encoding_is_not_undone(producer: Actor) -> None:
    image = producer.image()
    assert put(producer, image, b"abc", Content_Encoding="gzip").status_code == 204
    assert producer.get(image["file"]).content == b"abc"


@pytest.mark.parametrize("attribute", ["protected", "os_hidden"])
def test_a_flag_does_not_hinder_an_upload(producer: Actor, attribute: str) -> None:
    assert put(producer, producer.image(**{attribute: True})).status_code == 204


# Media type


@pytest.mark.parametrize(
    ("media_type", "status"),
    [
        pytest.param(OCTETS, 204, id="octets"),
        pytest.param(f"{OCTETS}; charset=utf-8", 204, id="with-a-parameter"),
        pytest.param("Application/Octet-Stream", 415, id="capitalised"),
        pytest.param("application/octet-streamx", 415, id="longer"),
        pytest.param("text/plain", 415, id="text"),
        pytest.param("application/json", 415, id="json"),
        pytest.param("*/*", 415, id="anything"),
        pytest.param("", 415, id="empty"),
    ],
)
def test_data_is_a_stream_of_octets(producer: Actor, media_type: str, status: int) -> None:
    image = producer.image()
    assert put(producer, image, Content_Type=media_type).status_code == status
    assert show(producer, image)["status"] == ("active" if status == 204 else "queued")


def test_the_media_type_must_be_told(producer: Actor) -> None:
    image = producer.image()
    assert producer("PUT", f"/v2/images/{image['id']}/file", data=b"abc").status_code == 415


# Announced size


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
@pytest.mark.parametrize(
    ("announced", "status"),
    [
        pytest.param("3", 204, id="true"),
        pytest.param("0", 204, id="zero-says-nothing"),
        pytest.param("2", 400, id="smaller"),
        pytest.param("4", 400, id="larger"),
        pytest.param("+3", 204, id="sign"),
        pytest.param("0_3", 204, id="as-python-writes-numbers"),
        pytest.param("-0", 204, id="negative-zero"),
        pytest.param("-1", 400, id="negative"),
        pytest.param("3.0", 400, id="fraction"),
        pytest.param("abc", 400, id="no-number"),
        pytest.param("", 400, id="empty"),
    ],
)
def test_data_must_be_as_long_as_announced(producer: Actor, announced: str, status: int, chunked: bool) -> None:
    image = producer.image()
    content = pieces(b"ab", b"c") if chunked else b"abc"
    assert put(producer, image, content, x_openstack_image_size=announced).status_code == status
    if status == 400:
        assert without_data(show(producer, image))
        assert put(producer, image).status_code == 204
    assert show(producer, image)["size"] == 3


# Stores


@pytest.mark.parametrize("store", [pytest.param(FIRST, id="first"), pytest.param(SECOND, id="second")])
def test_data_goes_to_the_store_that_is_named(producer: Actor, store: str) -> None:
    image = producer.image()
    assert put(producer, image, x_image_meta_store=store).status_code == 204
    assert show(producer, image)["stores"] == store
    assert producer.get(image["file"]).content == b"abc"


@pytest.mark.parametrize("store", ["nowhere", "", pytest.param(f"{FIRST},{SECOND}", id="both")])
def test_an_unknown_store_is_refused(producer: Actor, store: str) -> None:
    image = producer.image()
    assert put(producer, image, x_image_meta_store=store).status_code == 400
    assert without_data(show(producer, image))


# Who may, and when


@pytest.fixture
def callers(
    producer: Actor, consumer: Actor, reader: Actor, outsider: Actor, admin: Actor, newcomer: Callable[..., Actor]
) -> dict[str, Actor]:
    nobody = newcomer(roles="", project=producer.project)
    return {
        "owner": producer,
        "reader": reader,
        "member": consumer,
        "outsider": outsider,
        "admin": admin,
        "nobody": nobody,
    }


@pytest.mark.parametrize(
    ("who", "queued", "active"),
    [
        pytest.param("owner", 204, 409, id="owner"),
        pytest.param("admin", 204, 409, id="admin"),
        pytest.param("reader", 403, 403, id="reader"),
        pytest.param("member", 403, 403, id="member"),
        pytest.param("outsider", 404, 404, id="outsider"),
        pytest.param("nobody", 404, 404, id="without-a-role"),
    ],
)
def test_who_may_upload(callers: dict[str, Actor], who: str, queued: int, active: int) -> None:
    owner = callers["owner"]
    for image, status in ((owner.image(), queued), (owner.active_image(b"first"), active)):
        owner.offer(image, callers["member"], "accepted")
        assert put(callers[who], image).status_code == status
        if status != 204:
            shown = show(owner, image)
            assert (shown["status"], shown["size"]) == (image["status"], image["size"])


def test_a_community_image_is_not_the_communitys_to_fill(producer: Actor, outsider: Actor) -> None:
    assert put(outsider, producer.image(visibility="community")).status_code == 403


def test_data_is_uploaded_once(producer: Actor) -> None:
    image = producer.active_image(b"first")
    assert put(producer, image, b"second").status_code == 409
    assert producer.get(image["file"]).content == b"first"


def test_a_deactivated_image_takes_no_data(producer: Actor) -> None:
    image = producer.active_image()
    producer.post(f"/v2/images/{image['id']}/actions/deactivate")
    assert put(producer, image).status_code == 409


def test_there_must_be_an_image(producer: Actor) -> None:
    image = producer.image()
    producer.delete(f"/v2/images/{image['id']}")
    assert put(producer, image).status_code == 404
    assert put(producer, {"id": "nonsense"}).status_code == 404


@pytest.mark.parametrize("missing", ["disk_format", "container_format"])
def test_formats_come_before_data(producer: Actor, missing: str) -> None:
    image = producer.image(**{missing: None})
    assert put(producer, image).status_code == 400
    assert without_data(show(producer, image))
    value = {"disk_format": "raw", "container_format": "bare"}[missing]
    producer.patch(f"/v2/images/{image['id']}", {"op": "replace", "path": f"/{missing}", "value": value})
    assert put(producer, image).status_code == 204


# Which refusal comes first


@pytest.mark.parametrize("header", [{"x_openstack_image_size": "abc"}, {"x_image_meta_store": "nowhere"}])
@pytest.mark.parametrize("who", ["owner", "reader", "outsider"])
def test_a_bad_header_is_refused_before_anything_is_looked_up(
    callers: dict[str, Actor], who: str, header: dict[str, str]
) -> None:
    image = callers["owner"].active_image()
    assert put(callers[who], image, **header).status_code == 400
    assert put(callers[who], {"id": "nonsense"}, **header).status_code == 400


@pytest.mark.parametrize("header", [{}, {"x_openstack_image_size": "abc"}, {"x_image_meta_store": "nowhere"}])
def test_the_media_type_comes_before_all(outsider: Actor, producer: Actor, header: dict[str, str]) -> None:
    assert put(outsider, producer.image(), Content_Type="text/plain", **header).status_code == 415
    assert put(outsider, {"id": "nonsense"}, Content_Type="text/plain", **header).status_code == 415


def test_permission_comes_before_formats(producer: Actor, reader: Actor) -> None:
    assert put(reader, producer.image(disk_format=None)).status_code == 403


def test_state_comes_before_the_announced_size(producer: Actor) -> None:
    assert put(producer, producer.active_image(), x_openstack_image_size="9").status_code == 409
    assert put(producer, producer.active_image(), x_openstack_image_size="-1").status_code == 409


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "POST"])
def test_data_knows_two_methods(producer: Actor, method: str) -> None:
    answer = producer(method, f"/v2/images/{producer.image()['id']}/file")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "PUT"}


# While it lasts, and when it breaks off

FRAMING = {
    "length": (b"Content-Length: 100000\r\n\r\n", b"z" * 5000, b"z" * 95000),
    "chunked": (
        b"Transfer-Encoding: chunked\r\n\r\n",
        b"1388\r\n" + b"z" * 5000 + b"\r\n",
        b"17318\r\n" + b"z" * 95000 + b"\r\n0\r\n\r\n",
    ),
}


@contextmanager
def beginning(actor: Actor, image: dict[str, Any], framing: str) -> Iterator[socket.socket]:
    """Send the first of 100000 bytes; hang up at the end of the block."""
    host, port = actor.address
    ending, first, _ = FRAMING[framing]
    identity = "".join(f"{name}: {value}\r\n" for name, value in actor.headers.items())
    head = f"PUT /v2/images/{image['id']}/file HTTP/1.1\r\nHost: {host}:{port}\r\n{identity}Content-Type: {OCTETS}\r\n"
    with socket.create_connection((host, port)) as connection:
        connection.settimeout(30)
        connection.sendall(head.encode() + ending + first)
        wait_until(actor, image, "saving")
        yield connection


def wait_until(actor: Actor, image: dict[str, Any], status: str) -> None:
    deadline = time.monotonic() + 10
    while (found := show(actor, image)["status"]) != status:
        assert time.monotonic() < deadline, f"still {found}, not {status}"
        time.sleep(0.02)


both_framings = pytest.mark.parametrize("framing", list(FRAMING))


@both_framings
def test_an_upload_in_pieces_is_one_upload(producer: Actor, framing: str) -> None:
    image = producer.image()
    with beginning(producer, image, framing) as connection:
        connection.sendall(FRAMING[framing][2])
        assert connection.recv(100).startswith(b"HTTP/1.1 204 ")
    assert show(producer, image)["checksum"] == hashlib.md5(b"z" * 100000).hexdigest()


@both_framings
def test_an_upload_that_breaks_off_leaves_nothing(producer: Actor, framing: str) -> None:
    image = producer.image()
    with beginning(producer, image, framing):
        pass
    wait_until(producer, image, "queued")
    assert without_data(show(producer, image))
    assert producer.get(image["file"]).status_code == 204
    assert put(producer, image, b"again").status_code == 204
    assert producer.get(image["file"]).content == b"again"


def test_while_data_comes_the_image_is_saving(producer: Actor) -> None:
    image = producer.image()
    path = f"/v2/images/{image['id']}"
    with beginning(producer, image, "length"):
        assert without_data({**show(producer, image), "status": "queued"})
        assert put(producer, image).status_code == 409
        assert producer.get(f"{path}/file").status_code == 204
        assert producer.post(f"{path}/actions/deactivate").status_code == 403
        assert producer.patch(path, {"op": "replace", "path": "/name", "value": "b"}).status_code == 200


@both_framings
def test_an_image_may_be_deleted_while_its_data_comes(producer: Actor, framing: str) -> None:
    image = producer.image()
    with beginning(producer, image, framing) as connection:
        assert producer.delete(f"/v2/images/{image['id']}").status_code == 204
        connection.sendall(FRAMING[framing][2])
        assert connection.recv(100).startswith(b"HTTP/1.1 410 ")
    assert producer.get(f"/v2/images/{image['id']}").status_code == 404
