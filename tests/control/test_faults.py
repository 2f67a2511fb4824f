"""What is set to go wrong: for which requests, how often, and how."""

from __future__ import annotations

import hashlib
import re
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from glance_emulator.remote import Refused
from glance_emulator.testing import Emulator, World
from tests.control.conftest import Persona
from tests.processes import emulator, until

LogIn = Callable[[World, str], Persona]


@pytest.mark.parametrize(
    ("which", "hit", "missed"),
    [
        pytest.param({"operation": "images.show"}, ("GET", "/v2/images/{}"), ("GET", "/v2/images"), id="an operation"),
        pytest.param(
            {"operation": "images.*"}, ("GET", "/v2/images"), ("GET", "/v2/images/{}/members"), id="a pattern"
        ),
        pytest.param({"service": "identity"}, ("GET", "/identity/v3"), ("GET", "/v2/images"), id="a service"),
        pytest.param({"service": "compute"}, ("GET", "/compute/v2.1/servers"), ("GET", "/v2/images"), id="compute"),
        pytest.param({"method": "DELETE"}, ("DELETE", "/v2/images/{}"), ("GET", "/v2/images/{}"), id="a method"),
        pytest.param(
            {"path": "/v2/images/*/file"}, ("GET", "/v2/images/{}/file"), ("GET", "/v2/images/{}"), id="a path"
        ),
    ],
)
def test_which_requests_go_wrong(
    glance: World, producer: Persona, which: dict[str, Any], hit: tuple[str, str], missed: tuple[str, str]
) -> None:
    image = producer.image()
    glance.fault({"status": 503}, **which)
    assert producer(hit[0], hit[1].format(image)).status_code == 503
    assert producer(missed[0], missed[1].format(image)).status_code == 200


def test_faults_of_a_project_are_that_projects(glance: World, producer: Persona, consumer: Persona) -> None:
    glance.fault({"status": 500}, project="consumer")
    assert producer("GET", "/v2/images").status_code == 200
    assert consumer("GET", "/v2/images").status_code == 500
    assert consumer("GET", "/identity/v3/projects").status_code == 500


def test_the_panel_and_the_control_are_not_concerned_unless_they_are_named(glance: World) -> None:
    glance.fault({"status": 503})
    assert requests.get(f"{glance.url}/panel/login", timeout=9).status_code == 200
    assert requests.get(f"{glance.url}/healthcheck", timeout=9).status_code == 200
    glance.clear_faults()
    glance.fault({"status": 503}, service="panel")
    assert requests.get(f"{glance.url}/panel/login", timeout=9).status_code == 503


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


def statuses(producer: Persona, count: int) -> list[int]:
    return [producer("GET", "/v2/images").status_code for _ in range(count)]


def test_the_nth_of_them(glance: World, producer: Persona) -> None:
    glance.fault({"status": 503}, nth=[2, 4])
    assert statuses(producer, 5) == [200, 503, 200, 503, 200]


def test_so_many_of_them(glance: World, producer: Persona) -> None:
    fault = glance.fault({"status": 503}, times=2)
    assert statuses(producer, 4) == [503, 503, 200, 200]
    shown = glance.control("GET", f"faults/{fault}")
    assert (shown["fitted"], shown["struck"]) == (4, 2)


def test_a_share_of_them_by_a_seed(glance: World, producer: Persona) -> None:
    found = []
    for _ in range(2):
        glance.fault({"status": 503}, share=0.5, seed=3)
        found.append(statuses(producer, 30))
        glance.clear_faults()
    assert found[0] == found[1]
    assert 5 < found[0].count(503) < 25


def test_for_a_time(glance: World, producer: Persona) -> None:
    glance.freeze()
    glance.fault({"status": 503}, lasts=60)
    assert statuses(producer, 1) == [503]
    glance.advance(60)
    assert statuses(producer, 1) == [200]


def test_those_that_are_set_and_taken_away_at_once_are_not_lost(glance: World) -> None:
    def fault(number: int) -> str:
        return glance.fault({"status": 503}, operation="images.show", nth=[number])

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(fault, range(1, 25)))
        assert {one["id"] for one in glance.control("GET", "faults")["faults"]} == made
        list(pool.map(lambda one: glance.control("DELETE", f"faults/{one}"), made))
    assert glance.control("GET", "faults")["faults"] == []


def test_latency(glance: World, producer: Persona) -> None:
    glance.fault({"latency": 0.3}, times=1)
    glance.fault({"latency": {"distribution": "uniform", "low": 0.3, "high": 0.4}}, times=1)
    began = time.monotonic()
    assert statuses(producer, 1) == [200]
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
    assert statuses(producer, 1) == [200]


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
    assert statuses(producer, 1) == [200]


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


