"""/openapi.json: it is what the generator makes, and it tells of what is served, no more and no less."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from sqlalchemy import create_engine

from contrib.openapi import document
from glance_emulator.app import create_app
from glance_emulator.domain.worlds import World
from glance_emulator.settings import Settings
from glance_emulator.web import parts

DOCUMENT: dict[str, Any] = json.loads(document.FILE.read_text())
METHODS = ("get", "post", "put", "patch", "delete")
OPERATIONS = {
    (method.upper(), path): item[method]
    for path, item in DOCUMENT["paths"].items()
    for method in METHODS
    if method in item
}
NOT_THERE = {"tasks.reject", "usage.reject", "locations.reject", "cache.reject"}
"""Views that say in a way of their own that there is no such method."""


NOT_DESCRIBED = ("/compute", "/panel", "/_emulator")
"""What is there beside Images and Identity."""


@pytest.fixture(scope="module")
def application() -> Flask:
    return create_app(Settings(), World(create_engine("sqlite://"), {}))


@pytest.fixture
def client(application: Flask) -> FlaskClient:
    return application.test_client()


def test_the_file_is_what_is_generated() -> None:
    assert document.FILE.read_text() == document.text(), "write it anew: python -m contrib.openapi"


def routes(application: Flask) -> set[tuple[str, str]]:
    """Return methods and paths as they are routed; of those that answer any method, GET."""
    found = set()
    for rule in parts.rules(application):
        if rule.endpoint in NOT_THERE or rule.rule.startswith(NOT_DESCRIBED):
            continue
        # What a rule says of a parameter, `<any(a, b):name>`, is several routes.
        choice = re.search(r"<any\(([^)]*)\):\w+>", rule.rule)
        paths = [rule.rule.replace(choice[0], one.strip()) for one in choice[1].split(",")] if choice else [rule.rule]
        for path in paths:
            plain = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)
            found |= {(method, plain) for method in (rule.methods or {"GET"}) - {"HEAD"}}
    return found


def test_every_route_is_described_and_nothing_else(application: Flask) -> None:
    assert OPERATIONS.keys() == routes(application)


def test_what_answers_any_method_says_so(application: Flask) -> None:
    any_method = {rule.rule for rule in parts.rules(application) if not rule.methods and rule.endpoint not in NOT_THERE}
    assert {path for (_, path), operation in OPERATIONS.items() if operation.get("x-any-method")} == any_method


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(names)) == len(names)


def examples(node: Any, where: str = "") -> list[tuple[str, dict[str, Any], Any]]:
    """Return every example of a JSON body or parameter: where it is, its schema, and itself."""
    if isinstance(node, list):
        return [found for index, item in enumerate(node) for found in examples(item, f"{where}/{index}")]
    if not isinstance(node, dict):
        return []
    here = [(where, node["schema"], node["example"])] if {"schema", "example"} <= node.keys() else []
    return here + [
        found for key, item in node.items() if key != "example" for found in examples(item, f"{where}/{key}")
    ]


@pytest.mark.parametrize(
    ("schema", "example"), [pytest.param(schema, example, id=where) for where, schema, example in examples(DOCUMENT)]
)
def test_examples_are_examples(schema: dict[str, Any], example: Any) -> None:
    validator = Draft202012Validator({**schema, "components": DOCUMENT["components"]})
    assert [fault.message for fault in validator.iter_errors(example)] == []


def test_schemas_are_schemas() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_links_lead_to_operations() -> None:
    names = {operation["operationId"] for operation in OPERATIONS.values()}
    assert set(re.findall(r'"operationId": "(\w+)"', json.dumps(DOCUMENT))) == names


def test_it_is_served_to_everybody(client: FlaskClient) -> None:
    answer = client.get("/openapi.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.json == DOCUMENT


def test_it_is_served_once_to_a_client_that_keeps_it(client: FlaskClient) -> None:
    answer = client.get("/openapi.json")
    again = client.get("/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("POST", 405)])
def test_it_can_only_be_read(client: FlaskClient, method: str, status: int) -> None:
    assert client.open("/openapi.json", method=method).status_code == status


def test_it_is_openapi() -> None:
    validator = pytest.importorskip("openapi_spec_validator", reason="comes with the extra dev")
    assert list(validator.OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []
