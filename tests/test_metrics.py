"""/metrics, for all workers, and the logs of a server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from tests.processes import PRODUCER, running, until
from tests.test_server import children
from tests.transfers import create, upload

SERVE = ("serve", "--port", "0", "--auth", "trusted", "--ephemeral")


def measured(url: str) -> dict[tuple[str, ...], float]:
    """Return the values of /metrics, by name and labels."""
    answer = requests.get(f"{url}/metrics", timeout=9)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    return {
        (
            sample.name.removeprefix("glance_emulator_"),
            *(sample.labels[name] for name in sorted(sample.labels)),
        ): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


SHOWN = ("requests_total", "GET", "images.index", "image", "200")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_requests_are_counted_for_all_workers(workers: str) -> None:
    with running(*SERVE, "--workers", workers) as process:
        url = process.url()
        for number in range(30):
            requests.get(f"{url}/v2/images?x={number}", headers={**PRODUCER, "Connection": "close"}, timeout=9)
        until(lambda: measured(url).get(SHOWN) == 30)
        found = measured(url)
        assert found["request_seconds_count", "images.index", "image"] == 30
        assert found["sent_bytes_total", "images.index", "image"] > 0
        process.stop()


def test_a_worker_that_dies_takes_nothing_away() -> None:
    with running(*SERVE, "--workers", "2") as process:
        url = process.url()
        for _ in range(20):
            requests.get(f"{url}/v2/images", headers={**PRODUCER, "Connection": "close"}, timeout=9)
        until(lambda: measured(url).get(SHOWN) == 20)
        os.kill(children(process.process.pid)[0], signal.SIGKILL)
        until(lambda: len(children(process.process.pid)) == 2)
        assert measured(url)[SHOWN] == 20
        process.stop()


def test_what_there_is() -> None:
    with running(*SERVE) as process:
        url = process.url()
        create(url)
        upload(url, create(url), b"12345")
        found = measured(url)
        assert (found["images", "active"], found["images", "queued"], found["stored_bytes", "local"]) == (1, 1, 5)
        assert [key for key in found if key[0] == "info"] != []
        process.stop()


def test_paths_and_methods_of_strangers_make_no_metrics() -> None:
    with running(*SERVE) as process:
        url = process.url()
        before = measured(url)
        for number in range(20):
            requests.request(f"ODD{number}", f"{url}/v2/nothing/{number}", headers=PRODUCER, timeout=9)
            requests.get(f"{url}/v2/images/{number}", headers=PRODUCER, timeout=9)
        found = measured(url)
        assert len([key for key in found if key[0] == "requests_total"]) <= len(before) + 3
        process.stop()


def test_faults_of_our_own_are_logged_as_the_requests_are(tmp_path: Path) -> None:
    with running(*SERVE[:-1], "--state", str(tmp_path), "--log-format", "json") as process:
        url = process.url()
        image = create(url)
        upload(url, image, b"12345")
        (tmp_path / "world.sqlite").write_bytes(b"no database any more" * 1000)
        answer = requests.get(f"{url}/v2/images/{image}/tasks", headers=PRODUCER, timeout=9)
        assert answer.status_code == 500

        def told() -> list[dict[str, object]]:
            lines = [line for line in process.output().splitlines() if line.startswith("{")]
            return [found for found in map(json.loads, lines) if found.get("level") == "ERROR"]

        until(told)
        error = told()[0]
        assert error["request_id"] == answer.headers["x-openstack-request-id"]
        assert "Traceback" in str(error["traceback"])


def test_requests_are_followed() -> None:
    with running(*SERVE) as process:
        url = process.url()
        create(url)
        command = [sys.executable, "-u", "-m", "glance_emulator", "logs", "-f", "-n", "0", "--json", "--url", url]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as follower:
            assert follower.stdout is not None
            until(lambda: "GET /_emulator/requests" in process.output())
            requests.get(f"{url}/v2/images/none", headers=PRODUCER, timeout=9)
            requests.get(f"{url}/v2/images", headers=PRODUCER, timeout=9)
            found = [json.loads(follower.stdout.readline()) for _ in range(2)]
            follower.send_signal(signal.SIGINT)
            assert follower.wait(9) == -signal.SIGINT
        assert [(one["path"], one["status"]) for one in found] == [("/v2/images/none", 404), ("/v2/images", 200)]
        process.stop()
