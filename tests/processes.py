"""The emulator as its users run it: a process of its own, started by the command and stopped by a signal."""

from __future__ import annotations

import os
import re
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

PRODUCER = {
    "X-Identity-Status": "Confirmed",
    "X-User-Id": "producer",
    "X-Project-Id": "producer",
    "X-Roles": "member,reader",
}
"""The headers of somebody who owns images, for servers that trust headers."""
TEST_DATABASE = "GLANCE_EMULATOR_TEST_DATABASE"
"""The variable with the URL of a PostgreSQL database, for tests to use that instead of SQLite."""
STARTS_WITHIN = 30.0  # seconds
STOPS_WITHIN = 40.0
_URL = re.compile(r"URL\s+(https?://\S+)")


class Process:
    """A `glance-emulator` that has been started with some arguments; what it prints goes to a file."""

    def __init__(self, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        """Start it; variables of the outside that would change what it does are left out."""
        environ = {name: text for name, text in os.environ.items() if not name.startswith("GLANCE_EMULATOR_")}
        self._output = tempfile.NamedTemporaryFile("rb", prefix="emulator-output-")  # noqa: SIM115 - closed in close
        self.process = subprocess.Popen(
            [sys.executable, "-m", "glance_emulator", *arguments],
            env={**environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=self._output.fileno(),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self.process.pid

    def output(self) -> str:
        """Return what it has printed up to now, on stdout and stderr."""
        return Path(self._output.name).read_text(errors="replace")

    def url(self) -> str:
        """Wait until it says that it is ready, and /healthcheck does too; return its URL."""
        deadline = time.monotonic() + STARTS_WITHIN
        while self.process.poll() is None and time.monotonic() < deadline:
            if (found := _URL.search(self.output())) and _healthy(found[1]):
                return found[1]
            time.sleep(0.01)
        raise AssertionError(f"the emulator did not start:\n{self.output()}")

    def wait(self, seconds: float = STOPS_WITHIN) -> int:
        """Wait for its end; return the exit code."""
        return self.process.wait(seconds)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it, and ascertain that it ends well."""
        self.process.send_signal(how)
        assert self.wait() == 0, self.output()

    def close(self) -> None:
        """Make sure that nothing is left of it."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self._output.close()


def _healthy(url: str) -> bool:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    with urllib.request.urlopen(f"{url}/healthcheck", context=trusting) as answer:
        return bool(answer.status == 200)


@contextmanager
def running(*arguments: str, env: Mapping[str, str] | None = None) -> Iterator[Process]:
    """Give a process that is killed at the end, if it has not ended by then."""
    process = Process(*arguments, env=env)
    try:
        yield process
    finally:
        process.close()


@contextmanager
def database() -> Iterator[tuple[str, ...]]:
    """Give the options for a new database: none, unless TEST_DATABASE names one, in which a schema is made then."""
    url = os.environ.get(TEST_DATABASE)
    if not url:
        yield ()
        return
    import psycopg  # late: the tests on SQLite do without

    schema = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        yield ("--database", f"{url}?options=-csearch_path%3D{schema}")
        connection.execute(f"DROP SCHEMA {schema} CASCADE")


@contextmanager
def emulator(*options: str, env: Mapping[str, str] | None = None) -> Iterator[str]:
    """Give the URL of an emulator with a state of its own, which is stopped at the end."""
    with database() as chosen:
        arguments = ("serve", "--ephemeral", "--port", "0", "--host", "127.0.0.1", *chosen, *options)
        with running(*arguments, env=env) as process:
            yield process.url()
            process.stop()


def certificate(folder: Path, *extensions: str) -> tuple[Path, Path]:
    """Make a certificate for localhost that has signed itself, and its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    more = [word for one in extensions for word in ("-addext", one)]
    subprocess.run([*make.split(), *more, "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


def until(holds: Callable[[], object], seconds: float = 10) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)
