"""The clock of a world, its ids, and how its work moves on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from glance_emulator.remote import Refused
from glance_emulator.testing import Emulator, World
from tests.control.conftest import Persona
from tests.processes import until

LogIn = Callable[[World, str], Persona]


@pytest.mark.glance(freeze="2030-06-01T12:00:00Z")
def test_a_frozen_clock_stands_still(glance: World, producer: Persona) -> None:
    images = [producer.show(producer.image()) for _ in range(2)]
    assert {image["created_at"] for image in images} == {"2030-06-01T12:00:00Z"}
    glance.advance_clock("1.5m")
    assert producer.show(producer.image())["created_at"] == "2030-06-01T12:01:30Z"
    assert glance.control("GET", "clock") == {"now": "2030-06-01T12:01:30.000000Z", "frozen": True, "real": False}


def test_a_clock_runs_on_from_what_it_was_set_to(glance: World) -> None:
    glance.set_clock("2031-01-01T00:00:00Z")
    first = glance.control("GET", "clock")["now"]
    time.sleep(0.01)
    second = glance.control("GET", "clock")["now"]
    assert "2031-01-01T00:00:00" < first < second < "2031-01-01T00:01"
    glance.freeze()
    frozen = glance.control("GET", "clock")
    assert frozen["frozen"]
    assert frozen["now"].startswith("2031-01-01")
    glance.run()
    assert glance.control("GET", "clock")["now"] > frozen["now"]
    assert glance.control("DELETE", "clock")["real"]
    assert glance.control("GET", "clock")["now"] < "2031"


def test_tokens_expire_by_it(glance: World, producer: Persona) -> None:
    glance.advance(3590)
    assert producer("GET", "/v2/images").status_code == 200
    glance.advance(20)
    assert producer("GET", "/v2/images").status_code == 401
    producer.log_in()
    assert producer("GET", "/v2/images").status_code == 200


def test_one_can_log_in_long_before_the_world_was_made(glance: World, log_in: LogIn) -> None:
    glance.freeze("1999-12-31T23:59:59Z")
    producer = log_in(glance, "producer")
    assert producer.log_in() == "2000-01-01T00:59:59.000000Z"
    assert producer.show(producer.image())["created_at"] == "1999-12-31T23:59:59Z"


@pytest.mark.parametrize("at", ["1970-01-01T00:00:00Z", "9980-01-01T00:00:00Z"])
@pytest.mark.parametrize("frozen", [True, False])
def test_at_the_bounds_of_the_clock_all_works(glance: World, log_in: LogIn, at: str, frozen: bool) -> None:
    glance.control("PUT", "clock", {"at": at, "frozen": frozen})
    producer = log_in(glance, "producer")
    assert producer.show(producer.image())["created_at"][:10] == at[:10]
    glance.fault({"status": 503}, lasts=3650 * 86400)
    assert producer("GET", "/v2/images").status_code == 503


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "clock", {"at": "yesterday"}),
        ("PUT", "clock", {"frozen": "perhaps"}),
        ("PUT", "clock", {"at": "0001-01-01T00:00:00+14:00"}),
        ("PUT", "clock", {"at": "0999-01-01T00:00:00Z", "frozen": True}),
        ("PUT", "clock", {"at": "1969-12-31T23:59:59Z"}),
        ("PUT", "clock", {"at": "9980-01-01T00:00:01Z"}),
        ("PUT", "clock", {"at": "9999-12-31T23:59:59.999999Z"}),
        ("PUT", "clock", {"at": "9999-12-31T23:59:59-12:00"}),
        ("POST", "clock/advance", {"seconds": -1}),
        ("POST", "clock/advance", {"seconds": 1e12}),
        ("POST", "clock/advance", {}),
        ("POST", "clock/advance", {"seconds": 8000 * 366 * 86400}),
        ("PUT", "ids", {"seed": "x"}),
        ("PUT", "ids", {"seed": 2**63}),
        ("PUT", "ids", {"seed": -(10**300)}),
        ("PUT", "transitions", {"transitions": {"nonsense": {"polls": 1}}}),
        ("PUT", "transitions", {"transitions": {"import": {"polls": 1, "by_hand": True}}}),
        ("PUT", "transitions", {"transitions": {"import": {"after": -1}}}),
        ("PUT", "transitions", {"transitions": {"import": {"after": 1e18}}}),
        ("PUT", "transitions", {"transitions": {"import": {"polls": 10**30}}}),
    ],
)
def test_what_cannot_be(glance: World, method: str, path: str, body: Any) -> None:
    with pytest.raises(Refused) as refusal:
        glance.control(method, path, body)
    assert refusal.value.status == 400


# Ids


@pytest.mark.glance(seed=7, freeze="2030-01-01T00:00:00Z")
def test_ids_follow_from_their_seed(glance: World, glance_emulator: Emulator, log_in: LogIn) -> None:
    def live(world: World) -> list[Any]:
        producer = log_in(world, "producer")
        image = producer.image()
        server = producer.boot(image)
        answer = producer("GET", "/v2/images")
        token = producer.session.headers["X-Auth-Token"]
        return [image, server, answer.headers["x-openstack-request-id"], len(str(token))]

    first = live(glance)
    with glance_emulator.world() as other:
        other.seed_ids(7)
        other.freeze("2030-01-01T00:00:00Z")
        assert live(other) == first
        assert live(other) != first
        other.seed_ids(8)
        assert live(other)[0] != first[0]


def test_a_seed_begins_anew_when_it_is_set_again(glance: World, log_in: LogIn) -> None:
    def live() -> tuple[str, str, str]:
        glance.seed_ids(7)
        producer, admin = log_in(glance, "producer"), log_in(glance, "admin")
        request = producer("GET", "/v2/images").headers["x-openstack-request-id"]
        project = admin("POST", "/identity/v3/projects", {"project": {"name": request + str(len(seen))}})
        return request, producer.image(None), project.json()["project"]["id"]

    seen: list[tuple[str, str, str]] = []
    for _ in range(2):
        seen.append(live())
    (first, image, project), (again, later, next_project) = seen
    assert first == again
    assert image != later  # that id is given already
    assert project != next_project
    glance.reset()
    seen.append(live())
    assert seen[2][1] == image


def test_faults_are_not_given_an_id_twice(glance: World) -> None:
    glance.seed_ids(7)
    first = glance.fault({"status": 503}, path="/v2/nowhere")
    glance.seed_ids(7)
    assert glance.fault({"status": 503}, path="/v2/nowhere") != first


# Work in the background


def test_work_waits_for_polls(glance: World, producer: Persona) -> None:
    glance.hold(server={"polls": 2})
    server = producer.boot(producer.image())
    assert [producer.server(server) for _ in range(4)] == ["BUILD", "BUILD", "ACTIVE", "ACTIVE"]


def test_work_waits_for_a_time(glance: World, producer: Persona) -> None:
    glance.freeze()
    glance.hold(**{"server.build": {"after": 60}})
    server = producer.boot(producer.image())
    glance.advance_clock("59s")
    assert producer.server(server) == "BUILD"
    glance.advance(1)
    assert producer.server(server) == "ACTIVE"


def test_work_is_done_when_its_time_comes_by_itself(glance: World, producer: Persona) -> None:
    glance.hold(server={"after": 0.3})
    server = producer.boot(producer.image())
    assert producer.server(server) == "BUILD"
    until(lambda: producer.server(server) == "ACTIVE")


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"*": {"by_hand": True}, "server": {}}, id="but servers"),
        pytest.param({"server": {"by_hand": True}, "server.build": {}}, id="but their builds"),
    ],
)
def test_one_kind_of_work_need_not_wait_as_others_do(glance: World, producer: Persona, told: dict[str, Any]) -> None:
    glance.hold(**told)
    server = producer.boot(producer.image())
    until(lambda: producer.server(server) == "ACTIVE")


def test_work_waits_until_it_is_released(glance: World, producer: Persona) -> None:
    glance.hold(**{"*": {"by_hand": True}})
    image = producer.image()
    first, second = producer.boot(image), producer.boot(image)
    waiting = glance.control("GET", "work")["work"]
    assert [(one["kind"], one["server_id"], one["by_hand"]) for one in waiting] == [
        ("server.build", first, True), ("server.build", second, True),
    ]  # fmt: skip
    assert [one["server_id"] for one in glance.release(id=second)] == [second]
    assert (producer.server(first), producer.server(second)) == ("BUILD", "ACTIVE")
    assert glance.advance_work(kind="import") == []
    assert len(glance.release(kind="server")) == 1
    assert producer.server(first) == "ACTIVE"
    assert glance.control("GET", "work")["work"] == []


def test_imports_wait_and_can_be_polled_by_their_image(glance: World, producer: Persona) -> None:
    glance.hold(**{"import.glance-direct": {"polls": 1}})
    image = producer.image(None)
    octets = {"Content-Type": "application/octet-stream"}
    producer("PUT", f"/v2/images/{image}/stage", data=b"staged", headers=octets)
    producer("POST", f"/v2/images/{image}/import", {"method": {"name": "glance-direct"}})
    assert producer.show(image)["status"] != "active"
    assert producer.show(image)["status"] == "active"


def test_what_is_not_named_is_done_at_once(glance: World, producer: Persona) -> None:
    glance.hold(snapshot={"by_hand": True})
    server = producer.boot(producer.image())
    until(lambda: producer.server(server) == "ACTIVE")
    assert list(glance.control("GET", "transitions")["transitions"]) == ["snapshot"]
    glance.control("DELETE", "transitions")
    assert glance.control("GET", "transitions") == {"transitions": {}}


def test_tasks_expire_by_the_clock(glance: World, producer: Persona, log_in: LogIn) -> None:
    glance.freeze("2030-01-01T00:00:00Z")
    producer.log_in()
    image = producer.image(None)
    octets = {"Content-Type": "application/octet-stream"}
    producer("PUT", f"/v2/images/{image}/stage", data=b"staged", headers=octets)
    producer("POST", f"/v2/images/{image}/import", {"method": {"name": "glance-direct"}})
    until(lambda: producer.show(image)["status"] == "active")
    admin = log_in(glance, "admin")
    (task,) = admin("GET", "/v2/tasks").json()["tasks"]
    assert admin("GET", f"/v2/tasks/{task['id']}").json()["expires_at"] == "2030-01-03T00:00:00Z"
    glance.advance(2 * 86400 + 1)
    admin.log_in()
    assert admin("GET", "/v2/tasks").json()["tasks"] == []
