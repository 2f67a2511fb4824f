"""A real service and the emulator, asked the same."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn
from urllib.parse import unquote

from tests.differential.compare import differences, shortened
from tests.differential.on_purpose import ON_PURPOSE, Step
from tests.differential.people import ADMIN
from tests.differential.wire import Answer, Request, Service

WRITE, WORK = 0.05, 0.25
"""Seconds that a request may take on the slower service until all of it is noted: itself, or its work afterwards."""
OLD_PATCH = {"Content-Type": "application/openstack-images-v2.0-json-patch"}
SETTLES_WITHIN = 30.0  # seconds


class Pair:
    """Both services; counts the steps, which are requests whose two answers were compared."""

    def __init__(self, real: str, ours: str, web: str, say: Callable[[str], None]) -> None:
        self._say = say
        self.differed = False
        self.real, self.ours, self.web = Service(real), Service(ours), web
        self.steps = 0
        self.excused: dict[str, int] = {}

    def both(self, request: Request) -> tuple[Answer, Answer]:
        """Send the request to both at the same time, and within the same second: lists are sorted by these."""
        if request.method not in ("GET", "HEAD"):
            left = 1 - time.time() % 1
            if left < (WORK if request.target.endswith("/import") else WRITE):
                time.sleep(left)
        self.real.send(request)
        self.ours.send(request)
        return self.real.receive(), self.ours.receive()

    def ask(self, request: Request) -> tuple[Answer, bool]:
        """Compare the answers; return the real one, and whether the two services' states agree from here on."""
        step = Step(request, *self.both(request))
        self.steps += 1
        found = differences(request, step.real, step.ours)
        for known in ON_PURPOSE:
            if (found or known.parts) and known.applies(step):
                self.excused[known.reason] = self.excused.get(known.reason, 0) + 1
                return step.real, not known.parts
        if found:
            self._fail(_report(step, found))
        return step.real, True

    def _fail(self, report: str) -> NoReturn:
        """Raise AssertionError; the first time, tell of it at once."""
        if not self.differed:
            self.differed = True
            self._say(f"{report}\n  ... looking for the shortest sequence that shows it")
        raise AssertionError(report)

    def give_up(self, image_id: str) -> None:
        """Delete an image from both, whatever it is like."""
        path = f"/v2/images/{image_id}"
        self.both(Request("PATCH", path, {**ADMIN, **OLD_PATCH}, b'[{"replace": "/protected", "value": false}]'))
        self.both(Request("DELETE", path, ADMIN))

    def forget(self, namespace: str) -> None:
        """Delete a namespace of metadata definitions from both."""
        path = f"/v2/metadefs/namespaces/{namespace}"
        body = json.dumps({"namespace": unquote(namespace), "protected": False}).encode()
        self.both(Request("PUT", path, ADMIN, body))
        self.both(Request("DELETE", path, ADMIN))

    def settle(self, image_id: str) -> None:
        """Wait until neither works on the image any more."""
        deadline = time.monotonic() + SETTLES_WITHIN
        showing = Request("GET", f"/v2/images/{image_id}", ADMIN)
        while True:
            bodies = [answer.body for answer in self.both(showing)]
            if not any(b'"os_glance_import_task"' in body for body in bodies):
                return
            if time.monotonic() > deadline:
                shown = "\n".join(f"  {name} {body!r}" for name, body in zip(("real", "emulator"), bodies, strict=True))
                self._fail(f"{image_id} is still worked on after {SETTLES_WITHIN} seconds:\n{shown}")
            time.sleep(0.02)

    def sweep(self) -> None:
        """Delete every image from both."""
        for service in (self.real, self.ours):
            for hidden in ("false", "true"):
                _sweep(service, Request("GET", f"/v2/images?visibility=all&os_hidden={hidden}&limit=1000", ADMIN))


def _sweep(service: Service, listing: Request) -> None:
    for image in json.loads(service.ask(listing).body)["images"]:
        path = f"/v2/images/{image['id']}"
        service.ask(replace(listing, method="PATCH", target=path, headers={**ADMIN, **OLD_PATCH},
                            body=b'[{"replace": "/protected", "value": false}]'))  # fmt: skip
        service.ask(Request("DELETE", path, ADMIN))


def _report(step: Step, found: list[str]) -> str:
    request = step.request
    identity = {name: value for name, value in request.headers.items() if name != "X-Identity-Status"}
    return "\n".join([
        f"{request.method} {request.target}",
        f"  headers {identity}",
        f"  body {shortened(request.body)}",
        *(f"  {line}" for line in found),
        f"  real     {step.real.status} {shortened(step.real.body)}",
        f"  emulator {step.ours.status} {shortened(step.ours.body)}",
    ])  # fmt: skip
