"""Worlds of a running emulator, as the pytest plugin gives them to anybody, and how they are spoken to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from glance_emulator.testing import World

OCTETS = {"Content-Type": "application/octet-stream"}


@dataclass
class Persona:
    """Somebody who is logged in to a world."""

    world: World
    name: str
    project_id: str = ""
    session: requests.Session = field(default_factory=requests.Session, repr=False)

    def __post_init__(self) -> None:
        self.log_in()

    def log_in(self) -> str:
        """Get a token; return when it expires."""
        auth = self.world.login(self.name)["auth"]
        user = {"name": auth["username"], "password": auth["password"], "domain": {"name": "Default"}}
        scope = {"project": {"name": auth["project_name"], "domain": {"name": "Default"}}}
        body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}}
        answer = self.session.post(f"{self.world.url}/identity/v3/auth/tokens", json=body, timeout=30)
        assert answer.status_code == 201, answer.text
        self.session.headers["X-Auth-Token"] = answer.headers["X-Subject-Token"]
        self.project_id = answer.json()["token"]["project"]["id"]
        return str(answer.json()["token"]["expires_at"])

    def __call__(self, method: str, path: str, json: Any = None, **options: Any) -> requests.Response:
        return self.session.request(method, self.world.url + path, json=json, timeout=30, **options)

    def image(self, content: bytes | None = b"some bytes", **attributes: Any) -> str:
        """Create an image, with data unless there are to be none; return its id."""
        body = {"name": "golden", "disk_format": "raw", "container_format": "bare", **attributes}
        answer = self("POST", "/v2/images", body)
        assert answer.status_code == 201, answer.text
        image_id = str(answer.json()["id"])
        if content is not None:
            assert self("PUT", f"/v2/images/{image_id}/file", data=content, headers=OCTETS).status_code == 204
        return image_id

    def show(self, image_id: str) -> dict[str, Any]:
        return dict(self("GET", f"/v2/images/{image_id}").json())

    def content(self, image_id: str) -> bytes:
        return self("GET", f"/v2/images/{image_id}/file").content

    def listed(self, query: str = "") -> list[str]:
        return [image["name"] for image in self("GET", f"/v2/images{query}").json()["images"]]

    def boot(self, image_id: str) -> str:
        body = {"server": {"name": "box", "imageRef": image_id, "flavorRef": "1"}}
        answer = self("POST", "/compute/v2.1/servers", body)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["server"]["id"])

    def server(self, server_id: str) -> str:
        """Return a server's status."""
        return str(self("GET", f"/compute/v2.1/servers/{server_id}").json()["server"]["status"])


@pytest.fixture
def log_in() -> Callable[[World, str], Persona]:
    return Persona


@pytest.fixture
def producer(glance: World) -> Persona:
    return Persona(glance, "producer")


@pytest.fixture
def consumer(glance: World) -> Persona:
    return Persona(glance, "consumer")
