"""The command `glance`: what the story does not touch. Each call starts a process, so there are few."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from tests.client.cloud import Cloud, Refused, details, table

RAW = ("--disk-format", "raw", "--container-format", "bare")


def test_large_image_goes_up_by_a_pipe_and_comes_back(cloud: Cloud, large: Path, tmp_path: Path) -> None:
    with subprocess.Popen(["cat", large], stdout=subprocess.PIPE) as pipe:
        made = details(cloud.run("producer", "glance", "image-create", "--name", "piped", *RAW, stdin=pipe.stdout))
    digest = hashlib.sha512(large.read_bytes()).hexdigest()
    assert (made["status"], made["size"]) == ("active", str(large.stat().st_size))
    cloud.run("producer", "glance", "image-download", "--file", str(tmp_path / "back"), made["id"])
    assert hashlib.sha512((tmp_path / "back").read_bytes()).hexdigest() == digest


def test_image_without_data_has_none_to_download(cloud: Cloud, tmp_path: Path) -> None:
    made = details(cloud.run("producer", "glance", "image-create", "--name", "empty", *RAW))
    assert made["status"] == "queued"
    with pytest.raises(Refused, match="has no data"):
        cloud.run("producer", "glance", "image-download", "--file", str(tmp_path / "none"), made["id"])


def test_list_is_filtered_and_properties_are_removed(cloud: Cloud) -> None:
    glance = ("producer", "glance")
    options = ("--property", "shape=round", "--tag", "dropped")
    image = details(cloud.run(*glance, "image-create", "--name", "filtered", *options, *RAW))["id"]
    cloud.run(*glance, "image-tag-update", image, "kept")
    cloud.run(*glance, "image-tag-delete", image, "dropped")
    filters = ("--property-filter", "shape=round", "--tag", "kept", "--sort", "name:asc", "--page-size", "1")
    assert [row["ID"] for row in table(cloud.run(*glance, "image-list", *filters))] == [image]
    assert "shape" not in details(cloud.run(*glance, "image-update", "--remove-property", "shape", image))


def test_refusals_are_told(cloud: Cloud) -> None:
    with pytest.raises(Refused) as refusal:
        cloud.run("producer", "glance", "image-list", OS_PASSWORD="guess")
    assert refusal.value.status == 401
    with pytest.raises(Refused, match=r"HTTP 404 Not Found: .*11111111-2222-3333-4444-555555555555"):
        cloud.run("producer", "glance", "image-show", "11111111-2222-3333-4444-555555555555")


def test_schema_of_the_service_explains_an_image(cloud: Cloud) -> None:
    assert "os_hash_value" in cloud.run("producer", "glance", "explain", "image")
