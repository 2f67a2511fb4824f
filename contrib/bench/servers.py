"""Starts the two servers, each ready to be asked as a producer and as a consumer."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from contrib import real_glance

STARTS_WITHIN = 60.0  # seconds
POLL = 0.002  # seconds between two looks at a server that is starting
PERSONAS = ("producer", "consumer")

_ADDRESS = re.compile(rb"http://127\.0\.0\.1:(\d+)")


class NotStarted(Exception):
    """A server ended or stayed silent instead of answering."""


@dataclass(frozen=True)
class Caller:
    """Who asks: the header lines that say so, and the project."""

    headers: bytes
    project: str


@dataclass(frozen=True)
class Server:
    """A server that answers."""

    pid: int
    port: int
    seconds: float  # from the start of its command to the first authenticated answer
    producer: Caller
    consumer: Caller


Starter = Callable[[], contextlib.AbstractContextManager[Server]]


@contextlib.contextmanager
def emulator(auth: str = "keystone") -> Iterator[Server]:
    """Run `glance-emulator serve`: as it comes, callers log in and send tokens; with `trusted` they are believed."""
    program = str(Path(sys.executable).with_name("glance-emulator"))
    command = [program, "serve", "--ephemeral", "--port", "0", "--auth", auth]
    environment = {name: text for name, text in os.environ.items() if not name.startswith("GLANCE_EMULATOR_")}
    with tempfile.TemporaryDirectory(prefix="bench-emulator-") as folder:
        output = Path(folder) / "output"
        began = time.perf_counter()
        with output.open("wb") as written:
            process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            port = _announced_port(process, output)
            _until_answered(process, output, port, "/healthcheck", {})
            producer = log_in(port, "producer") if auth == "keystone" else believed("producer")
            _until_answered(process, output, port, "/v2/images", _as_mapping(producer))
            seconds = time.perf_counter() - began
            consumer = log_in(port, "consumer") if auth == "keystone" else believed("consumer")
            yield Server(process.pid, port, seconds, producer, consumer)
        finally:
            real_glance.terminate(process)


@contextlib.contextmanager
def real() -> Iterator[Server]:
    """Run a real Glance on an empty folder, as the emulator is: callers are believed."""
    producer, consumer = map(believed, PERSONAS)
    port = real_glance.free_port()
    with tempfile.TemporaryDirectory(prefix="bench-real-") as folder:
        state = Path(folder)
        began = time.perf_counter()
        real_glance.prepare(state, port, real_glance.PLAIN)
        process = real_glance.launch(state, port)
        try:
            _until_answered(process, state / "gunicorn.log", port, "/v2/images", _as_mapping(producer))
            yield Server(process.pid, port, time.perf_counter() - began, producer, consumer)
        finally:
            real_glance.terminate(process)


def believed(persona: str) -> Caller:
    """Return a persona who says in headers who it is."""
    project = f"bench-{persona}"
    headers = {
        "X-Identity-Status": "Confirmed",
        "X-User-Id": project,
        "X-Project-Id": project,
        "X-Roles": "member,reader",
    }
    return Caller("".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode(), project)


def log_in(port: int, persona: str) -> Caller:
    """Return a persona of the emulator with a fresh token."""
    user = {"name": persona, "password": "secret", "domain": {"name": "Default"}}
    project = {"name": persona, "domain": {"name": "Default"}}
    identity = {"methods": ["password"], "password": {"user": user}}
    body = json.dumps({"auth": {"identity": identity, "scope": {"project": project}}})
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=STARTS_WITHIN)
    with contextlib.closing(connection):
        connection.request("POST", "/identity/v3/auth/tokens", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        document = json.load(answer)
        if answer.status != 201:
            raise NotStarted(f"{persona} could not log in: {document}")
        token = answer.headers["X-Subject-Token"]
    return Caller(f"X-Auth-Token: {token}\r\n".encode(), document["token"]["project"]["id"])


def _announced_port(process: subprocess.Popen[bytes], output: Path) -> int:
    """Wait for the block in which the emulator says where it listens."""
    deadline = time.monotonic() + STARTS_WITHIN
    while process.poll() is None and time.monotonic() < deadline:
        if found := _ADDRESS.search(output.read_bytes()):
            return int(found[1])
        time.sleep(POLL)
    raise NotStarted(f"the emulator printed no URL:\n{output.read_text(errors='replace')[-2000:]}")


def _until_answered(process: subprocess.Popen[bytes], log: Path, port: int, path: str, headers: dict[str, str]) -> None:
    """Ask until the answer is 200."""
    deadline = time.monotonic() + STARTS_WITHIN
    while process.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=STARTS_WITHIN)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", path, headers=headers)
            if connection.getresponse().status == 200:
                return
        time.sleep(POLL)
    raise NotStarted(f"port {port} gave no 200 for {path}:\n{log.read_text(errors='replace')[-2000:]}")


def _as_mapping(caller: Caller) -> dict[str, str]:
    lines = caller.headers.decode().splitlines()
    return dict(line.split(": ", 1) for line in lines)
