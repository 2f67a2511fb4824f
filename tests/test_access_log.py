"""What the server logs of each request."""

from __future__ import annotations

import json
import re

import requests

from tests.processes import PRODUCER, Process, running, until
from tests.transfers import content, create, upload

TRUSTED = ("serve", "--port", "0", "--auth", "trusted")


def log_lines(process: Process, count: int) -> list[str]:
    """Return the last lines that it printed, once there are as many that are no part of the block."""

    def found() -> list[str]:
        return [line for line in process.output().splitlines() if "/v2/" in line]

    until(lambda: len(found()) >= count)
    return found()


def test_requests_are_logged_as_text() -> None:
    with running(*TRUSTED, "--ephemeral") as process:
        url = process.url()
        answer = requests.get(f"{url}/v2/images?limit=1", headers=PRODUCER, timeout=5)
        (line,) = log_lines(process, 1)
        process.stop()
    request_id = answer.headers["x-openstack-request-id"]
    time_ = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    expected = rf"{time_} GET /v2/images\?limit=1 200 \d+\.\d {len(answer.content)} {request_id}"
    assert re.fullmatch(expected, line), line


def test_requests_are_logged_as_json() -> None:
    with running(*TRUSTED, "--ephemeral", "--log-format", "json") as process:
        url = process.url()
        image_id = create(url)
        upload(url, image_id, content(100_000))
        answer = requests.get(f"{url}/v2/images/{image_id}/file", headers=PRODUCER, timeout=5)
        line = json.loads(log_lines(process, 3)[-1])
        process.stop()
    assert line.pop("ms") > 0
    assert line.pop("time").endswith("Z")
    assert line == {
        "method": "GET",
        "path": f"/v2/images/{image_id}/file",
        "status": 200,
        "bytes": 100_000,
        "request_id": answer.headers["x-openstack-request-id"],
    }
