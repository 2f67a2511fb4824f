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
