"""Every scenario here holds on an emulator and on a real Glance (`--against-web URL`) with a store of the kind http.

That is: enabled_backends ends with web:http, show_multiple_locations is true, lock_path is set (hashing needs it), and
import_filtering_opts allow 127.0.0.1 and PORT.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

PORT = 8898
"""Where the real service finds the web server of these tests."""


class Pages(BaseHTTPRequestHandler):
    """Answers with the last step of the path, if it begins with `data`; else fails somehow."""

    def do_GET(self) -> None:
        name = self.path.partition("?")[0].rpartition("/")[2]
        if name == "broken" and self.command == "GET":
            self.send_response(500)
        else:
            self.send_response(200 if name.startswith(("data", "broken")) else 404)
        self.send_header("Content-Length", str(len(name)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(name.encode())

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def web(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the URL of a web server: data01 below it is a file with the content `data01`, and so on."""
    port = PORT if request.config.getoption("--against-web") else 0
    with ThreadingHTTPServer(("127.0.0.1", port), Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The service under test: the one that was named, else an emulator of our own."""
    named = request.config.getoption("--against-web")
    if named:
        yield named.rstrip("/")
        return
    from tests.processes import emulator

    stores = ("--store", "reliable", "--store", "cheap", "--store", "web=http:")
    with emulator("--auth", "trusted", "--locations", *stores) as started:
        yield started
