"""The WSGI server: gunicorn's threaded worker, embedded; what is changed about it, and why.

It was chosen by measurement: bodies reach the view as they arrive, every upload that was cut off can be told from a
complete one, downloads go by sendfile. The changes touch its inside, so its version is pinned.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from gunicorn import arbiter, sock
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.http import parser
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers import gthread

from glance_emulator.stopping import STOPPING

# A body is read from the socket in the pieces in which the views read it: larger ones would be copied over and over.
SocketUnreader.max_body_chunk = 64 * 1024
# Bytes of a refused body that are taken in all the same: a client that is cut off while it sends does not learn why.
parser._DRAIN_MAX_BYTES = 64 << 20
# Seconds that a stopping worker waits for a next request on idle connections.
gthread.STOP_KEEPALIVE_LINGER = 0.2
LINGER = 5
"""Milliseconds for which a thread awaits a connection's next request before it takes up another connection."""
GRACE = 30
"""Seconds that running requests have to finish."""
ORPHANS_GRACE = 1
"""The same, where the arbiter was killed."""


def nothing(*_: object) -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Hooks:
    """What the server tells its owner."""

    ready: Callable[[], None]
    access: Callable[..., None] = field(default=nothing)
    """A request was answered: response, request, environ and duration, as gunicorn has them."""
    forked: Callable[[], None] = field(default=nothing)
    """In a worker process that has just begun."""
    ended: Callable[[int], None] = field(default=nothing)
    """A worker process has ended; in the process above it."""


class Connection(gthread.TConn):  # type: ignore[misc]  # gunicorn has no types
    """A connection that can be reset."""

    def close(self, graceful: bool = False) -> None:
        """Close it: not gracefully where its SO_LINGER is set, or the peer would be told of an orderly end."""
        abrupt, _ = struct.unpack("ii", self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8))
        super().close(graceful and not abrupt)


gthread.TConn = Connection


class Worker(gthread.ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A threaded worker that stays a moment with a connection, and outlives the shell that started it."""

    def handle(self, conn: gthread.TConn) -> object:
        """Serve a request, and those that follow it at once: that spares them two changes of thread."""
        keep = super().handle(conn)
        if keep is not True:
            return keep
        ready = select.poll()
        ready.register(conn.sock, select.POLLIN)
        while keep is True and self.alive and (conn.parser.unreader.buf.tell() or ready.poll(LINGER)):
            keep = super().handle(conn)
        return keep

    def init_signals(self) -> None:
        """Let every signal end the worker gracefully; one below an arbiter leaves Ctrl-C and hang-ups to that."""
        super().init_signals()
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self.handle_exit if self.ppid is None else signal.SIG_IGN)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; at the second signal, stop."""
        if not self.alive and self.ppid is None:
            sys.exit()
        STOPPING.set()
        super().handle_exit(sig, frame)

    def is_parent_alive(self) -> bool:
        """Say whether the arbiter lives, if there is one; if it does not, make haste: a new server may be waiting."""
        alive = self.ppid is None or bool(super().is_parent_alive())
        if not alive:
            self.cfg.set("graceful_timeout", ORPHANS_GRACE)
        return alive


class Arbiter(arbiter.Arbiter):  # type: ignore[misc]
    """The process above several workers; Ctrl-C and a hang-up end it as gracefully as SIGTERM does."""

    SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]  # noqa: RUF012 - as gunicorn has it
    handle_int = handle_hup = arbiter.Arbiter.handle_term


class Server(BaseApplication):  # type: ignore[misc]
    """A WSGI application on a socket that listens already, which becomes the server's."""

    def __init__(
        self,
        application: Callable[..., Any],
        listener: socket.socket,
        *,
        workers: int,
        threads: int,
        tls: ssl.SSLContext | None,
        hooks: Hooks,
    ) -> None:
        """Configure gunicorn; what is not said here is as it comes, and no file or variable changes it."""
        self._application = application
        self._hooks = hooks

        class Log(Logger):  # type: ignore[misc]
            def access(self, *request: object) -> None:
                hooks.access(*request)

        self._options: dict[str, Any] = {
            "bind": [f"fd://{listener.detach()}"],  # closed by gunicorn
            "workers": workers,
            "threads": threads,
            "worker_class": Worker,
            "worker_connections": 1000 + threads,
            "keepalive": 75,
            "timeout": 0,
            "graceful_timeout": GRACE,
            "preload_app": True,
            "control_socket_disable": True,
            "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108 - in memory
            "limit_request_line": 4094,  # as many a real one has it
            "limit_request_field_size": 65536,  # tokens of other Keystones may be large
            "http_parser": "python",
            "logger_class": Log,
            "loglevel": "error",
            "when_ready": lambda _: hooks.ready(),
            "post_fork": lambda _, __: hooks.forked(),
            "child_exit": lambda _, worker: hooks.ended(worker.pid),
        }
        if tls:
            self._options |= {"certfile": os.devnull, "ssl_context": lambda _, __: tls}
        super().__init__()

    def load_config(self) -> None:
        """Apply the options; called by gunicorn."""
        for key, value in self._options.items():
            if value is not None:
                self.cfg.set(key, value)

    def load(self) -> Callable[..., Any]:
        """Return the application; called by gunicorn."""
        return self._application

    def run(self) -> None:
        """Serve until a signal ends it; one worker needs no arbiter above it."""
        if self.cfg.workers > 1:
            Arbiter(self).run()
        else:
            self._run_alone()

    def _run_alone(self) -> None:
        log = self.cfg.logger_class(self.cfg)
        worker = Worker(1, None, sock.create_sockets(self.cfg, log), self, 0, self.cfg, log)
        worker.pid = os.getpid()
        self.cfg.set("post_worker_init", lambda _: self._hooks.ready())
        worker.init_process()


def still_serving() -> bool:
    """Say whether requests are running on, in spite of the time they were given to finish."""
    serving = [thread for thread in threading.enumerate() if thread.name.startswith("ThreadPoolExecutor")]
    deadline = time.monotonic() + 0.5  # those that serve nothing are ending just now
    for thread in serving:
        thread.join(max(0, deadline - time.monotonic()))
    return any(thread.is_alive() for thread in serving)