def test_they_are_listed_and_taken_away(glance: World, producer: Persona) -> None:
    first, second = glance.fault({"status": 503}), glance.fault({"latency": 0})
    assert [fault["id"] for fault in glance.control("GET", "faults")["faults"]] == [first, second]
    glance.control("DELETE", f"faults/{first}")
    assert statuses(producer, 1) == [200]
    with pytest.raises(Refused, match="There is no fault"):
        glance.control("DELETE", f"faults/{first}")


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"effect": {}},
        {"effect": {"status": 200}},
        {"effect": {"message": "x"}},
        {"effect": {"fail": "x"}},
        {"effect": {"status": 500}, "work": "import"},
        {"effect": {"fail": "x"}, "work": "import", "path": "/"},
        {"effect": {"latency": {"distribution": "uniform", "low": 1}}},
        {"effect": {"latency": {"distribution": "odd"}}},
        {"effect": {"latency": -1}},
        {"effect": {"latency": 1e18}},
        {"effect": {"latency": {"distribution": "exponential", "mean": 1e18}}},
        {"effect": {"trickle": {"bytes": 1, "delay": 1e18}}},
        {"effect": {"status": 503, "retry_after": 10**30}},
        {"effect": {"status": 503}, "lasts": 1e18},
        {"effect": {"status": 503}, "share": 0.5, "seed": 10**300},
        {"effect": {"status": 500}, "share": 2},
        {"effect": {"status": 500}, "nth": [0]},
        {"effect": {"status": 500}, "service": "volume"},
        {"effect": {"trickle": {"bytes": 0, "delay": 1}}},
        {"effect": {"reset": "sometime"}},
        {"effect": {"reset": False}},
        {"effect": {"corrupt": False}},
        {"effect": {"reset": True, "status": 503}},
        {"effect": {"reset": "before", "expired_token": True}},
        {"effect": {"reset": "after", "truncate": 1}},
        {"effect": {"status": 503, "expired_token": True}},
    ],
)
def test_what_is_no_fault(glance: World, fault: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refusal:
        glance.control("POST", "faults", fault)
    assert refusal.value.status == 400


@pytest.mark.parametrize(
    ("which", "said"),
    [
        ({"operation": "images.shwo"}, "no operation 'images.shwo': did you mean images.show"),
        ({"operation": "data.upload"}, "data.update"),
        ({"operation": "nonsense*"}, "GET /_emulator/operations has all"),
        ({"operation": "images.show", "service": "compute"}, "no operation of compute 'images.show'"),
        ({"operation": "images.show", "method": "POST"}, "no operation with POST 'images.show'"),
        ({"operation": "panel_images.index"}, "those of the panel go with service=panel"),
        ({"operation": "control_faults.index"}, "no operation"),
        ({"operation": "healthcheck.show"}, "no operation"),
        ({"method": "get"}, "Must be one of: GET"),
        ({"method": "FETCH"}, "Must be one of: GET"),
        ({"path": "v2/images"}, "begins with / or"),
        ({"project": "producr"}, "no project 'producr': did you mean producer"),
    ],
)
def test_what_can_never_strike_is_refused(glance: World, which: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=re.escape(said)) as refusal:
        glance.fault({"status": 503}, **which)
    assert refusal.value.status == 400


@pytest.mark.parametrize(
    ("work", "said"),
    [
        ("nosuch", "no work 'nosuch'. There are cache, import"),
        ("import.nosuch", "no work 'import.nosuch'"),
        ("server.buidl", "did you mean server.build"),
        ("nosuch.*", "no work"),
    ],
)
def test_work_that_there_is_not_is_refused(glance: World, work: str, said: str) -> None:
    with pytest.raises(Refused, match=re.escape(said)):
        glance.fault({"fail": "No."}, work=work)
    with pytest.raises(Refused, match=re.escape(said)):
        glance.hold(**{work: {"by_hand": True}})


@pytest.mark.parametrize("work", ["*", "snapshot", "import", "import.web-download", "server.*", "s*"])
def test_work_that_there_is(glance: World, work: str) -> None:
    assert glance.fault({"fail": "No."}, work=work)


@pytest.mark.parametrize(
    "which",
    [
        {"operation": "panel_images.index", "service": "panel"},
        {"operation": "*.show"},
        {"operation": "versions.index", "method": "PATCH"},
        {"path": "*/file"},
        {"project": "0" * 32},
        {"project": "00000000-0000-0000-0000-000000000000"},
        {"project": "consumer"},
    ],
)
def test_what_may_strike(glance: World, which: dict[str, Any]) -> None:
    assert glance.fault({"status": 503}, **which)


def test_projects_need_not_be_known_where_headers_say_who_calls() -> None:
    with emulator("--auth", "trusted") as url:
        Emulator(url).default.fault({"status": 503}, project="somebody's")


def test_what_can_go_wrong_is_listed(glance: World) -> None:
    found = glance.control("GET", "operations")["operations"]
    assert {"operation": "data.show", "service": "image", "methods": ["GET"], "path": "/v2/images/*/file"} in found
    assert {one["service"] for one in found} == {"image", "identity", "compute", "panel"}
    for one in (found[0], found[-1]):
        assert glance.fault({"status": 503}, method=one.pop("methods")[0], **one)


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
