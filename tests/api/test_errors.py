"""Errors: Accept in its finer points, and what the real service does not show on demand."""

from __future__ import annotations

import logging

import pytest
from flask import Flask, Response
from sqlalchemy import create_engine

from glance_emulator.app import create_app
from glance_emulator.domain.worlds import World
from glance_emulator.errors import RangeNotSatisfiable
from glance_emulator.settings import Settings
from glance_emulator.web.accept import best

IDENTITY = {"X-Identity-Status": "Confirmed", "X-User-Id": "u", "X-Project-Id": "p", "X-Roles": "reader"}
HTML, JSON, PLAIN = "text/html", "application/json", "text/plain"


def application(auth: str = "trusted") -> Flask:
    return create_app(Settings(auth=auth), World(engine=create_engine("sqlite://"), stores={}))


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/html;q=0, application/json", JSON),
        ("application/json;q=0, */*", HTML),
        ("text/html;q=0, */*", JSON),
        ("application/*;q=0.5, application/json;q=0", PLAIN),
        ("text/*;q=0.2, */*;q=0.9", JSON),
        ("text/*;q=0.9, application/*;q=0.9", HTML),
        ("application/json;q=1.5", HTML),
        ("application/json;q=x", HTML),
        ("application/json;q=0.5555", HTML),
        (", application/json", HTML),
        (",,application/json", JSON),
        ("application/json,,text/plain", JSON),
        ("application/json ; q=0.5", JSON),
        ("application/json;charset=utf-8, text/html", HTML),
        ("text/html;level=1", PLAIN),
        ("text/html;level=1;q=0.3, application/json;q=0.2", JSON),
        ("*", HTML),
        ("*/json", PLAIN),
        ("application/json;q=1.0;foo=bar", JSON),
        ("application/json;q=0.5;foo", JSON),
        ("a/b, garbage", HTML),
        ("*/*;q=0", PLAIN),
        ("text/html;q=0.5, text/html;q=0.9, application/json;q=0.7", JSON),
        ("application/json;q=0.2, application/json;q=0.9,text/html;q=0.5", HTML),
        ('application/json;v="a,b"', PLAIN),
        ('text/html; charset="x', HTML),
        ("application/json;q=0.", PLAIN),
        ("application/json;Q=0.5", JSON),
    ],
)
def test_accept_is_read_as_the_real_service_reads_it(accept: str, form: str) -> None:
    assert best(accept, (HTML, JSON), PLAIN) == form


def test_fault_of_the_emulator_is_told_without_details_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    app = application()

    @app.get("/v2/broken")
    def broken() -> str:
        raise ZeroDivisionError("a secret")

    with caplog.at_level(logging.ERROR):
        answer = app.test_client().get("/v2/broken", headers={**IDENTITY, "Accept": JSON})
    assert answer.status == "500 Internal Server Error"
    assert "a secret" not in answer.text
    assert "a secret" in caplog.text


def test_fault_after_the_view_is_told_and_logged_like_others(caplog: pytest.LogCaptureFixture) -> None:
    app = application()

    @app.after_request
    def broken(answer: Response) -> Response:
        raise ZeroDivisionError("a secret")

    with caplog.at_level(logging.ERROR):
        answer = app.test_client().get("/v2/schemas/image", headers={**IDENTITY, "Accept": JSON})
    assert (answer.status_code, "its log has the details" in answer.text) == (500, True)
    assert "a secret" in caplog.text


def test_status_line_is_worded_as_by_the_real_service() -> None:
    app = application()

    @app.get("/v2/range")
    def outside() -> str:
        raise RangeNotSatisfiable("There is no such byte.")

    answer = app.test_client().get("/v2/range", headers=IDENTITY)
    assert answer.status == "416 Request Range Not Satisfiable"


def test_request_id_that_is_too_long_is_replaced() -> None:
    given = {**IDENTITY, "X-Openstack-Request-Id": "x" * 65}
    answer = application().test_client().get("/v2/schemas/image", headers=given)
    assert len(answer.headers["x-openstack-request-id"]) == len("req-") + 36


def test_whoever_lacks_a_token_is_told_where_to_get_one() -> None:
    answer = application(auth="keystone").test_client().get("/v2/nothing", base_url="http://cloud.example")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Keystone uri="http://cloud.example/identity"'


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/v2/schemas/image", 400, id="read"),
        pytest.param("PUT", "/v2/images/x/tags/y", 400, id="tag"),
        pytest.param("POST", "/v2/images/x/actions/deactivate", 400, id="action"),
        pytest.param("GET", "/v2", 302, id="redirect"),
        pytest.param("GET", "/v2/nothing", 404, id="no-such-path"),
        pytest.param("HEAD", "/v2/schemas/image", 405, id="wrong-method"),
    ],
)
def test_body_where_none_is_expected(method: str, path: str, status: int) -> None:
    answer = application().test_client().open(path, method=method, headers=IDENTITY, data=b"{}")
    assert answer.status_code == status
