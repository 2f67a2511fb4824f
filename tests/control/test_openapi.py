"""The document of the emulator's own API: all of its routes, and nothing else; its answers as it says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator

from contrib.openapi import control
from glance_emulator.app import create_app
from glance_emulator.settings import Settings
from glance_emulator.testing import Emulator, World
from glance_emulator.web import parts
from glance_emulator.web.body import LARGEST
from glance_schemas.seeds import Seed
from tests.control.conftest import Persona
from tests.processes import emulator
from tests.worlds import new_world

DOCUMENT = json.loads(control.FILE.read_text())


def test_the_file_is_what_is_generated() -> None:
    assert control.FILE.read_text() == control.text(), "write it anew: python -m contrib.openapi"


def test_every_route_is_described_and_nothing_else(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    found = {
        (method, re.sub(r"<(\w+)>", r"{\1}", rule.rule.removeprefix("/_emulator")))
        for rule in parts.rules(create_app(Settings(), world))
        if rule.rule.startswith("/_emulator")
        for method in (rule.methods or set()) - {"HEAD"}
    }
    world.engine.dispose()
    described = {
        (method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in item if method != "parameters"
    }
    assert described == found


def test_it_is_served(glance: World) -> None:
    url = f"{glance.url}/_emulator/openapi.json"
    answer = requests.get(url, timeout=9)
    assert answer.json() == DOCUMENT
    again = requests.get(url, headers={"If-None-Match": answer.headers["ETag"]}, timeout=9)
    assert str(again.status_code) in DOCUMENT["paths"]["/openapi.json"]["get"]["responses"]


def test_it_is_openapi() -> None:
    validator = pytest.importorskip("openapi_spec_validator", reason="comes with the extra dev")
    assert list(validator.OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


def valid(document: Any, method: str, path: str, status: str) -> None:
    schema = DOCUMENT["paths"][path][method]["responses"][status]["content"]["application/json"]["schema"]
    validator = Draft202012Validator({**schema, "components": DOCUMENT["components"]})
    assert [fault.message for fault in validator.iter_errors(document)] == []


def refused(answer: requests.Response, path: str) -> None:
    """Look up in the document what an operation refused."""
    described = DOCUMENT["paths"][path][str(answer.request.method).lower()]["responses"][str(answer.status_code)]
    shared = DOCUMENT["components"]["responses"][described["$ref"].rpartition("/")[2]]
    schema = shared["content"]["application/json"]["schema"]
    validator = Draft202012Validator({**schema, "components": DOCUMENT["components"]})
    assert [fault.message for fault in validator.iter_errors(answer.json())] == []


def test_answers_are_as_it_says(glance: World, producer: Persona) -> None:
    glance.hold(server={"by_hand": True})
    producer.boot(producer.image())
    fault = glance.fault({"status": 503}, operation="images.show")
    request_id = producer("GET", "/v2/images/x").headers["x-openstack-request-id"]
    glance.save("then")
    lists = ("transitions", "work", "faults", "operations", "requests", "snapshots")
    for path in ("clock", "ids", *lists, "requests.har"):
        valid(glance.control("GET", path), "get", f"/{path}", "200")
    valid(glance.control("GET", f"faults/{fault}"), "get", "/faults/{fault_id}", "200")
    valid(glance.control("GET", f"requests/{request_id}"), "get", "/requests/{name}", "200")
    valid(glance.control("GET", f"requests/{request_id}/explain"), "get", "/requests/{name}/explain", "200")
    valid(glance.control("POST", "advance", {}), "post", "/advance", "200")
    valid(glance.control("GET", "explain", query={"project": "consumer", "image": "x"}), "get", "/explain", "200")


OPERATIONS = [
    pytest.param(method, path, id=item[method]["operationId"])
    for path, item in DOCUMENT["paths"].items()
    for method in item
    if method != "parameters"
]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_whoever_may_not_and_a_world_that_is_not_there_are_told_so(
    glance_emulator: Emulator, consumer: Persona, method: str, path: str
) -> None:
    url = f"/_emulator{re.sub('{.*?}', 'x', path)}"
    elsewhere = {"X-Forwarded-For": "192.0.2.7"}
    for answer, status in (
        (requests.request(method, f"{glance_emulator.url}/w/nowhere{url}", timeout=9), 404),
        (requests.request(method, glance_emulator.url + url, headers=elsewhere, timeout=9), 401),
        (consumer(method, url, headers=elsewhere), 403),
    ):
        assert answer.status_code == status
        refused(answer, path)


JSON = [one for one in OPERATIONS if "413" in DOCUMENT["paths"][one.values[1]][one.values[0]]["responses"]]


def test_all_that_takes_json_takes_so_much() -> None:
    assert len(JSON) == len([one for one in control.OPERATIONS if one.body not in (None, Seed)])


@pytest.mark.parametrize(("method", "path"), JSON)
def test_too_much_is_refused(glance_emulator: Emulator, method: str, path: str) -> None:
    answer = requests.request(method, f"{glance_emulator.url}/_emulator{path}", data=bytes(LARGEST + 1), timeout=30)
    assert answer.status_code == 413
    refused(answer, path)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        pytest.param("POST", "/worlds", {"name": "default"}, 409, id="a world that is there"),
        pytest.param("POST", "/worlds", {"from": "nowhere"}, 404, id="a copy of nothing"),
        pytest.param("POST", "/worlds", {"snapshot": "then"}, 400, id="a copy of nobody's snapshot"),
        pytest.param("GET", "/worlds/{name}", None, 404, id="a world that is not there"),
        pytest.param("POST", "/snapshots", {"name": "then"}, 409, id="a snapshot that is there"),
        pytest.param("POST", "/snapshots", {"name": "../up"}, 400, id="a snapshot elsewhere"),
        pytest.param("GET", "/snapshots/{name}", None, 404, id="a snapshot that is not there"),
        pytest.param("DELETE", "/snapshots/{name}", None, 404, id="to delete it"),
        pytest.param("POST", "/snapshots/{name}/restore", None, 404, id="to restore it"),
        pytest.param("GET", "/snapshots/{name}/file", None, 404, id="to export it"),
        pytest.param("PUT", "/snapshots/{name}/file", None, 400, id="to import nothing"),
        pytest.param("PUT", "/clock", {"at": "soon"}, 400, id="a clock"),
        pytest.param("POST", "/clock/advance", {"seconds": 1e18}, 400, id="a clock that is put forward too far"),
        pytest.param("PUT", "/ids", {}, 400, id="ids"),
        pytest.param("PUT", "/transitions", {"transitions": {"nosuch": {}}}, 400, id="a transition"),
        pytest.param("POST", "/advance", {"kind": 1}, 400, id="work"),
        pytest.param("POST", "/faults", {}, 400, id="a fault"),
        pytest.param("GET", "/faults/{fault_id}", None, 404, id="a fault that is not there"),
        pytest.param("DELETE", "/faults/{fault_id}", None, 404, id="to remove it"),
        pytest.param("GET", "/requests/{name}", None, 404, id="a request that is not there"),
        pytest.param("GET", "/requests/{name}/explain", None, 404, id="to explain it"),
        pytest.param("GET", "/explain", None, 400, id="to explain nothing"),
        pytest.param("POST", "/seed", {"images": 1}, 400, id="a seed file"),
    ],
)
def test_refusals_are_as_it_says(
    glance_emulator: Emulator, glance: World, method: str, path: str, body: Any, status: int
) -> None:
    glance.save("then")
    url = glance_emulator.url if path.startswith("/worlds") else glance.url
    told = re.sub("{.*?}", "other", path)
    answer = requests.request(method, f"{url}/_emulator{told}", json=body, timeout=9)
    assert answer.status_code == status
    refused(answer, path)


def test_what_cannot_be_as_things_stand_is_as_it_says(glance_emulator: Emulator, glance: World, tmp_path: Path) -> None:
    glance.save("then")
    for method, url, path in (
        ("DELETE", f"{glance_emulator.url}/_emulator/worlds/default", "/worlds/{name}"),
        ("PUT", f"{glance.url}/_emulator/snapshots/then/file", "/snapshots/{name}/file"),
    ):
        answer = requests.request(method, url, timeout=9)
        assert answer.status_code == 409
        refused(answer, path)
    seed = tmp_path / "seed.yaml"
    seed.write_text("")
    with emulator("--seed-file", str(seed)) as url:
        seed.unlink()
        answer = requests.post(f"{url}/_emulator/reset", timeout=9)
        assert answer.status_code == 409
        refused(answer, "/reset")
