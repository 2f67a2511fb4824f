"""What a scenario may not do to a service that others use: the scenario is skipped before it is done."""

from __future__ import annotations

import http.client
import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from glance_emulator.verify.leavings import IMAGE, NAMESPACES
from glance_emulator.verify.service import Service

TRUSTED = {"x-identity-status", "x-user-id", "x-project-id", "x-tenant-id", "x-roles", "x-role"}
"""Headers that a service with a Keystone does not believe."""
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
LONG_LISTS = 40
"""Pages with what others have after which a scenario is given up."""
FETCHED_WITHIN = 15.0
"""Seconds."""
_KINDS = re.compile(rf"{NAMESPACES}(/[^/]+/resource_types)?")
_NAMING = re.compile(rf"{NAMESPACES}(/[^/]+)?")
_SWITCH = re.compile(r"/v2/images/([^/]+)/actions/(deactivate|reactivate)")
_WORK = re.compile(r"/v2/(tasks|images/[^/]+/import)")


class Guards:
    """Watches what scenarios ask a service for, and what they are told."""

    def __init__(self, service: Service) -> None:
        """Watch nothing yet."""
        self._service = service
        self.ours: set[str] = set()
        """The ids of all images that scenarios made."""
        self.foreign: set[str] = set()
        """The ids of others' images that they were told of."""
        self.disturbed = 0
        """How many lists with others' images the present scenario was told."""
        self.unsure = False
        """Whether the present scenario may have made an image of whose id we are not told."""
        self.worked = False
        """Whether it may have left a task."""
        self._shut: set[str] = set()
        """The ids of images that are deactivated."""
        self._fetches: bool | None = None
        self._paused = False

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let pass what is not of a scenario."""
        before, self._paused = self._paused, True
        try:
            yield
        finally:
            self._paused = before

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look at every request that this process sends."""
        send, putheader = requests.Session.request, http.client.HTTPConnection.putheader
        connect = socket.create_connection

        def guarded(session: requests.Session, method: Any, url: Any, *rest: Any, **options: Any) -> requests.Response:
            if self._service.verify is not True:
                options.setdefault("verify", self._service.verify)
            if self._paused or not str(url).startswith(self._service.url):
                return send(session, method, url, *rest, **options)
            path = str(url).removeprefix(self._service.url).partition("?")[0].rstrip("/")
            self._look_at(str(method).upper(), path, options)
            before, self.unsure = self.unsure, True
            answer = send(session, method, url, *rest, **options)
            self.unsure = before or answer.status_code >= 500
            self._learn(path, answer)
            return answer

        def put(connection: http.client.HTTPConnection, header: Any, *values: Any) -> None:
            if self._service.identity and str(header).lower() in TRUSTED:
                pytest.skip("says who calls by identity headers")
            putheader(connection, header, *values)

        def plainly(*address: Any, **options: Any) -> socket.socket:
            self.unsure = True  # who sends bytes as they are reads the answer alone
            return connect(*address, **options)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(requests.Session, "request", guarded)
            patch.setattr(http.client.HTTPConnection, "putheader", put)
            patch.setattr(socket, "create_connection", plainly)
            yield

    def hide_others(self, answer: requests.Response) -> None:
        """Take the images of others out of a list."""
        if answer.status_code != 200 or urlsplit(answer.url).path.rstrip("/").rpartition("/v2")[2] != "/images":
            return
        try:
            document = answer.json()
            listed = document["images"]
        except (ValueError, KeyError, TypeError):
            return
        kept = [image for image in listed if image["id"] in self.ours]
        if len(kept) == len(listed):
            return
        self.foreign.update(image["id"] for image in listed if image["id"] not in self.ours)
        self.disturbed += 1
        if self.disturbed > LONG_LISTS:
            pytest.skip("reads whole lists, in which there are too many images of others")
        answer._content = json.dumps({**document, "images": kept}).encode()

    def _look_at(self, method: str, path: str, options: dict[str, Any]) -> None:
        if method not in CHANGING:
            return
        if path == "/v2/cache":
            pytest.skip("would empty the service's cache")
        if any(image in path for image in self.foreign):
            pytest.skip("would change what is another's")
        if method == "DELETE" and path.rpartition("/")[2] in self._shut:
            pytest.skip("deletes a deactivated image, of which the data may stay")
        self.worked = self.worked or bool(_WORK.fullmatch(path))
        body = options.get("json")
        if not isinstance(body, dict):
            return
        if _names_kinds(method, path, body):
            pytest.skip("would leave a kind of resource, which no request removes")
        if _NAMING.fullmatch(path) and not _is_plain(body.get("namespace")):
            pytest.skip("would leave a namespace, which no request removes by such a name")
        if _fetches_from_here(body) and not self._reachable():
            pytest.skip("imports from a web server on this machine, which the service does not reach")

    def _learn(self, path: str, answer: requests.Response) -> None:
        """Remember which images are deactivated."""
        if (found := _SWITCH.fullmatch(path)) and answer.status_code == 204:
            (self._shut.add if found[2] == "deactivate" else self._shut.discard)(found[1])

    def _reachable(self) -> bool:
        if self._fetches is None:
            with self.paused():
                self._fetches = self._fetch()
        return self._fetches

    def _fetch(self) -> bool:
        """Let the service import an image from this machine; tell whether it did."""
        from tests.contract.importing import web_server  # of the suite, wherever it stands

        ask = self._service.ask
        body = {"name": "glance-emulator-verify", "disk_format": "raw", "container_format": "bare"}
        made = ask("POST", "/v2/images", json=body)
        if made.status_code != 201:
            return False
        image = made.json()["id"]
        try:
            with web_server() as web:
                method = {"name": "web-download", "uri": web.put("/probe", b"probe")}
                ask("POST", f"/v2/images/{image}/import", json={"method": method})
                until = time.monotonic() + FETCHED_WITHIN
                while (shown := ask("GET", f"/v2/images/{image}").json())["status"] in ("queued", "importing"):
                    if time.monotonic() > until or not shown.get("os_glance_import_task"):
                        return False
                    time.sleep(0.2)
                return bool(shown["status"] == "active")
        finally:
            self._service.cleaner.remove(IMAGE, image)


def _names_kinds(method: str, path: str, body: dict[str, Any]) -> bool:
    if method != "POST" or not (found := _KINDS.fullmatch(path)):
        return False
    return bool(found[1] or body.get("resource_type_associations"))


def _is_plain(name: Any) -> bool:
    """Tell whether a namespace of this name can be addressed."""
    return not isinstance(name, str) or (name.isascii() and "/" not in name)


def _fetches_from_here(body: dict[str, Any]) -> bool:
    method = body.get("method")
    if not isinstance(method, dict) or method.get("name") != "web-download":
        return False
    return "//0.0.0.0:" in str(method.get("uri"))
