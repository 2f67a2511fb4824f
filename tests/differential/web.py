"""A web server that both services can import data from."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.differential.data import CONTENTS


class _Contents(BaseHTTPRequestHandler):
    """Serve each content under its name."""

    def do_GET(self) -> None:
        content = CONTENTS.get(self.path[1:])
        self.send_response(404 if content is None else 200)
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        self.wfile.write(content or b"")

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def web() -> Iterator[str]:
    """Give the URL of the server: with the address 0.0.0.0, as the real service fetches nothing from 127.0.0.1."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Contents)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://0.0.0.0:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
