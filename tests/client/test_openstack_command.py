"""The command `openstack`: what the story does not touch. Each call starts a process, so there are few."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.client.cloud import Cloud, Refused, run

RAW = ("--disk-format", "raw", "--container-format", "bare")


def openstack(cloud: Cloud, persona: str, *arguments: str, **options: Any) -> Any:
    """Return what the command says, as JSON."""
    return json.loads(cloud.run(persona, "openstack", *arguments, "-f", "json", **options))


def test_shell_is_made_ready_by_one_line(cloud: Cloud) -> None:
    script = 'eval "$("$0" -m glance_emulator env reader --url "$1")"; exec "$2" token issue -f json'
    openstack = str(Path(sys.executable).parent / "openstack")
    command = ("sh", "-c", script, sys.executable, cloud.url, openstack)
    token = json.loads(run(cloud.bare_environment(), *command, cwd=cloud.home))
    assert token["project_id"] == cloud.projects["producer"]


def test_catalog_names_the_services_where_the_client_came(cloud: Cloud) -> None:
    catalog = {service["Type"]: service["Endpoints"] for service in openstack(cloud, "consumer", "catalog", "list")}
    public = {kind: next(e["url"] for e in ends if e["interface"] == "public") for kind, ends in catalog.items()}
    assert public["image"] == cloud.url
    assert public["identity"] == f"{cloud.url}/identity/v3"
    assert public["compute"].startswith(f"{cloud.url}/compute/")


def test_large_image_goes_up_by_file_and_by_pipe_and_comes_back(cloud: Cloud, large: Path, tmp_path: Path) -> None:
    by_file = openstack(cloud, "producer", "image", "create", *RAW, "--file", str(large), "by-file")
    with subprocess.Popen(["cat", large], stdout=subprocess.PIPE) as pipe:
        by_pipe = openstack(cloud, "producer", "image", "create", *RAW, "by-pipe", stdin=pipe.stdout)
    digest = hashlib.sha512(large.read_bytes()).hexdigest()
    for made in (by_file, by_pipe):
        assert (made["status"], made["size"]) == ("active", large.stat().st_size)
        assert made["properties"]["os_hash_value"] == digest
    cloud.run("producer", "openstack", "image", "save", "--file", str(tmp_path / "back"), "by-pipe")
    assert hashlib.sha512((tmp_path / "back").read_bytes()).hexdigest() == digest


def test_properties_and_tags_are_set_unset_and_searched(cloud: Cloud) -> None:
    # Without --file and with a terminal, an image without data is made.
    made = openstack(cloud, "producer", "image", "create", *RAW, "--property", "shape=round", "--private", "searched")
    assert (made["status"], made["visibility"]) == ("queued", "private")
    cloud.run("producer", "openstack", "image", "set", "--tag", "found", "--property", "colour=blue", "searched")
    filters = ("--private", "--property", "shape=round", "--tag", "found", "--long", "--sort", "name:asc")
    assert [row["ID"] for row in openstack(cloud, "producer", "image", "list", *filters)] == [made["id"]]
    cloud.run("producer", "openstack", "image", "unset", "--tag", "found", "--property", "shape", made["id"])
    seen = openstack(cloud, "producer", "image", "show", "searched")
    assert (seen["tags"], seen["properties"]["colour"]) == ([], "blue")
    assert "shape" not in seen["properties"]


def test_new_project_with_a_new_user_uses_images(cloud: Cloud) -> None:
    project = openstack(cloud, "admin", "project", "create", "typed-project")
    user = openstack(
        cloud, "admin", "user", "create", "typed-user", "--password", "typed", "--project", "typed-project"
    )
    assert user["default_project_id"] == project["id"]
    cloud.run("admin", "openstack", "role", "add", "--user", "typed-user", "--project", "typed-project", "member")
    asked = ("role", "assignment", "list", "--project", "typed-project", "--names")
    roles = openstack(cloud, "admin", *asked)
    assert [(row["Role"], row["User"]) for row in roles] == [("member", "typed-user@Default")]
    login = {"OS_USERNAME": "typed-user", "OS_PASSWORD": "typed", "OS_PROJECT_NAME": "typed-project"}
    shell = {**cloud.environment("producer"), **login}
    made = json.loads(run(shell, "openstack", "image", "create", *RAW, "own", "-f", "json", cwd=cloud.home))
    assert made["owner"] == project["id"]


def test_application_credential_logs_in(cloud: Cloud) -> None:
    made = openstack(cloud, "consumer", "application", "credential", "create", "robot", "--role", "reader")
    login = {
        "OS_AUTH_TYPE": "v3applicationcredential",
        "OS_AUTH_URL": f"{cloud.url}/identity/v3",
        "OS_APPLICATION_CREDENTIAL_ID": made["ID"],
        "OS_APPLICATION_CREDENTIAL_SECRET": made["Secret"],
        "OS_REGION_NAME": "RegionOne",
    }
    shell = {**cloud.bare_environment(), **login}
    token = json.loads(run(shell, "openstack", "token", "issue", "-f", "json", cwd=cloud.home))
    assert token["project_id"] == cloud.projects["consumer"]
    # It has the role reader and no other.
    with pytest.raises(Refused) as refusal:
        run(shell, "openstack", "image", "create", *RAW, "by-robot", cwd=cloud.home)
    assert refusal.value.status == 403


def test_refusals_are_told(cloud: Cloud) -> None:
    with pytest.raises(Refused) as refusal:
        cloud.run("producer", "openstack", "image", "list", OS_PASSWORD="guess")
    assert refusal.value.status == 401
    with pytest.raises(Refused, match="No Image found for nothing"):
        cloud.run("producer", "openstack", "image", "show", "nothing")
