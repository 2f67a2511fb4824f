"""One emulator for all that the clients do; each test makes its own images."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from keystoneauth1.identity import V3Password
from keystoneauth1.session import Session

from tests.client.cloud import Cloud, project_of
from tests.processes import emulator

PERSONAS = ("admin", "producer", "consumer", "outsider", "reader")


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Give an emulator with the personas, and a home folder with nothing in it."""
    with emulator() as url:
        bare = Cloud(url, tmp_path_factory.mktemp("home"), {})
        projects = {project_of(persona): keystone_session(bare, persona).get_project_id() for persona in PERSONAS}
        yield Cloud(url, bare.home, {name: str(project) for name, project in projects.items()})


def keystone_session(cloud: Cloud, persona: str) -> Session:
    """Return a session that logs in as the persona."""
    return Session(V3Password(**cloud.login(persona)))


@pytest.fixture(autouse=True)
def _nobody(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the clouds.yaml, caches and OS_ variables of whoever runs the tests out of them."""
    environment = cloud.bare_environment()
    for name in set(os.environ) - set(environment):
        if name.startswith("OS_"):
            monkeypatch.delenv(name)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, environment[name])


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a file with 200,000 bytes: more than one chunk of any client, and no multiple of a chunk."""
    path = tmp_path_factory.mktemp("bytes") / "small.img"
    path.write_bytes(random.Random(2).randbytes(200_000))
    return path


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a file with 40 MiB and a byte."""
    path = tmp_path_factory.mktemp("bytes") / "large.img"
    path.write_bytes(random.Random(40).randbytes((40 << 20) + 1))
    return path
