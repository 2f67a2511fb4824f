"""How requests and work in the background go wrong, and what the journal tells of it."""

from __future__ import annotations

import hashlib
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from glance_emulator.testing import Emulator, World
from tests.control.conftest import Persona
from tests.processes import emulator, until


def test_errors_are_those_of_the_service(glance: World, producer: Persona) -> None:
    glance.fault({"status": 409, "message": "Not now."})
    accept = {"Accept": "application/json"}
    assert producer("GET", "/v2/images", headers=accept).json()["code"] == "409 Conflict"
    assert "Not now." in producer("GET", "/v2/images", headers=accept).json()["message"]
    assert producer("GET", "/identity/v3/projects").json()["error"]["code"] == 409
    assert producer("GET", "/compute/v2.1/servers").json()["conflictingRequest"]["message"] == "Not now."


@pytest.mark.parametrize("status", [418, 420, 430, 499, 509, 520, 599])
@pytest.mark.parametrize(
    ("path", "accept"),
    [
        pytest.param("/v2/images", "application/json", id="JSON"),
        pytest.param("/v2/images", "text/html", id="a page"),
        pytest.param("/v2/images", "text/plain", id="text"),
        pytest.param("/identity/v3/projects", "application/json", id="Identity"),
        pytest.param("/compute/v2.1/servers", "application/json", id="Compute"),
    ],
)
def test_a_status_needs_no_name(glance: World, producer: Persona, status: int, path: str, accept: str) -> None:
    glance.fault({"status": status, "message": "Not now."})
    answer = producer("GET", path, headers={"Accept": accept})
    assert (answer.status_code, "Not now." in answer.text, str(status) in answer.text) == (status, True, True)
    assert answer.headers["Content-Type"].startswith(accept)


def test_too_many_requests(glance: World, producer: Persona) -> None:
    glance.fault({"status": 429, "retry_after": 3}, times=1)
    answer = producer("GET", "/v2/images")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")
    assert producer("GET", "/v2/images").status_code == 200


def test_latency(glance: World, producer: Persona) -> None:
    glance.fault({"latency": 0.3}, times=1)
    glance.fault({"latency": {"distribution": "uniform", "low": 0.3, "high": 0.4}}, times=1)
    began = time.monotonic()
    assert producer("GET", "/v2/images").status_code == 200
    assert time.monotonic() - began >= 0.6


@pytest.mark.parametrize(
    "effect",
    [
        {"latency": 60},
        {"trickle": {"bytes": 1, "delay": 60}},
        {"latency": {"distribution": "normal", "mean": 60, "deviation": 0}},
    ],
)
def test_nobody_waits_for_a_fault_that_is_taken_away(glance: World, producer: Persona, effect: dict[str, Any]) -> None:
    fault = glance.fault(effect)
    began = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(producer, "GET", "/v2/images")
        until(lambda: glance.control("GET", f"faults/{fault}")["struck"])
        glance.clear_faults()
        assert answer.result().status_code == 200
    assert time.monotonic() - began < 20


def test_a_server_that_stops_does_not_wait_for_faults() -> None:
    with ThreadPoolExecutor(1) as pool:
        with emulator() as url:
            world = Emulator(url).default
            fault = world.fault({"latency": 60})
            answer = pool.submit(requests.get, f"{url}/identity/v3", timeout=90)
            until(lambda: world.control("GET", f"faults/{fault}")["struck"])
            began = time.monotonic()
        assert answer.result().status_code == 200
        assert time.monotonic() - began < 20


def exchange(glance: World, producer: Persona, method: str, path: str, body: bytes = b"", last: bool = False) -> bytes:
    """Send a request by hand, and return all that comes back until the connection ends."""
    where = urlsplit(glance.url)
    lines = [
        f"{method} {where.path}{path} HTTP/1.1",
        "Host: localhost",
        f"X-Auth-Token: {producer.session.headers['X-Auth-Token']!s}",
        "Content-Type: application/octet-stream",
        f"Content-Length: {len(body)}",
        *(["Connection: close"] if last else []),
    ]
    with socket.create_connection((where.hostname, where.port), timeout=9) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        found = b""
        while piece := connection.recv(65536):
            found += piece
    return found


@pytest.mark.parametrize("reset", [True, "after", "before"])
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v2/images"), ("HEAD", "/v2/images"), ("DELETE", "/v2/images/{}")]
)
def test_a_connection_that_is_reset(
    glance: World, producer: Persona, reset: bool | str, method: str, path: str
) -> None:
    image = producer.image()
    glance.fault({"reset": reset}, times=1)
    with pytest.raises(ConnectionResetError):
        exchange(glance, producer, method, path.format(image))
    assert producer("GET", "/v2/images").status_code == 200


@pytest.mark.parametrize(("reset", "status"), [("before", "queued"), ("after", "active")])
def test_an_upload_whose_connection_is_reset(glance: World, producer: Persona, reset: str, status: str) -> None:
    image = producer.image(None)
    glance.fault({"reset": reset}, operation="data.update")
    with pytest.raises(ConnectionResetError):
        exchange(glance, producer, "PUT", f"/v2/images/{image}/file", b"some bytes")
    assert producer.show(image)["status"] == status


def test_answers_without_a_body_break_off_before_they_begin(glance: World, producer: Persona) -> None:
    image = producer.image(None)
    glance.fault({"truncate": 5}, times=2)
    assert exchange(glance, producer, "PUT", f"/v2/images/{image}/file", b"some bytes") == b""
    assert exchange(glance, producer, "HEAD", "/v2/images") == b""
    assert producer.content(image) == b"some bytes"


