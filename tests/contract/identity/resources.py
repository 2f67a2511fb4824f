"""What the scenarios of Identity's resources share: somebody who asks, and names that nobody has used."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests

from tests.contract.identity.cloud import Cloud

Made = Callable[..., dict[str, Any]]


def new_name() -> str:
    return f"c-{uuid.uuid4().hex[:16]}"


@dataclass
class Asker:
    """Somebody with a token."""

    cloud: Cloud
    token: str

    def __call__(self, method: str, path: str, json: Any = None) -> requests.Response:
        return self.cloud(method, path, json, self.token)

    def code(self, method: str, path: str, json: Any = None) -> int:
        return self(method, path, json).status_code

    def found(self, path: str) -> list[dict[str, Any]]:
        """Return what a collection lists."""
        answer = self("GET", path)
        assert answer.status_code == 200, answer.text
        document = answer.json()
        assert document["links"] == {"next": None, "self": self.cloud.url + path, "previous": None}
        (name,) = document.keys() - {"links"}
        listed: list[dict[str, Any]] = document[name]
        return listed

    def id_of(self, plural: str, name: str) -> str:
        (found,) = self.found(f"/{plural}?name={name}")
        return str(found["id"])
