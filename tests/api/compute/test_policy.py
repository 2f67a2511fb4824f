"""Every request that changes something of Compute asks its policy."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from glance_emulator.domain import compute_policy
from glance_emulator.web import parts
from tests.api.compute.cloud import V21, Project

ASKS: dict[tuple[str, str], tuple[str, str, Any]] = {
    ("POST", "servers.create"): ("servers:create", "", {"server": {"name": "x", "imageRef": "IMAGE", "flavorRef": 1}}),
    ("PUT", "servers.update"): ("servers:update", "/ID", {"server": {"name": "x"}}),
    ("DELETE", "servers.delete"): ("servers:delete", "/ID", None),
    ("POST", "server_metadata.create"): ("server-metadata:update_all", "/ID/metadata", {"metadata": {"a": "b"}}),
    ("PUT", "server_metadata.replace"): ("server-metadata:update_all", "/ID/metadata", {"metadata": {"a": "b"}}),
    ("PUT", "server_metadata.update"): ("server-metadata:update_all", "/ID/metadata/a", {"meta": {"a": "b"}}),
    ("DELETE", "server_metadata.delete"): ("server-metadata:delete", "/ID/metadata/a", None),
}
ACTIONS = {
    "os-start": ("servers:start", None),
    "os-stop": ("servers:stop", None),
    "reboot": ("servers:reboot", {"type": "SOFT"}),
    "rebuild": ("servers:rebuild", {"imageRef": "IMAGE"}),
    "createImage": ("servers:create_image", {"name": "x"}),
    "pause": ("os-pause-server:pause", None),
    "unpause": ("os-pause-server:unpause", None),
    "suspend": ("os-suspend-server:suspend", None),
    "resume": ("os-suspend-server:resume", None),
    "lock": ("os-lock-server:lock", None),
    "unlock": ("os-lock-server:unlock", None),
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of what policy is asked for, as long as the test runs."""
    actions: list[str] = []

    def listening(caller: Any, action: str, project_id: str | None, really: Any = compute_policy.allows) -> bool:
        actions.append(action)
        return bool(really(caller, action, project_id))

    monkeypatch.setattr(compute_policy, "allows", listening)
    return actions


def test_every_route_that_changes_something_is_known_here(application: Flask) -> None:
    from glance_emulator.api.compute.actions import ACTIONS as SERVED

    found = {
        (method, rule.endpoint)
        for rule in parts.rules(application)
        if rule.rule.startswith("/compute")
        for method in (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}
    }
    assert found == ASKS.keys() | {("POST", "server_actions.create")}
    assert SERVED.keys() == ACTIONS.keys()


@pytest.mark.parametrize(
    ("method", "action", "path", "body"),
    [
        *(pytest.param(method, *asks, id=f"{method} {endpoint}") for (method, endpoint), asks in ASKS.items()),
        *(
            pytest.param("POST", asks, "/ID/action", {action: argument}, id=action)
            for action, (asks, argument) in ACTIONS.items()
        ),
    ],
)
def test_a_change_asks_policy(
    consumer: Project, asked: list[str], method: str, action: str, path: str, body: Any
) -> None:
    image = consumer.image()
    server = consumer.boot(image)
    asked.clear()
    sent = json.loads(json.dumps(body).replace("IMAGE", image))
    consumer(method, f"{V21}/servers{path.replace('ID', server)}", sent)
    assert f"os_compute_api:{action}" in asked
