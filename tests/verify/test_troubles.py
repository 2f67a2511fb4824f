"""What `verify` does when it is interrupted, when the cloud is away for a while, and when something stays there."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.processes import until
from tests.verify.conftest import Cloud

LONG = ("--against", "suite", "-k", "test_listing_filters or test_images_patch", "--format", "json")
PROJECTS = "/identity/v3/projects"


@contextmanager
def begun(cloud: Cloud, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Give a run that has made its first projects."""
    before = len(cloud.contents()[PROJECTS])
    with cloud.start(*options) as process:
        until(lambda: len(cloud.contents()[PROJECTS]) > before + 1, 60)
        try:
            yield process
        finally:
            process.kill()


def test_what_is_interrupted_leaves_nothing(cloud: Cloud) -> None:
    before = cloud.contents()
    with begun(cloud, "-k", "test_members") as process:
        time.sleep(1)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=90)
        assert process.returncode == 128 + signal.SIGTERM
    assert cloud.contents() == before


def test_who_asks_again_is_told_what_it_waits_for(cloud: Cloud) -> None:
    before = cloud.contents()
    with begun(cloud, *LONG) as process:
        cloud.world.fault({"latency": 0.5}, service="identity", method="DELETE")
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        process.send_signal(signal.SIGHUP)
        _, said = process.communicate(timeout=90)
        assert (process.returncode, "once more" in said) == (128 + signal.SIGINT, True), said
    assert cloud.contents() == before


def test_who_asks_a_third_time_is_told_what_is_left(cloud: Cloud) -> None:
    before = cloud.contents()
    with begun(cloud, *LONG) as process:
        cloud.world.fault({"latency": 20}, service="identity", method="DELETE")
        for _ in range(3):
            process.send_signal(signal.SIGINT)
            time.sleep(1)
        _, said = process.communicate(timeout=15)
        assert process.returncode == 128 + signal.SIGINT, said
        assert f"left in {cloud.url}: project glance-emulator-verify-" in said
        assert "Traceback" not in said
    assert cloud.contents() != before


def test_the_suite_cleans_up_if_the_command_was_killed(cloud: Cloud) -> None:
    before = cloud.contents()
    with begun(cloud, *LONG) as process:
        process.kill()
    until(lambda: cloud.contents() == before, 60)


def test_an_outage_is_no_difference(cloud: Cloud) -> None:
    before = cloud.contents()
    with begun(cloud, "--against", "suite", "-k", "test_images_delete or test_tags", "--format", "json") as process:
        cloud.world.fault({"reset": "before"}, service="image", lasts=3)
        told, said = process.communicate(timeout=200)
    found = json.loads(told)
    assert (process.returncode, found["unfinished"]) == (2, ""), said
    assert (found["count"]["differs"], found["count"]["unanswered"] > 0) == (0, True)
    assert cloud.contents() == before


def test_a_cloud_that_stops_answering(cloud: Cloud) -> None:
    with begun(cloud, *LONG, "--patience", "2") as process:
        time.sleep(1)
        cloud.world.fault({"status": 503})
        told, said = process.communicate(timeout=100)
    found = json.loads(told)
    assert (process.returncode, "Traceback" in said) == (3, False), said
    assert "stopped answering" in found["unfinished"]
    assert found["count"]["differs"] == 0
    assert "left in" in said


def test_what_cannot_be_removed_is_told_after_the_report(cloud: Cloud) -> None:
    cloud.world.fault({"status": 403}, service="identity", method="DELETE", path="/identity/v3/projects/*")
    done = cloud.verify("-k", "second_offer")
    assert (done.returncode, "differ in 0" in done.stdout) == (3, True)
    assert f"left in {cloud.url}: project glance-emulator-verify-" in done.stderr


def test_who_may_not_make_projects_is_told_soon(cloud: Cloud) -> None:
    before = cloud.contents()
    cloud.world.fault({"status": 403, "message": "No more projects."}, method="POST", path="/identity/v3/projects")
    done = cloud.verify("-k", "second_offer")
    assert (done.returncode, done.stdout) == (2, "")
    assert "admin: POST /identity/v3/projects is answered 403" in done.stderr
    assert "No more projects." in done.stderr
    assert cloud.contents() == before
