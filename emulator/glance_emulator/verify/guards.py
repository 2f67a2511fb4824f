"""What a scenario may not do to a service that others use: the scenario is skipped before it is done."""

from __future__ import annotations

import http.client
import json
import re
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from glance_emulator.verify.leavings import IMAGE, NAMESPACE, NAMESPACES
from glance_emulator.verify.service import Service

TRUSTED = {"x-identity-status", "x-user-id", "x-project-id", "x-tenant-id", "x-roles", "x-role"}
"""Headers that a service with a Keystone does not believe."""
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
UNFORMATTED = (None, "raw", "ami", "ari", "aki")
"""Formats that any data have."""
LONG_LISTS = 40
"""Pages with what others have after which a scenario is given up."""
FETCHED_WITHIN = 15.0
"""Seconds."""
_KINDS = re.compile(rf"{NAMESPACES}(/[^/]+/resource_types)?")
_NAMING = re.compile(rf"{NAMESPACES}(/[^/]+)?")
_SWITCH = re.compile(r"/v2/images/([^/]+)/actions/(deactivate|reactivate)")
_LIST = re.compile(r"/v2/+images/*$")
_SECOND = re.compile(r"[/,']second[/,']")
"""The store that a service with one store has not, in a path, a header or a body."""
_WORK = re.compile(r"/v2/(tasks|images/[^/]+/import)")


class Guards:
    """Watches what scenarios ask a service for, and what they are told."""

    def __init__(self, service: Service, stores: Sequence[str], made: Callable[[str, str], None]) -> None:
        """Watch nothing yet; `made` is told the kind and the id or name of everything that is made."""
        self._service, self._made = service, made
        self._alone = len(stores) == 1
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
        self._formatted: set[str] = set()
        """The ids of images of which the data have to be of a format, as those of scenarios are not."""
        self._ordered: set[str] = set()
        """The ids of images that are imported."""
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
            self._learn(str(method).upper(), path, answer)
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
        if answer.status_code != 200 or not _LIST.search(urlsplit(answer.url).path):
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
        """Skip the scenario if its next request must not be sent."""
        if method not in CHANGING:
            return
        body = options.get("json")
        if path == "/v2/cache":
            pytest.skip("would empty the service's cache")
        if any(image in path for image in self.foreign):
            pytest.skip("would change what is another's")
        if method == "DELETE" and path.rpartition("/")[2] in self._shut:
            pytest.skip("deletes a deactivated image, of which the data may stay")
        if self._alone and _SECOND.search(f"{path} {options.get('headers')} {body}"):
            pytest.skip("needs a second store")
        self._look_at_work(method, path, body)
        if not isinstance(body, dict):
            return
        if _names_kinds(method, path, body):
            pytest.skip("would leave a kind of resource, which no request removes")
        if _NAMING.fullmatch(path) and not _is_plain(body.get("namespace")):
            pytest.skip("would leave a namespace, which no request removes by such a name")
        if _fetches_from_here(body) and not self._reachable():
            pytest.skip("imports from a web server on this machine, which the service does not reach")

    def _look_at_work(self, method: str, path: str, body: Any) -> None:
        """Remember which images are imported; skip what leaves their data in a store."""
        image = path.removeprefix("/v2/images/").removesuffix("/import")
        if _WORK.fullmatch(path):
            self.worked = True
            self._ordered.add(image)
        elif method == "PATCH" and _sets_format(body):
            self._formatted.add(image)
        if image in self._ordered & self._formatted:
            pytest.skip("imports data that are not of the image's format, and may stay in a store")

    def _learn(self, method: str, path: str, answer: requests.Response) -> None:
        """Remember what was made, and which images are deactivated, or have to be of a format."""
        if method == "POST" and answer.status_code == 201 and path == "/v2/images":
            image = answer.json()
            self.ours.add(image["id"])
            self._made(IMAGE, image["id"])
            if image.get("disk_format") not in UNFORMATTED:
                self._formatted.add(image["id"])
        elif method == "POST" and answer.status_code == 201 and path == NAMESPACES:
            self._made(NAMESPACE, answer.json()["namespace"])
        elif method == "POST" and answer.status_code == 201:
            self.unsure = True
        elif (found := _SWITCH.fullmatch(path)) and answer.status_code == 204:
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
        self._made(IMAGE, image)
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


def _sets_format(body: Any) -> bool:
    """Tell whether a PATCH makes the image's format one that not any data have."""
    operations = [one for one in body if isinstance(one, dict)] if isinstance(body, list) else []
    return any(one.get("path") == "/disk_format" and one.get("value") not in UNFORMATTED for one in operations)


def _is_plain(name: Any) -> bool:
    """Tell whether a namespace of this name can be addressed."""
    return not isinstance(name, str) or (name.isascii() and "/" not in name)


def _fetches_from_here(body: dict[str, Any]) -> bool:
    method = body.get("method")
    if not isinstance(method, dict) or method.get("name") != "web-download":
        return False
    return "//0.0.0.0:" in str(method.get("uri"))
