"""What is set to go wrong: for which requests, and how often; and what can never strike, which is refused."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from glance_emulator.remote import Refused
from glance_emulator.testing import Emulator, World
from tests.control.conftest import Persona
from tests.processes import emulator


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


def test_the_panel_and_the_control_are_not_concerned_unless_they_are_named(glance: World, producer: Persona) -> None:
    glance.fault({"status": 503})
    assert requests.get(f"{glance.url}/panel/login", timeout=9).status_code == 200
    assert producer("GET", "/panel/login").status_code == 200  # with a token, of which the panel knows nothing
    assert requests.get(f"{glance.url}/healthcheck", timeout=9).status_code == 200
    glance.clear_faults()
    glance.fault({"status": 503}, service="panel")
    assert requests.get(f"{glance.url}/panel/login", timeout=9).status_code == 503


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
        ({"path": "/v2.5/images"}, "no path '/v2.5/images': did you mean /v2/images"),
        ({"path": "/w/mine/v2/images"}, "no path '/w/mine/v2/images'"),
        ({"path": "/v2/images", "service": "identity"}, "no path of identity '/v2/images'"),
        ({"path": "/compute/v2.1/server", "service": "image"}, "no path of image"),
        ({"path": "/identity/v3/*", "service": "compute"}, "no path of compute"),
        ({"path": "/panel/images"}, "those of the panel go with service=panel"),
        ({"path": "/_emulator/*"}, "no path"),
        ({"path": "/healthcheck"}, "no path"),
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
        {"path": "*", "service": "panel"},
        {"path": "/"},
        {"path": "/v2"},
        {"path": "/v2/images/*/something", "service": "image"},
        {"path": "/identity", "service": "identity"},
        {"path": "/id*/users", "service": "identity"},
        {"path": "/[a-i]dentity/v3/*"},
        {"path": "/?2/images"},
        {"path": "*v2.1/servers", "service": "compute"},
        {"path": "/panel/*", "service": "panel"},
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
    for one in found:
        assert glance.fault({"status": 503}, method=one.pop("methods")[0], **one)
