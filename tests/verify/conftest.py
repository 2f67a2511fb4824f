"""Clouds to ask, which are emulators."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from glance_emulator import clouds, personas
from glance_emulator.domain.seed import PERSONAS
from glance_emulator.testing import World, emulator

LISTS = {
    "/v2/images?visibility=all&member_status=all&os_hidden=false": ("images", "name"),
    "/v2/images?visibility=all&member_status=all&os_hidden=true": ("images", "name"),
    "/v2/metadefs/namespaces?limit=1000": ("namespaces", "namespace"),
    "/v2/metadefs/resource_types": ("resource_types", "name"),
    "/identity/v3/projects": ("projects", "name"),
    "/identity/v3/users": ("users", "name"),
    "/identity/v3/roles": ("roles", "name"),
}


class Cloud:
    """A cloud in somebody's clouds.yaml, or one that trusts identity headers."""

    def __init__(self, world: World, folder: Path, *, trusted: bool = False) -> None:
        self.world, self.url = world, world.url
        self.file = folder / "clouds.yaml"
        self.locate(world.url)
        own = {name: text for name, text in os.environ.items() if not name.startswith("OS_")}
        self.environment = {**own, "OS_CLIENT_CONFIG_FILE": str(self.file)}
        self._named = ("--url", world.url) if trusted else ("--cloud", "admin")
        self._headers = {"X-Identity-Status": "Confirmed", "X-User-Id": "a", "X-Project-Id": "a", "X-Roles": "admin"}
        if not trusted:
            self._headers = {"X-Auth-Token": self._token()}

    def locate(self, url: str) -> None:
        """Write clouds.yaml with this address."""
        self.file.write_text(clouds.document([personas.access(name, url) for name in PERSONAS]))

    def command(self, *options: str) -> list[str]:
        """Return the words of the command; without --cloud or --url among the options, it asks this cloud."""
        named = () if {"--cloud", "--url"} & set(options) else self._named
        return [sys.executable, "-m", "glance_emulator", "verify", *named, *options]

    def verify(self, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {**self.environment, **variables}
        return subprocess.run(
            self.command(*options), env=environment, capture_output=True, text=True, timeout=300, check=False
        )

    def start(self, *options: str) -> subprocess.Popen[str]:
        piped: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(self.command(*options), env=self.environment, **piped)

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """Ask as an admin."""
        return requests.request(method, self.url + path, headers=self._headers, timeout=60, **options)

    def contents(self) -> dict[str, list[str]]:
        """Return the names of what is in the cloud."""
        found = {}
        for path, (key, name) in LISTS.items():
            if (answer := self.ask("GET", path)).status_code == 200:
                found[path] = sorted(str(one[name]) for one in answer.json()[key])
        return found

    def _token(self) -> str:
        user = {"name": "admin", "domain": {"id": "default"}, "password": "secret"}
        identity = {"methods": ["password"], "password": {"user": user}}
        scope = {"project": {"name": "admin", "domain": {"id": "default"}}}
        login = {"auth": {"identity": identity, "scope": scope}}
        answer = requests.post(f"{self.url}/identity/v3/auth/tokens", json=login, timeout=60)
        return answer.headers["X-Subject-Token"]


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    """A cloud that somebody else uses, too."""
    with emulator() as started:
        found = Cloud(started.default, tmp_path)
        theirs = {"name": "theirs", "visibility": "community", "disk_format": "raw", "container_format": "bare"}
        assert found.ask("POST", "/v2/images", json=theirs).status_code == 201
        yield found


@pytest.fixture
def trusting(tmp_path: Path) -> Iterator[Cloud]:
    with emulator("--auth", "trusted") as started:
        yield Cloud(started.default, tmp_path, trusted=True)
