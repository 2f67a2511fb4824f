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
from glance_emulator.testing import World
from glance_emulator.web import parts
from tests.control.conftest import Persona
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
    assert requests.get(f"{glance.url}/_emulator/openapi.json", timeout=9).json() == DOCUMENT


def test_it_is_openapi() -> None:
    validator = pytest.importorskip("openapi_spec_validator", reason="comes with the extra dev")
    assert list(validator.OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


def valid(document: Any, method: str, path: str, status: str) -> None:
    schema = DOCUMENT["paths"][path][method]["responses"][status]["content"]["application/json"]["schema"]
    validator = Draft202012Validator({**schema, "components": DOCUMENT["components"]})
    assert [fault.message for fault in validator.iter_errors(document)] == []


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