def test_a_body_of_which_nothing_comes_has_headers(glance: World, producer: Persona) -> None:
    glance.fault({"truncate": 0})
    head, _, body = exchange(glance, producer, "GET", "/v2/images").partition(b"\r\n\r\n")
    assert (head.startswith(b"HTTP/1.1 200"), body) == (True, b"")


@pytest.mark.parametrize("path", ["/v2/images/{}/file", "/v2/images/{}"])
def test_a_body_that_breaks_off(glance: World, producer: Persona, path: str) -> None:
    image = producer.image(b"x" * 200_000)
    glance.fault({"truncate": 100}, times=1)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        producer("GET", path.format(image))
    assert producer("GET", path.format(image)).status_code == 200


def test_a_body_that_trickles(glance: World, producer: Persona) -> None:
    image = producer.image(b"x" * 300)
    glance.fault({"trickle": {"bytes": 100, "delay": 0.1}}, operation="data.show")
    began = time.monotonic()
    assert producer.content(image) == b"x" * 300
    assert time.monotonic() - began >= 0.3


def test_a_body_trickles_in_pieces_that_are_larger_than_those_it_is_read_in(glance: World, producer: Persona) -> None:
    image = producer.image(b"x" * (3 << 20))
    glance.fault({"trickle": {"bytes": 1_000_000, "delay": 0.1}}, operation="data.show")
    began = time.monotonic()
    assert len(producer.content(image)) == 3 << 20
    assert 0.4 <= time.monotonic() - began < 2


def test_data_that_are_not_as_their_checksum_says(glance: World, producer: Persona) -> None:
    image = producer.image(b"some bytes")
    glance.fault({"corrupt": True}, operation="data.show", times=1)
    answer = producer("GET", f"/v2/images/{image}/file")
    assert answer.headers["Content-MD5"] == hashlib.md5(b"some bytes", usedforsecurity=False).hexdigest()
    assert (answer.content != b"some bytes", len(answer.content)) == (True, 10)
    assert producer.content(image) == b"some bytes"


def test_a_token_that_is_said_to_have_expired(glance: World, producer: Persona) -> None:
    glance.fault({"expired_token": True}, operation="images.index", times=1)
    answer = producer("GET", "/v2/images")
    assert (answer.status_code, "Keystone" in answer.headers["WWW-Authenticate"]) == (401, True)
    assert producer("GET", "/v2/images").status_code == 200


def test_an_import_that_fails(glance: World, producer: Persona) -> None:
    glance.fault({"fail": "The disk is full."}, work="import*", times=1)
    image = producer.image(None)
    octets = {"Content-Type": "application/octet-stream"}
    producer("PUT", f"/v2/images/{image}/stage", data=b"staged", headers=octets)
    producer("POST", f"/v2/images/{image}/import", {"method": {"name": "glance-direct"}})

    def message() -> str:
        return str(producer("GET", f"/v2/images/{image}/tasks").json()["tasks"][0]["message"])

    until(lambda: message() == "The disk is full.")


def test_servers_that_fail_in_one_project(glance: World, producer: Persona, consumer: Persona) -> None:
    glance.fault({"fail": "No host."}, work="server.build", project="producer")
    theirs, mine = consumer.boot(consumer.image()), producer.boot(producer.image())
    until(lambda: (consumer.server(theirs), producer.server(mine)) == ("ACTIVE", "ERROR"))
    shown = producer("GET", f"/compute/v2.1/servers/{mine}").json()["server"]
    assert (shown["fault"]["code"], shown["fault"]["message"]) == (500, "No host.")


def test_the_journal_tells_of_them(glance: World, producer: Persona) -> None:
    fault = glance.fault({"status": 503})
    answer = producer("GET", "/v2/images")
    request_id = answer.headers["x-openstack-request-id"]
    until(lambda: glance.requests(text=request_id))
    glance.clear_faults()
    assert glance.explain(request_id) == f"The fault {fault} answered 503."


@pytest.mark.parametrize(
    ("effect", "did"),
    [
        ({"latency": 0.01}, "let it wait 0.01 s"),
        ({"latency": 0.01, "status": 409}, "let it wait 0.01 s and answered 409"),
        ({"expired_token": True}, "answered 401, as if the token had expired"),
        ({"reset": True}, "reset the connection after it was carried out"),
        ({"reset": "before"}, "reset the connection before it was carried out"),
        ({"truncate": 3}, "broke the body off after 3 bytes"),
        ({"trickle": {"bytes": 9000, "delay": 0}, "corrupt": True}, "let the body trickle and changed the data"),
    ],
)
def test_the_journal_tells_what_they_did(glance: World, producer: Persona, effect: dict[str, Any], did: str) -> None:
    fault = glance.fault(effect, operation="images.index")
    with suppress(ConnectionResetError):
        exchange(glance, producer, "GET", "/v2/images", last=True)
    until(lambda: glance.requests(text="images.index"))
    (asked,) = glance.requests(text="images.index")
    assert asked["why"] == f"The fault {fault} {did}."


def test_the_journal_tells_of_several_and_the_first_that_answers_does(glance: World, producer: Persona) -> None:
    waits = glance.fault({"latency": 0.01})
    answers = glance.fault({"status": 503})
    glance.fault({"status": 500})
    request_id = producer("GET", "/v2/images").headers["x-openstack-request-id"]
    until(lambda: glance.requests(text=request_id))
    assert glance.explain(request_id) == f"The fault {waits} let it wait 0.01 s; the fault {answers} answered 503."
