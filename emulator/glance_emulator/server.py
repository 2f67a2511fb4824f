"""The real server: takes a state, serves it, and leaves it in order."""

from __future__ import annotations

import errno
import gc
import ipaddress
import os
import resource
import shutil
import signal
import socket
import ssl
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from glance_emulator import accesslog, certificates, contents, state
from glance_emulator.domain import seed
from glance_emulator.domain.universe import Universe
from glance_emulator.domain.worlds import World
from glance_emulator.errors import SetupError
from glance_emulator.settings import Settings

ANY = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - what is listened to is the user's choice
"""Addresses that stand for all of a machine's, and the one by which the machine reaches itself."""

M_MMAP_THRESHOLD = -3
"""As in glibc's malloc.h."""
REMOVALS = 10
"""How often it is tried to remove an ephemeral state."""


@dataclass(frozen=True)
class Ready:
    """What is being served."""

    running: state.Running
    folder: Path
    world: World
    warnings: tuple[str, ...]


def serve(settings: Settings, on_ready: Callable[[Ready], None]) -> None:
    """Serve until SIGTERM, SIGINT or SIGHUP; to be called in the main thread of a process that does nothing else.

    `on_ready` is called once requests are answered. Raises SetupError if it cannot start.
    """
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _leave)  # until the server has handlers of its own
    from glance_emulator.gunicorns import still_serving

    try:
        with ExitStack() as ending:
            _serve(settings, on_ready, ending)
    finally:
        if still_serving():
            os._exit(0)  # the requests that had their time to finish would be waited for otherwise


def _give_memory_back() -> None:
    """Let glibc return large blocks when they are freed: it keeps those of password hashing (19 MB each) otherwise."""
    import ctypes

    with suppress(OSError, AttributeError):  # where the C library is another
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, 1024 * 1024)


def _open_many_files() -> None:
    """Take as many file descriptors as may be had: each world that is used needs some."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


def _serve(settings: Settings, on_ready: Callable[[Ready], None], ending: ExitStack) -> None:
    _give_memory_back()
    _open_many_files()
    from glance_emulator.app import create_app
    from glance_emulator.gunicorns import Hooks, Server
    from glance_emulator.web import logs, metrics, parts

    folder = _folder(settings, ending)
    ending.callback(os.close, state.take(folder))
    tls = _tls(settings)
    listener = _listen(settings.host, settings.port)
    ending.callback(listener.close)
    url = _url(settings, listener, tls)
    ending.callback(contents.take_database(settings, folder))
    world = contents.open_world(settings, folder)
    ending.callback(world.engine.dispose)
    if settings.ephemeral and settings.database:
        ending.callback(contents.forget, world)
    metrics.prepare(folder / contents.METRICS)
    ending.callback(shutil.rmtree, folder / contents.METRICS, ignore_errors=True)
    logs.configure(settings.log_format)
    universe = Universe(world, contents.Maker(settings))
    universe.recover()
    ending.callback(universe.after_process, os.getpid())
    ending.callback(universe.stop)
    application = create_app(settings, world, universe)
    running = state.Running(url, os.getpid(), _ca_file(settings, tls))
    ready = Ready(running, folder, world, tuple(_warnings(settings, listener, world)))

    def answering() -> None:
        state.announce(folder, ready.running)
        on_ready(ready)
        if settings.workers == 1:
            world.runner.wake()

    def forked() -> None:
        ending.pop_all()  # a worker leaves the tidying up to the process that began
        world.runner.wake()

    def ended(process: int) -> None:
        universe.after_process(process)
        world.engine.dispose()  # the next worker is forked from here, and must not inherit connections

    ending.callback(state.withdraw, folder)
    hooks = Hooks(
        ready=answering,
        access=accesslog.told(*_writers(settings)),
        forked=forked,
        ended=ended,
    )
    server = Server(application, listener, workers=settings.workers, threads=settings.threads, tls=tls, hooks=hooks)
    if settings.workers > 1:
        parts.make_all(application)  # once, for all workers
        world.engine.dispose()
    gc.freeze()  # what is there now stays: no collection has to look at it, and workers share it
    gc.enable()  # should the command have disabled it
    server.run()


def _writers(settings: Settings) -> Iterator[accesslog.Writer]:
    yield accesslog.FORMATS[settings.log_format]
    if settings.journal:
        from glance_emulator.web import journal

        yield journal.keep
    from glance_emulator.web import metrics

    yield metrics.count


def _folder(settings: Settings, ending: ExitStack) -> Path:
    if not settings.ephemeral:
        return settings.state_folder.absolute()
    try:
        folder = Path(tempfile.mkdtemp(prefix="glance-emulator-"))
    except OSError as reason:
        raise SetupError(f"cannot make a temporary folder: {reason.strerror}; say --state") from None
    ending.callback(_remove, folder)
    return folder


def _remove(folder: Path) -> None:
    """Remove a folder, into which a thread that is ending may still write."""
    for _ in range(REMOVALS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)


def _listen(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, *_, address = found[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(2048)
        except OSError:
            listener.close()
            raise
    except OSError as reason:
        if reason.errno == errno.EADDRINUSE:
            raise SetupError(
                f"port {port} of {host} is taken: stop what listens there, or choose another with --port (0: any free)"
            ) from None
        raise SetupError(f"cannot listen on {host}, port {port}: {reason.strerror}") from None
    return listener


def _warnings(settings: Settings, listener: socket.socket, world: World) -> Iterator[str]:
    if settings.admin_password and not contents.admin_has(world, settings.admin_password):
        yield "this state is not new: admin keeps the password that it has, not the one given now."
    if ipaddress.ip_address(listener.getsockname()[0].partition("%")[0]).is_loopback:
        return
    if settings.auth == "trusted":
        yield f"other machines can reach {settings.host}, and everybody there is who they say they are."
    elif contents.admin_has(world, seed.PASSWORD):
        yield (
            f"other machines can reach {settings.host}, and everybody knows these passwords: "
            "give admin one of your own with --admin-password, when a state is new."
        )


def _url(settings: Settings, listener: socket.socket, tls: ssl.SSLContext | None) -> str:
    host = ANY.get(settings.host, settings.host)
    scheme = "https" if tls else "http"
    if tls and settings.tls_cert and host in ANY.values():
        names = (host, "localhost")  # many a certificate has this name, and no address
        host = next((name for name in names if certificates.trusted(tls, settings.tls_cert, name)), host)
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.tls_cert is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.tls_cert, settings.tls_key)
    except OSError as reason:
        raise SetupError(
            f"settings tls_cert and tls_key: cannot use {settings.tls_cert} with {settings.tls_key}: {reason.strerror}"
        ) from None
    return context


def _ca_file(settings: Settings, tls: ssl.SSLContext | None) -> str | None:
    """Return the certificate's path if it has signed itself: clients then have to be told to trust it."""
    if tls is None or settings.tls_cert is None or not certificates.trusted(tls, settings.tls_cert):
        return None
    return str(settings.tls_cert.absolute())
