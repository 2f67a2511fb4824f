"""What a scenario may not do to a service that others use: the scenario is skipped before it is done."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from glance_emulator.verify.leavings import remove_image
from glance_emulator.verify.service import Service

TRUSTED = {"x-identity-status", "x-user-id", "x-project-id", "x-tenant-id", "x-roles", "x-role"}
"""Headers that a service with a Keystone does not believe."""
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
LONG_LISTS = 40
"""Pages with what others have after which a scenario is given up."""
FETCHED_WITHIN = 15.0
"""Seconds."""
_KINDS = re.compile(r"/v2/metadefs/namespaces(/[^/]+/resource_types)?")


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
        self._fetches: bool | None = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look at every request that this process sends."""
        send, putheader = requests.Session.request, http.client.HTTPConnection.putheader

        def guarded(session: requests.Session, method: Any, url: Any, *rest: Any, **options: Any) -> requests.Response:
            if str(url).startswith(self._service.url):
                self._look_at(str(method).upper(), str(url).removeprefix(self._service.url), options)
            if self._service.verify is not True:
                options.setdefault("verify", self._service.verify)
            return send(session, method, url, *rest, **options)

        def put(connection: http.client.HTTPConnection, header: Any, *values: Any) -> None:
            if self._service.identity and str(header).lower() in TRUSTED:
                pytest.skip("says who calls by identity headers")
            putheader(connection, header, *values)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(requests.Session, "request", guarded)
            patch.setattr(http.client.HTTPConnection, "putheader", put)
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
        path = path.partition("?")[0].rstrip("/")
        if path == "/v2/cache":
            pytest.skip("would empty the service's cache")
        if any(image in path for image in self.foreign):
            pytest.skip("would change what is another's")
        body = options.get("json")
        if not isinstance(body, dict):
            return
        if self._service.identity and _names_kinds(method, path, body):
            pytest.skip("would leave a kind of resource, which no request removes")
        if _fetches_from_here(body) and not self._reachable():
            pytest.skip("imports from a web server on this machine, which the service does not reach")

    def _reachable(self) -> bool:
        if self._fetches is None:
            self._fetches = True  # for the request that finds it out
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
            remove_image(ask, image)


def _names_kinds(method: str, path: str, body: dict[str, Any]) -> bool:
    if method != "POST" or not (found := _KINDS.fullmatch(path)):
        return False
    return bool(found[1] or body.get("resource_type_associations"))


def _fetches_from_here(body: dict[str, Any]) -> bool:
    method = body.get("method")
    if not isinstance(method, dict) or method.get("name") != "web-download":
        return False
    return "//0.0.0.0:" in str(method.get("uri"))
