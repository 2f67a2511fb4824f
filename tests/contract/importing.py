"""What scenarios of staging and importing begin with, and a web server to import from."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from tests.contract.actors import Actor

OCTETS = "application/octet-stream"
TASK, IMPORTING, FAILED = "os_glance_import_task", "os_glance_importing_to_stores", "os_glance_failed_import"
WITHIN = 30.0  # seconds


def stage(actor: Actor, image: dict[str, Any], content: Any = b"staged", **headers: str) -> requests.Response:
    """Stage data; names of headers are written with underscores. A refused request closes the connection."""
    sent = {"Content-Type": OCTETS, "Connection": "close"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    return actor("PUT", f"/v2/images/{image['id']}/stage", data=content, headers=sent)


def order(
    actor: Actor,
    image: dict[str, Any],
    method: str = "glance-direct",
    *,
    store: str | None = None,
    headers: dict[str, str] | None = None,
    options: dict[str, Any] | None = None,
    **needs: Any,
) -> requests.Response:
    """Order an import; `needs` go with the method, `options` beside it, `store` into the header."""
    sent = {**(headers or {}), **({} if store is None else {"X-Image-Meta-Store": store})}
    body = {"method": {"name": method, **needs}, **(options or {})}
    return actor.post(f"/v2/images/{image['id']}/import", body, headers=sent)


def show(actor: Actor, image: dict[str, Any]) -> dict[str, Any]:
    """Return the image as it is now."""
    answer = actor.get(f"/v2/images/{image['id']}")
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def settled(actor: Actor, image: dict[str, Any]) -> dict[str, Any]:
    """Wait until no import has the image any more; return it as it is then."""
    deadline = time.monotonic() + WITHIN
    while TASK in (document := show(actor, image)):
        assert time.monotonic() < deadline, document
        time.sleep(0.05)
    return document


def imported(actor: Actor, image: dict[str, Any], method: str = "glance-direct", **given: Any) -> dict[str, Any]:
    """Order an import, which is not refused, and wait; return what has become of the image."""
    answer = order(actor, image, method, **given)
    assert answer.status_code == 202, answer.text
    return settled(actor, image)


def image_in(actor: Actor, state: str, **attributes: Any) -> dict[str, Any]:
    """Return an image in the state."""
    make = actor.active_image if state in ("active", "deactivated") else actor.image
    image = make(**attributes)
    if state == "deactivated":
        assert actor.post(f"/v2/images/{image['id']}/actions/deactivate").status_code == 204
    elif state == "uploading":
        assert stage(actor, image).status_code == 204
    return image


def outcome(document: dict[str, Any]) -> tuple[Any, ...]:
    """Return what an import comes to: status, size, the stores that have it, that are awaited, that failed."""
    return (*(document.get(name) for name in ("status", "size", "stores", IMPORTING, FAILED)),)


def tasks(actor: Actor, image: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the tasks about the image."""
    answer = actor.get(f"/v2/images/{image['id']}/tasks")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["tasks"]
    return found


@dataclass
class Page:
    """What a web server answers at a path."""

    content: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    gate: threading.Event | None = None
    """What the second half of the content waits for."""


@dataclass
class Web:
    """A web server with pages by path, and the requests that it was sent."""

    url: str
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def put(self, path: str, content: bytes | dict[str, Any] = b"", **page: Any) -> str:
        """Put something at the path; return its URL."""
        self.pages[path] = Page(content if isinstance(content, bytes) else json.dumps(content).encode(), **page)
        return self.url + path


@contextmanager
def web_server() -> Iterator[Web]:
    """Serve pages on this machine.

    The URL has the address 0.0.0.0, which leads to the same machine: the real service fetches nothing from 127.0.0.1.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            web.asked.append((self.path, {name.lower(): text for name, text in self.headers.items()}))
            page = web.pages.get(self.path, Page(status=404))
            self.send_response(page.status)
            for name, text in {"Content-Length": str(len(page.content)), **page.headers}.items():
                if text:
                    self.send_header(name, text)
            self.send_header("Connection", "close")
            self.end_headers()
            half = len(page.content) // 2
            self.wfile.write(page.content[:half])
            self.wfile.flush()
            if page.gate is not None:
                page.gate.wait(WITHIN)
            self.wfile.write(page.content[half:])
            self.close_connection = True

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        web = Web(f"http://0.0.0.0:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield web
        for page in web.pages.values():
            if page.gate is not None:
                page.gate.set()
        server.shutdown()
        thread.join()
