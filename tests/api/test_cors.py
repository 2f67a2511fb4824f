"""CORS where any page may call, and beyond the Image service."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from glance_emulator.app import create_app
from glance_emulator.settings import Settings
from glance_emulator.web.cors import Cors
from tests.worlds import new_world

ORIGIN = "http://anywhere.example"


@pytest.fixture
def application(tmp_path: Path) -> Flask:
    return create_app(Settings(cors_origins=("*",)), new_world(tmp_path))


@pytest.mark.parametrize("path", ["/versions", "/identity/v3", "/v2/images"])
def test_any_page_may_call(application: Flask, path: str) -> None:
    answer = application.test_client().get(path, headers={"Origin": ORIGIN})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_page_may_log_in(application: Flask) -> None:
    asked = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "X-Subject-Token",
    }
    answer = application.test_client().options("/identity/v3/auth/tokens", headers=asked)
    assert answer.headers["Access-Control-Allow-Headers"] == "X-Subject-Token"


def test_nothing_stands_in_the_way_of_those_who_did_not_ask_for_it(tmp_path: Path) -> None:
    application = create_app(Settings(), new_world(tmp_path))
    assert not isinstance(application.wsgi_app, Cors)
    assert (
        "Access-Control-Allow-Origin"
        not in application.test_client().get("/versions", headers={"Origin": ORIGIN}).headers
    )
