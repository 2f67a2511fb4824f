"""`glance-emulator verify`: what it finds in a cloud, and that it leaves nothing there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openstack
import pytest

from glance_emulator import child, clouds, personas
from glance_emulator.domain.seed import PERSONAS
from glance_emulator.verify.outcomes import FAILS, HOLDS, SKIPPED, Outcome
from glance_emulator.verify.report import DIFFERS, SAME, compare
from tests.processes import until

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDK warns of what it calls within itself
SCENARIOS = "member_reads or status_concerns or second_offer"


class Cloud:
    """A cloud in somebody's clouds.yaml."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.file = folder / "clouds.yaml"
        self.file.write_text(clouds.document([personas.access(name, url) for name in PERSONAS]))
        own = {name: text for name, text in os.environ.items() if not name.startswith("OS_")}
        self.environment = {**own, "OS_CLIENT_CONFIG_FILE": str(self.file)}

    def command(self, *options: str) -> list[str]:
        return [sys.executable, "-m", "glance_emulator", "verify", *options]

    def verify(self, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*options), env=self.environment, capture_output=True, text=True, timeout=300, check=False
        )

    def contents(self) -> dict[str, list[str]]:
        """Return what is in the cloud, by kind."""
        admin: Any
        with openstack.connect(cloud="admin") as admin:
            return {
                "projects": sorted(one.name for one in admin.identity.projects()),
                "users": sorted(one.name for one in admin.identity.users()),
                "images": sorted(one.name for one in admin.image.images(visibility="all", member_status="all")),
                "namespaces": sorted(one.namespace for one in admin.image.metadef_namespaces()),
            }


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    with child.emulator("--ephemeral", "--port", "0") as running:
        found = Cloud(running.url, tmp_path)
        monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(found.file))
        with openstack.connect(cloud="producer") as producer:
            producer.image.create_image(
                name="theirs", data=b"bytes", disk_format="raw", container_format="bare", visibility="community"
            )
        yield found


def test_a_cloud_that_is_the_same(cloud: Cloud) -> None:
    before = cloud.contents()
    done = cloud.verify("--cloud", "admin", "-k", SCENARIOS, "--format", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["count"]["differs"] == 0
    assert found["count"]["same"] >= 3
    assert "scenarios, 0 do not hold" in done.stderr
    assert cloud.contents() == before


def test_a_cloud_that_differs_is_told_point_by_point(tmp_path: Path) -> None:
    with child.emulator("--ephemeral", "--port", "0", "--rejected-members", "lose-access") as running:
        cloud = Cloud(running.url, tmp_path)
        written = ("--format", "junit", "--output", str(tmp_path / "x.xml"))
        done = cloud.verify("--cloud", "admin", "-k", SCENARIOS, *written)
        assert done.returncode == 1, done.stderr
        suite = ElementTree.parse(tmp_path / "x.xml").getroot()[0]
        failed = [case.get("name") for case in suite if case.find("failure") is not None]
        assert 0 < len(failed) < len(suite)
        assert suite.get("failures") == str(len(failed))


def test_what_is_interrupted_leaves_nothing(cloud: Cloud) -> None:
    before = cloud.contents()
    command = cloud.command("--cloud", "admin", "-k", "test_members")
    with subprocess.Popen(command, env=cloud.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        until(lambda: len(cloud.contents()["projects"]) > len(before["projects"]), 60)
        time.sleep(1)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=90)
        assert process.returncode != 0
    assert cloud.contents() == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param((), "say --cloud NAME", id="no cloud"),
        pytest.param(("--cloud", "nowhere"), "nowhere", id="an unknown cloud"),
        pytest.param(("--cloud", "admin", "-k", "no_such_scenario"), "no scenario is selected", id="no scenario"),
        pytest.param(("--cloud", "consumer", "-k", SCENARIOS), "has not the role admin", id="somebody who is no admin"),
        pytest.param(("--url", "http://127.0.0.1:1", "-k", SCENARIOS), "127.0.0.1:1", id="nobody there"),
    ],
)
def test_what_cannot_be_asked(cloud: Cloud, options: tuple[str, ...], said: str) -> None:
    done = cloud.verify(*options)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_service_that_trusts_headers() -> None:
    with child.emulator("--ephemeral", "--port", "0", "--auth", "trusted") as running:
        command = [sys.executable, "-m", "glance_emulator", "verify", "--url", running.url, "-k", SCENARIOS]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, "differ in 0" in done.stdout) == (0, True), done.stderr


def test_an_older_release(tmp_path: Path) -> None:
    of_yoga = ("--ephemeral", "--port", "0", "--auth", "trusted", "--release", "yoga")
    with child.emulator(*of_yoga) as running:
        command = [sys.executable, "-m", "glance_emulator", "verify", "--url", running.url, "--format", "json"]
        for release, same in (("yoga", True), ("latest", False)):
            options = ("--release", release, "-k", "every_listed_version or test_document")
            done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=300, check=False)
            found = json.loads(done.stdout)
            assert (done.returncode == 0, found["count"]["differs"] == 0) == (same, same)
            assert any(point["cloud"] == "fails" for point in found["points"])


def outcome(verdict: str, answers: str = "201 204", why: str = "") -> Outcome:
    return Outcome("test_x.py::test", verdict, why, answers)


@pytest.mark.parametrize(
    ("cloud", "emulator", "result", "why"),
    [
        pytest.param(outcome(HOLDS), outcome(HOLDS), SAME, "", id="both hold"),
        pytest.param(outcome(HOLDS, "201"), outcome(HOLDS, "200"), SAME, "", id="both hold in their ways"),
        pytest.param(outcome(FAILS, why="a"), outcome(HOLDS), DIFFERS, "a", id="only the emulator holds"),
        pytest.param(outcome(HOLDS), outcome(FAILS, why="b"), DIFFERS, "b", id="only the cloud holds"),
        pytest.param(outcome(FAILS, why="a"), outcome(FAILS, why="b"), SAME, "", id="both fail alike"),
        pytest.param(
            outcome(FAILS, "404", "a"),
            outcome(FAILS, "403"),
            DIFFERS,
            "404, not 403: a",
            id="both fail, not alike",
        ),
        pytest.param(outcome(SKIPPED, why="a"), outcome(FAILS), SKIPPED, "a", id="skipped by the cloud"),
        pytest.param(outcome(HOLDS), outcome(SKIPPED, why="b"), SKIPPED, "b", id="skipped by the emulator"),
    ],
)
def test_what_two_outcomes_come_to(cloud: Outcome, emulator: Outcome, result: str, why: str) -> None:
    (point,) = compare("a cloud", {cloud.scenario: cloud}, {emulator.scenario: emulator}).points
    assert point.result == result
    assert point.why.endswith(why)
