"""The pytest plugin, as a project has it that knows nothing of ours."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

CONTRACT = """
import pytest
from datetime import datetime

def test_a_share(glance, glance_cloud, glance_client):
    producer, consumer = glance_cloud("producer"), glance_cloud("consumer")
    image = producer.image.create_image(name="golden", data=b"bytes", disk_format="raw", container_format="bare")
    producer.image.add_member(image.id, member_id=consumer.current_project_id)
    assert [found.name for found in consumer.image.images()] == []
    glance_client("consumer").image_members.update(image.id, consumer.current_project_id, "accepted")
    assert [found.name for found in consumer.image.images()] == ["golden"]

def test_nothing_is_left(glance_cloud):
    assert list(glance_cloud("producer").image.images()) == []

@pytest.mark.glance(seed=1, freeze="2030-01-01T00:00:00Z", quota={"image_count_total": 1})
@pytest.mark.parametrize("time", [1, 2])
def test_repeatable(glance_client, time):
    image = glance_client("producer").images.create(name="x")
    assert (image.created_at, image.id) == ("2030-01-01T00:00:00Z", "%s")

@pytest.mark.glance(seed="seed.yaml", freeze=datetime(2031, 1, 1), rejected_members="lose-access")
def test_seeded(glance, glance_cloud):
    assert [image.name for image in glance_cloud("consumer").image.images()] == ["from the file"]
    assert glance.control("GET", "clock")["now"] == "2031-01-01T00:00:00.000000Z"
"""
FIRST = "fb5cbff1-6341-4059-ab54-b4300ffe2742"
SEED = """
images:
- {name: from the file, project: producer, members: [{project: consumer, status: accepted}]}
"""
OPTIONS = ("-p", "no:cacheprovider", "-W", "ignore")


def test_fixtures_and_marker(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(CONTRACT.replace("%s", FIRST))
    pytester.path.joinpath("seed.yaml").write_text(SEED)
    pytester.runpytest_subprocess(*OPTIONS).assert_outcomes(passed=5)


def test_in_parallel(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(CONTRACT.replace("%s", FIRST))
    pytester.path.joinpath("seed.yaml").write_text(SEED)
    pytester.runpytest_subprocess("-n", "2", *OPTIONS).assert_outcomes(passed=5)


def test_a_failure_shows_the_requests_and_why_they_were_answered_so(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_it(glance, glance_client):
            image = glance_client("producer").images.create(name="x", visibility="private")
            glance_client("consumer").images.get(image.id)
        """
    )
    result = pytester.runpytest_subprocess(*OPTIONS)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*requests to the emulator*", "201 POST /v2/images*", "404 GET /v2/images/*"])
    result.stdout.fnmatch_lines(["*is private to project*"])


def test_a_fixture_that_fails_shows_the_requests_too(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        @pytest.fixture
        def image(glance_client):
            return glance_client("producer").images.create(name="x", visibility="public")
        def test_it(image): pass
        """
    )
    result = pytester.runpytest_subprocess(*OPTIONS)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*requests to the emulator*", "403 POST /v2/images*"])


def test_a_success_shows_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(glance): pass")
    result = pytester.runpytest_subprocess("-rA", *OPTIONS)
    result.assert_outcomes(passed=1)
    assert "requests to the emulator" not in result.stdout.str()


@pytest.mark.parametrize("marker", ["colour='red'", "5"])
def test_a_marker_that_is_not_understood(pytester: pytest.Pytester, marker: str) -> None:
    pytester.makepyfile(
        f"""
        import pytest
        @pytest.mark.glance({marker})
        def test_it(glance): pass
        """
    )
    result = pytester.runpytest_subprocess(*OPTIONS)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*the marker glance takes*"])


def test_options_and_a_running_emulator(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nglance_emulator_options = --store one --store two\n")
    pytester.makepyfile(
        """
        import subprocess, sys
        def test_it(glance, glance_client, glance_emulator):
            stores = glance_client("producer").images.get_stores_info()["stores"]
            assert [store["id"] for store in stores] == ["one", "two"]
            found = subprocess.run([sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "inner.py",
                                    "--glance-emulator-url", glance_emulator.url])
            assert found.returncode == 0
        """
    )
    pytester.path.joinpath("inner.py").write_text("def test_inner(glance): assert glance.requests() == []\n")
    pytester.runpytest_subprocess(*OPTIONS).assert_outcomes(passed=1)


def test_it_costs_nothing_where_it_is_not_used(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys
        def test_it():
            assert not {"sqlalchemy", "flask", "openstack", "glance_emulator.testing"} & sys.modules.keys()
        """
    )
    pytester.runpytest_subprocess(*OPTIONS, "-p", "no:schemathesis", "-p", "no:hypothesispytest").assert_outcomes(
        passed=1
    )
