"""The pytest plugin, as a project has it that knows nothing of ours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONTRACT = """
import pytest
from datetime import datetime

pytestmark = pytest.mark.glance(quota={"image_count_total": 1})

def test_a_share(glance, glance_cloud, glance_client):
    producer, consumer = glance_cloud("producer"), glance_cloud("consumer")
    image = producer.image.create_image(name="golden", data=b"bytes", disk_format="raw", container_format="bare")
    producer.image.add_member(producer.image.find_image("golden").id, member_id=consumer.current_project_id)
    assert [found.name for found in consumer.image.images()] == []
    glance_client("consumer").image_members.update(image.id, consumer.current_project_id, "accepted")
    assert [found.name for found in consumer.image.images()] == ["golden"]

def test_nothing_is_left(glance_cloud):
    assert list(glance_cloud("producer").image.images()) == []

@pytest.mark.glance(freeze="2030-01-01T00:00:00Z", seed=2)
@pytest.mark.glance(seed=1)
@pytest.mark.parametrize("time", [1, 2])
def test_repeatable(glance_client, time):
    image = glance_client("producer").images.create(name="x")
    assert (image.created_at, image.id) == ("2030-01-01T00:00:00Z", "%s")
    with pytest.raises(Exception, match="413"):
        glance_client("producer").images.create(name="y")

@pytest.mark.glance(seed=(7, "seed.yaml"), quota={}, freeze=datetime(2031, 1, 1), rejected_members="lose-access")
def test_seeded(glance, glance_cloud, glance_client):
    assert [image.name for image in glance_cloud("consumer").image.images()] == ["from the file"]
    assert glance.control("GET", "clock")["now"] == "2031-01-01T00:00:00.000000Z"
    assert glance.control("GET", "ids")["seed"] == 7
    assert glance_cloud("eve", password="correct-horse", project="acme").current_project.name == "acme"
    assert glance_cloud("bob", project="acme").current_user_id
    assert [image.name for image in glance_client("adam", password="pw").images.list()] == []
    with pytest.raises(Exception, match="there is no persona eve"):
        glance_cloud("eve")

@pytest.fixture(scope="module", autouse=True)
def base(glance_emulator):
    with glance_emulator.world("base") as world:
        world.seed("images: [{name: kept, project: producer}]\\n")
        world.save("full")
        world.reset()
        yield world

@pytest.mark.glance(source="base", snapshot="full", quota={})
def test_a_copy(glance_cloud):
    assert [image.name for image in glance_cloud("producer").image.images()] == ["kept"]
"""
FIRST = "fb5cbff1-6341-4059-ab54-b4300ffe2742"
SEED = """
projects: [{name: acme}, {name: adam}]
users:
- {name: eve, password: correct-horse, project: acme}
- {name: bob, project: acme}
- {name: adam, password: pw, project: adam}
images:
- {name: from the file, project: producer, members: [{project: consumer, status: accepted}]}
"""
PAGE = Path(__file__).parents[1] / "contrib" / "docs" / "tests.md"
FILTERS = "\n    ".join(["error", *re.findall(r'"(ignore::openstack[^"]+)"', PAGE.read_text())])
"""What the page says that a project needs."""
OPTIONS = ("-p", "no:cacheprovider", "-W", "ignore")


def test_fixtures_and_marker(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(CONTRACT.replace("%s", FIRST))
    pytester.path.joinpath("seed.yaml").write_text(SEED)
    pytester.makeini(f"[pytest]\nfilterwarnings =\n    {FILTERS}\n")
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=6)


def test_in_parallel(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(CONTRACT.replace("%s", FIRST))
    pytester.path.joinpath("seed.yaml").write_text(SEED)
    pytester.runpytest_subprocess("-n", "2", *OPTIONS).assert_outcomes(passed=6)


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
    result.stdout.fnmatch_lines(
        ["*requests to the emulator*", "201 POST /v2/images  req-*  producer", "404 GET /v2/images/*  req-*  consumer"]
    )
    result.stdout.fnmatch_lines(["*is private to project*"])


WAYS_TO_FAIL = """
import pytest, requests

def ask(world, path):
    requests.get(f"{world.url}/{path}", timeout=9)

@pytest.fixture(scope="module")
def shared(glance_emulator):
    with glance_emulator.world("shared") as world:
        yield world

@pytest.fixture
def image(glance_client):
    return glance_client("producer").images.create(name="x", visibility="public")

@pytest.fixture
def ends(glance):
    yield
    ask(glance, "?end")
    raise OSError

def test_passes(glance, shared):
    ask(glance, "?glance")
    ask(shared, "?before")

def test_of_a_module(shared):
    ask(shared, "?of-it")
    assert False

def test_of_several(shared, glance, glance_emulator):
    for world in (shared, glance, glance_emulator.default):
        ask(world, f"?several-{world.name[:6]}")
    assert False

def test_without(shared):
    assert False

def test_setup(image): pass

@pytest.mark.glance(colour="red")
def test_marker(glance): pass

@pytest.mark.glance(5)
def test_number(glance): pass

def test_teardown(ends): pass
"""


def test_reports_show_what_was_asked_since_the_test_began(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(WAYS_TO_FAIL)
    result = pytester.runpytest_subprocess("-rA", "--tb=line", *OPTIONS)
    result.assert_outcomes(passed=2, failed=3, errors=4)
    text = result.stdout.str()
    assert text.count("- requests to the emulator") == 6
    for shown in ("?of-it", "?several-shared", "?several-defaul", "403 POST /v2/images", "/?end"):
        assert text.count(shown) == 1, shown
    assert "?glance" not in text
    assert "?before" not in text
    result.stdout.fnmatch_lines(["*the marker glance takes *, and not colour", "*the marker glance takes *, and not 5"])


OWN = """
import os, subprocess, sys
from glance_emulator import testing

def test_options(glance_client):
    stores = glance_client("admin").images.get_stores_info()["stores"]
    assert [store["id"] for store in stores] == ["one", "two"]

def test_a_password_in_a_file(tmp_path):
    (tmp_path / "emulator.toml").write_text('admin_password = "third"')
    with testing.emulator("--config", str(tmp_path / "emulator.toml")) as emulator:
        assert emulator.default.login("admin")["auth"]["password"] == "third"

def test_a_running_one(glance_emulator):
    url = glance_emulator.url.replace("127.0.0.1", "127.1")  # which the emulator takes for another machine's name
    found = subprocess.run([sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "inner.py",
                            "--glance-emulator-url", url],
                           env={**os.environ, "GLANCE_EMULATOR_ADMIN_PASSWORD": "other"})
    assert found.returncode == 0
"""
INNER = """
import sys, pytest

@pytest.mark.glance(seed=[1, "seed.yaml"], freeze="2035-01-01T00:00:00Z")
def test_from_elsewhere(glance, glance_client):
    glance.advance_clock("2d")
    assert len(list(glance_client("admin").images.list())) == 1

@pytest.mark.parametrize(("fixture", "module"), [("glance_cloud", "openstack"), ("glance_client", "glanceclient")])
def test_a_client_that_is_missing(request, monkeypatch, fixture, module):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(pytest.UsageError, match="pip install"):
        request.getfixturevalue(fixture)
"""


def test_an_emulator_with_options_and_a_running_one(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nglance_emulator_options = --store one --store two --admin-password other\n")
    pytester.makepyfile(OWN)
    pytester.path.joinpath("inner.py").write_text(INNER)
    pytester.path.joinpath("seed.yaml").write_text(SEED)
    pytester.runpytest_subprocess(*OPTIONS).assert_outcomes(passed=3)


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
