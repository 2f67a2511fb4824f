"""Who may use the emulator's own API."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests

from glance_emulator.testing import World
from glance_emulator.web import guard
from tests.control.conftest import Persona


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Host": "emulator.example"}, id="by a name that leads here"),
        pytest.param({"Origin": "http://web.example"}, id="a page of somebody else's"),
        pytest.param({"Origin": "null"}, id="a page of nobody's"),
        pytest.param({"Origin": "http://["}, id="a page of nowhere"),
        pytest.param({"X-Forwarded-For": "192.0.2.7"}, id="through a proxy"),
        pytest.param({"Forwarded": "for=192.0.2.7"}, id="through another proxy"),
    ],
)
@pytest.mark.parametrize(("method", "path"), [("GET", "requests"), ("POST", "reset"), ("DELETE", "faults")])
def test_from_elsewhere_only_admins(
    glance: World, producer: Persona, log_in: Callable[[World, str], Persona], method: str, path: str,
    headers: dict[str, str],
) -> None:  # fmt: skip
    url = f"{glance.url}/_emulator/{path}"
    assert requests.request(method, url, headers=headers, timeout=9).status_code == 401
    assert producer(method, f"/_emulator/{path}", headers=headers).status_code == 403
    assert log_in(glance, "admin")(method, f"/_emulator/{path}", headers=headers).status_code in (200, 204)


def test_on_this_machine_everybody(glance: World, producer: Persona) -> None:
    assert requests.get(f"{glance.url}/_emulator/clock", timeout=9).status_code == 200
    assert producer("GET", "/_emulator/clock").status_code == 200
    origin = {"Origin": glance.url.partition("/w/")[0]}
    assert requests.get(f"{glance.url}/_emulator/clock", headers=origin, timeout=9).status_code == 200


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("::ffff:127.0.0.1", True), ("localhost", True),
        ("192.0.2.7", False), ("::ffff:192.0.2.7", False), ("2001:db8::1", False), ("", False), ("nonsense", False),
    ],
)  # fmt: skip
def test_what_addresses_this_machine_has(host: str, is_here: bool) -> None:
    assert guard.is_loopback(host) is is_here


def test_an_admin_of_one_world_is_nobody_in_another(
    glance: World, glance_emulator: object, log_in: Callable[[World, str], Persona]
) -> None:
    admin = log_in(glance, "admin")
    token = {"X-Auth-Token": str(admin.session.headers["X-Auth-Token"]), "X-Forwarded-For": "192.0.2.7"}
    root = glance.url.partition("/w/")[0]
    assert requests.delete(f"{root}/_emulator/worlds/{glance.name}", headers=token, timeout=9).status_code == 401


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "nothing", 404), ("PATCH", "clock", 405)])
def test_what_is_not_there(glance: World, method: str, path: str, status: int) -> None:
    answer = requests.request(method, f"{glance.url}/_emulator/{path}", timeout=9)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, status)
