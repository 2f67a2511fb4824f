"""Every scenario here holds on the emulator and on a real Keystone (`--against-identity URL`)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.contract.identity.cloud import Cloud, Newcomer


@pytest.fixture(scope="session")
def identity_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Version 3 of the service under test: the one that was named, else that of an emulator of our own."""
    named = request.config.getoption("--against-identity")
    if named:
        yield named.rstrip("/")
        return
    from tests.processes import emulator

    with emulator() as started:
        yield f"{started}/identity/v3"


@pytest.fixture(scope="session")
def cloud(identity_url: str) -> Cloud:
    return Cloud(identity_url)


@pytest.fixture
def newcomer(cloud: Cloud) -> Newcomer:
    """Make a user with the role member on a project of their own."""
    name = f"newcomer-{uuid.uuid4().hex[:12]}"
    user = {"name": name, "password": "secret", "domain_id": "default"}
    user_id = cloud.admin("POST", "/users", {"user": user}).json()["user"]["id"]
    project = {"name": name, "domain_id": "default"}
    project_id = cloud.admin("POST", "/projects", {"project": project}).json()["project"]["id"]
    made = Newcomer(cloud, name, user_id, project_id)
    made.gets("member")
    return made
