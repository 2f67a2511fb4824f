"""What a run has made in a cloud, written down in a file before it is made, and how it is removed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

Ask = Callable[..., Any]
"""Sends a request to a service as its admin: method, path, and what requests.request takes; returns a Response, or
raises Unanswered."""

IMAGE, NAMESPACE = "image", "namespace"
USER, PROJECT, ROLE = "user", "project", "role"
ORDER = (IMAGE, NAMESPACE, PROJECT, USER, ROLE)
"""The kinds of things, in the order in which they are removed."""
BUSY_FOR = 20.0
"""Seconds after which an image that cannot be deleted for what is done to it (409) is given up."""
DEAF_AFTER = 2
"""Removals without an answer, one after the other, after which the rest is given up."""
NAMESPACES = "/v2/metadefs/namespaces"


class Unanswered(Exception):
    """A service did not answer, or not with what was asked for; says what happened."""


class Leavings:
    """The things that were made and are not removed yet: each a kind and an id, or a name if we choose that."""

    def __init__(self, file: Path) -> None:
        """Take the file; it need not be there."""
        self._file = file

    def made(self, kind: str, name: str) -> None:
        """Write down a thing that is, or is about to be, made."""
        self._write(f"+ {kind} {name}")

    def gone(self, kind: str, name: str) -> None:
        """Write down that it is removed."""
        self._write(f"- {kind} {name}")

    def read(self) -> list[tuple[str, str]]:
        """Return the things, in the order in which they are to be removed."""
        found: dict[tuple[str, str], None] = {}
        for line in self._file.read_text().splitlines() if self._file.exists() else ():
            sign, kind, name = line.split(" ", 2)
            if sign == "+":
                found[kind, name] = None
            else:
                found.pop((kind, name), None)
        return sorted(found, key=lambda thing: ORDER.index(thing[0]))

    def _write(self, line: str) -> None:
        with self._file.open("a") as file:
            file.write(line + "\n")


class Cleaner:
    """Removes things from a cloud; every method raises Unanswered if that cannot be told."""

    def __init__(self, image: Ask, identity: Ask | None) -> None:
        """Ask the two services; without Identity, a project is nothing but the owner of what is in it."""
        self._image, self._identity = image, identity

    def remove(self, kind: str, name: str) -> bool:
        """Delete an image by its id, or something else by its name, a project with all that is in it.

        Returns whether it is gone.
        """
        if kind == IMAGE:
            return self._remove_image(name)
        if kind == NAMESPACE:
            return self._remove_namespace(name)
        if self._identity is None:
            return self.clear(name)
        found = _listed(self._identity("GET", f"/{kind}s?name={quote(name)}"))[f"{kind}s"]
        keys = [one["id"] for one in found if kind != PROJECT or self.clear(one["id"])]
        answers = [self._identity("DELETE", f"/{kind}s/{key}").status_code for key in keys]
        return len(keys) == len(found) and set(answers) <= {204, 404}

    def clear(self, project: str) -> bool:
        """Delete all images and namespaces of a project, by its id; return whether none is left."""
        cleared = self.clear_images(project)
        found = self._namespaces(project)
        for namespace in found:
            self._remove_namespace(namespace)
        return cleared and not (found and self._namespaces(project))

    def clear_images(self, project: str) -> bool:
        """Delete all images of a project, by its id; return whether none is left."""
        found = self._images(project)
        for image in found:
            self._remove_image(image)
        return not (found and self._images(project))

    def _remove_image(self, image: str) -> bool:
        path = f"/v2/images/{image}"
        until = time.monotonic() + BUSY_FOR
        while (answer := self._image("DELETE", path)).status_code == 409 and time.monotonic() < until:
            time.sleep(0.5)
        if answer.status_code == 403:
            unprotect = [{"op": "replace", "path": "/protected", "value": False}]
            patch = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
            self._image("PATCH", path, json=unprotect, headers=patch)
            answer = self._image("DELETE", path)
        return self._is_gone(answer)

    def _remove_namespace(self, name: str) -> bool:
        path = f"{NAMESPACES}/{quote(name, safe='')}"
        answer = self._image("DELETE", path)
        if answer.status_code == 403:
            self._image("PUT", path, json={"namespace": name, "protected": False})
            answer = self._image("DELETE", path)
        return self._is_gone(answer)

    def _is_gone(self, answer: Any) -> bool:
        """Tell by the answer to DELETE; who finds nothing is believed if the service is there at all."""
        if answer.status_code == 404:
            _listed(self._image("GET", "/v2/images?limit=1"))
        return answer.status_code in {204, 404}

    def _images(self, project: str) -> list[str]:
        """Return the ids of a project's images, hidden ones as well."""
        path = f"/v2/images?owner={quote(project)}&visibility=all&limit=100&os_hidden="
        found = [*self._pages(f"{path}false", "images"), *self._pages(f"{path}true", "images")]
        return [image["id"] for image in found if image["owner"] == project]

    def _namespaces(self, project: str) -> list[str]:
        """Return the names of a project's namespaces."""
        found = self._pages(f"{NAMESPACES}?limit=100", "namespaces")
        return [one["namespace"] for one in found if one["owner"] == project]

    def _pages(self, path: str | None, kind: str) -> Iterator[dict[str, Any]]:
        while path:
            page = _listed(self._image("GET", path))
            yield from page[kind]
            path = page.get("next")


def _listed(answer: Any) -> Any:
    """Return the document of a list."""
    if answer.status_code != 200:
        raise Unanswered(f"{answer.request.path_url} is answered {answer.status_code}")
    return answer.json()


def remove_all(leavings: Leavings, cleaner: Cleaner, tell: Callable[[int], None] = lambda left: None) -> None:
    """Remove all that is left, as far as it goes; `tell` is told how many things are left before each."""
    things, silent = leavings.read(), 0
    for left, (kind, name) in zip(range(len(things), 0, -1), things, strict=True):
        tell(left)
        try:
            gone = cleaner.remove(kind, name)
        except Unanswered:
            silent += 1
            if silent == DEAF_AFTER:
                return
            continue
        silent = 0
        if gone:
            leavings.gone(kind, name)
