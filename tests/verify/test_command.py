"""`glance-emulator verify`: what it finds in a cloud, and that it leaves nothing there."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from glance_emulator.testing import emulator
from tests.verify.conftest import Cloud

SCENARIOS = "member_reads or status_concerns or second_offer"
UNTIDY = "test_http_odds or test_odd_names or within_the_basic_plane or test_cut or test_resource_types or deactivated"
"""Scenarios that make things without being told their ids, or what no request removes."""


def test_a_cloud_that_is_the_same(cloud: Cloud) -> None:
    before = cloud.contents()
    done = cloud.verify("-k", SCENARIOS, "--format", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["count"]["differs"] == 0
    assert found["count"]["same"] >= 3
    assert all(point["seconds"] > 0 for point in found["points"])
    assert "scenarios, 0 do not hold" in done.stderr
    assert cloud.contents() == before


def test_a_cloud_that_differs_is_told_point_by_point(tmp_path: Path) -> None:
    with emulator("--rejected-members", "lose-access") as started:
        cloud = Cloud(started.default, tmp_path)
        done = cloud.verify("-k", SCENARIOS, "--format", "junit", "--output", str(tmp_path / "x.xml"))
    assert done.returncode == 1, done.stderr
    suite = ElementTree.parse(tmp_path / "x.xml").getroot()[0]
    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    assert 0 < len(failed) < len(suite)
    assert suite.get("failures") == str(len(failed))


@pytest.mark.parametrize("kind", ["cloud", "trusting"])
def test_untidy_scenarios_leave_nothing(request: pytest.FixtureRequest, kind: str) -> None:
    cloud: Cloud = request.getfixturevalue(kind)
    before = cloud.contents()
    done = cloud.verify("-k", UNTIDY, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["count"]["same"] > 100
    assert cloud.contents() == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(("--cloud", "admin", "--url", "http://x"), "say --cloud NAME", id="two clouds"),
        pytest.param(("--cloud", "nowhere"), "nowhere", id="an unknown cloud"),
        pytest.param(("-k", "no_such_scenario"), "no scenario is selected", id="no scenario"),
        pytest.param(("--cloud", "consumer", "-k", SCENARIOS), "has not the role admin", id="somebody who is no admin"),
        pytest.param(("--url", "http://127.0.0.1:1", "-k", SCENARIOS), "127.0.0.1:1", id="nobody there"),
        pytest.param(("--output", "/no/such/folder/x"), "/no/such/folder/x cannot be written", id="no such folder"),
    ],
)
def test_what_cannot_be_asked(cloud: Cloud, options: tuple[str, ...], said: str) -> None:
    done = cloud.verify(*options)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("auth", "said"),
    [
        pytest.param("auth_type: none", "logs in at no Keystone", id="no login"),
        pytest.param("auth: {username: admin, password: secret, system_scope: all}", "for no project", id="no project"),
    ],
)
def test_logins_that_do_not_do(cloud: Cloud, tmp_path: Path, auth: str, said: str) -> None:
    file = tmp_path / "other.yaml"
    where = f"auth_url: {cloud.url}/identity/v3, user_domain_id: default"
    text = auth.replace("auth: {", f"auth: {{{where}, ")
    file.write_text(f"clouds:\n  other:\n    region_name: RegionOne\n    {text}\n")
    done = cloud.verify("--cloud", "other", OS_CLIENT_CONFIG_FILE=str(file))
    assert (done.returncode, said in done.stderr, "Traceback" in done.stderr) == (2, True, False), done.stderr


def test_a_service_below_a_path(tmp_path: Path) -> None:
    with emulator() as started, started.world() as world:
        cloud = Cloud(world, tmp_path)
        before = cloud.contents()
        done = cloud.verify("-k", "test_versions or location_follows")
        assert (done.returncode, cloud.contents()) == (0, before), done.stdout


def test_proxies_are_for_the_cloud_alone(cloud: Cloud) -> None:
    cloud.locate(cloud.url.replace("127.0.0.1", "localhost"))
    done = cloud.verify("-k", SCENARIOS, HTTP_PROXY="http://127.0.0.1:1", NO_PROXY="localhost")
    assert done.returncode == 0, done.stderr


def test_an_older_release(tmp_path: Path) -> None:
    with emulator("--auth", "trusted", "--release", "yoga") as started:
        cloud = Cloud(started.default, tmp_path, trusted=True)
        for release, same in (("yoga", True), ("latest", False)):
            options = ("--release", release, "-k", "every_listed_version or test_document", "--format", "json")
            done = cloud.verify(*options)
            found = json.loads(done.stdout)
            assert (done.returncode == 0, found["count"]["differs"] == 0) == (same, same)
            assert any(point["cloud"] == "fails" for point in found["points"])
