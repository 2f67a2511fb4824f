"""JSON bodies: what is not one, and what is too much of one."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from glance_emulator.app import create_app
from glance_emulator.settings import Settings
from glance_emulator.web.body import LARGEST
from tests.worlds import new_world

IDENTITY = {"X-Identity-Status": "Confirmed", "X-User-Id": "u", "X-Project-Id": "p", "X-Roles": "member,reader"}


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    application: Flask = create_app(Settings(auth="trusted"), new_world(tmp_path))
    return application.test_client()


def test_a_body_that_would_fill_the_memory_is_too_large(client: FlaskClient) -> None:
    body = b'{"name": "x"}'
    fits = client.post("/v2/images", data=body.rjust(LARGEST), headers=IDENTITY)
    assert fits.status_code == 201
    assert client.post("/v2/images", data=body.rjust(LARGEST + 1), headers=IDENTITY).status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * 100_000, id="nested too deeply"),
        pytest.param(b'{"name": "\\ud800"}', id="lone surrogate"),
        pytest.param(b"[]", id="list"),
        pytest.param(b"[1]", id="list of numbers"),
        pytest.param('{"name": "x"}'.encode("utf-16"), id="not UTF-8"),
    ],
)
def test_what_the_real_service_breaks_on_is_a_bad_request(client: FlaskClient, body: bytes) -> None:
    assert client.post("/v2/images", data=body, headers=IDENTITY).status_code == 400


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("/v2/images", b'{"fo\\ud800": "x"}', id="name of a property"),
        pytest.param(
            "/identity/v3/auth/tokens",
            b'{"auth": {"identity": {"methods": ["token"], "token": {"id": "\\ud800"}}}}',
            id="token",
        ),
    ],
)
def test_half_a_character_is_refused_wherever_it_stands(client: FlaskClient, path: str, body: bytes) -> None:
    assert client.post(path, data=body, headers=IDENTITY).status_code == 400


def test_a_whole_character_written_in_two_halves_is_json(client: FlaskClient) -> None:
    answer = client.post("/v2/images", data=b'{"name": "\\ud83d\\ude00"}', headers=IDENTITY)
    assert "basic plane" in answer.text


@pytest.mark.parametrize("query", ["%00=x", "created_at=gt:0001-01-01T00:00:00%2B14:00"])
def test_odd_filters_are_answered(client: FlaskClient, query: str) -> None:
    assert client.get(f"/v2/images?{query}", headers=IDENTITY).status_code in (200, 400)
