"""An emulator in a process of its own, for another process: started on a free port, and ended with that.

The two hold the ends of a pair of sockets. By it the server says that it is ready, and is told what else is to be
removed; when the other end is closed, however its process ended, the server does that, and ends as well.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from glance_emulator import clouds, personas, settings
from glance_emulator.domain.seed import PERSONAS
from glance_emulator.errors import SetupError
from glance_emulator.settings import Settings
from glance_emulator.state import Running

STOPS_WITHIN = 40.0
"""Seconds that requests may go on after the end was asked for; those who take longer are cut off."""
FORWARDED = (signal.SIGTERM, signal.SIGHUP)
OF_THE_TERMINAL = (signal.SIGINT, signal.SIGQUIT)
"""Signals that a terminal sends to the command as well."""
NOT_RUN = {FileNotFoundError: 127, PermissionError: 126}
"""What shells return for a command that is not there, or is none."""


def report(parent: int, running: Running) -> None:
    """Say that the server is ready, and end it when nobody listens any more; `parent` is our end of the pair."""
    end = socket.socket(fileno=parent)
    with suppress(OSError):  # nobody there: it will be noticed below
        end.sendall(json.dumps(asdict(running)).encode() + b"\n")
    threading.Thread(target=_follow, args=(end,), name="parent", daemon=True).start()


def _follow(end: socket.socket) -> None:
    with suppress(OSError), end.makefile() as lines:
        for line in lines:
            atexit.register(shutil.rmtree, json.loads(line), ignore_errors=True)
    os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def emulator(*arguments: str, log: Path | None = None, beside: Path | None = None) -> Iterator[Running]:
    """Start `glance-emulator serve` with `arguments`, give where it is, and end it.

    What it says goes to the file `log`, or nowhere; with it goes the folder `beside`, whatever becomes of this process.
    Raises SetupError if it does not start, with what it said.
    """
    ours, theirs = socket.socketpair()
    with ours, tempfile.TemporaryFile("w+") if log is None else open(log, "w+") as said:
        command = [sys.executable, "-m", "glance_emulator", "serve", "--parent", str(theirs.fileno()), *arguments]
        process = subprocess.Popen(  # noqa: S603 - ourselves
            command,
            env={name: text for name, text in os.environ.items() if not name.startswith(settings.PREFIX)},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            pass_fds=[theirs.fileno()],
            start_new_session=True,  # Ctrl-C is for the command; the server is ended after it
        )
        theirs.close()
        try:
            with ours.makefile() as lines:
                ready = lines.readline()
            if not ready:
                process.wait(STOPS_WITHIN)
                said.seek(0)
                words = said.read().strip().removeprefix("glance-emulator: ") or "it ended without a word"
                raise SetupError(f"the emulator did not start: {words}")
            if beside is not None:
                ours.sendall(json.dumps(str(beside)).encode() + b"\n")
            yield Running(**json.loads(ready))
        finally:
            ours.close()
            _await(process)


def _await(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def execute(command: Sequence[str], persona: str, chosen: Settings, log: Path | None = None) -> int:
    """Run a command with an emulator of its own, as `persona`; return its exit code.

    What signal ended it is told as shells do, by 128 and its number. Raises SetupError if the emulator does not start,
    or there is no such persona.
    """
    personas.access(persona, "")  # before anything is started
    for number in FORWARDED:
        signal.signal(number, lambda got, _: sys.exit(128 + got))  # so that nothing is left of a beginning, either
    folder = Path(tempfile.mkdtemp(prefix="glance-emulator-exec-"))
    try:
        with emulator(*_arguments(chosen), log=log, beside=folder) as running:
            everybody = [
                personas.access(name, running.url, running.ca_file, chosen.admin_password) for name in PERSONAS
            ]
            file = folder / "clouds.yaml"
            file.write_text(clouds.document(everybody))
            theirs = next(one for one in everybody if one.username == persona)
            return _run(command, _environment(personas.variables(theirs), running, file))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _arguments(chosen: Settings) -> Iterator[str]:
    """Yield the options of a server with these settings, on a free port of this machine."""
    yield from ("--host", "127.0.0.1", "--port", "0")
    yield from settings.arguments(chosen, without=("host", "port"))
    if chosen.state is None and not chosen.ephemeral:
        yield "--ephemeral"


def _environment(variables: Mapping[str, str], running: Running, file: Path) -> dict[str, str]:
    foreign = {*personas.foreign(os.environ), settings.CACERT}
    kept = {name: text for name, text in os.environ.items() if name not in foreign}
    trusting = {settings.CACERT: running.ca_file} if running.ca_file else {}
    return {**kept, **variables, settings.URL: running.url, **trusting, personas.CLOUDS: str(file)}


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    try:
        process = subprocess.Popen(command, env=environment)  # noqa: S603 - it is what the user asks for
    except OSError as reason:
        print(f"glance-emulator: cannot run {command[0]}: {reason.strerror}", file=sys.stderr)
        return NOT_RUN.get(type(reason), 126)
    before = {number: signal.signal(number, lambda got, _: process.send_signal(got)) for number in FORWARDED}
    before |= {number: signal.signal(number, signal.SIG_IGN) for number in OF_THE_TERMINAL}
    try:
        code = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code
