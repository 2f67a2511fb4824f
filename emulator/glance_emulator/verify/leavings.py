"""What a run has made in a cloud, written down in a file before it is made, and how it is removed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Ask = Callable[..., Any]
"""Sends a request to a service as its admin: method, path, and what requests.request takes; returns a Response."""

IMAGE, NAMESPACE = "image", "namespace"
USER, PROJECT, ROLE = "user", "project", "role"
ORDER = (IMAGE, NAMESPACE, USER, PROJECT, ROLE)
"""The kinds of things, in the order in which they are removed."""
BUSY_FOR = 20.0
"""Seconds after which an image that cannot be deleted for what is done to it (409) is given up."""
GONE = {200, 204, 404}


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


def remove_image(ask: Ask, image: str) -> bool:
    """Delete an image, whatever its state; tell whether it is gone."""
    path = f"/v2/images/{image}"
    until = time.monotonic() + BUSY_FOR
    status = ask("DELETE", path).status_code
    while status == 409 and time.monotonic() < until:
        time.sleep(0.5)
        status = ask("DELETE", path).status_code
    if status == 403:
        unprotect = [{"op": "replace", "path": "/protected", "value": False}]
        ask("PATCH", path, json=unprotect, headers={"Content-Type": "application/openstack-images-v2.1-json-patch"})
        status = ask("DELETE", path).status_code
    return status in GONE


def remove_namespace(ask: Ask, name: str) -> bool:
    """Delete a namespace of metadata definitions; tell whether it is gone."""
    path = f"/v2/metadefs/namespaces/{name}"
    if (status := ask("DELETE", path).status_code) == 403:
        ask("PUT", path, json={"namespace": name, "protected": False})
        status = ask("DELETE", path).status_code
    return status in GONE


def images_of(ask: Ask, project: str) -> list[str]:
    """Return the ids of a project's images, hidden ones as well."""
    found: list[str] = []
    for hidden in ("false", "true"):
        path: str | None = f"/v2/images?owner={project}&visibility=all&os_hidden={hidden}&limit=100"
        while path:
            answer = ask("GET", path)
            document = answer.json() if answer.status_code == 200 else {"images": []}
            found += [image["id"] for image in document["images"] if image["owner"] == project]
            path = document.get("next")
    return found


def remove_identity(ask_image: Ask, ask_identity: Ask, kind: str, name: str) -> bool:
    """Delete a project with all its images, a user or a role, by its name; tell whether it is gone."""
    answer = ask_identity("GET", f"/{kind}s?name={name}")
    if answer.status_code != 200:
        return False
    for found in answer.json()[f"{kind}s"]:
        if kind == PROJECT and not all(remove_image(ask_image, image) for image in images_of(ask_image, found["id"])):
            return False
        if ask_identity("DELETE", f"/{kind}s/{found['id']}").status_code not in GONE:
            return False
    return True


def remove_all(leavings: Leavings, ask_image: Ask, ask_identity: Ask | None) -> list[str]:
    """Remove all that is left; return what could not be, in words."""
    for kind, name in leavings.read():
        if kind == IMAGE:
            done = remove_image(ask_image, name)
        elif kind == NAMESPACE:
            done = remove_namespace(ask_image, name)
        else:
            done = ask_identity is not None and remove_identity(ask_image, ask_identity, kind, name)
        if done:
            leavings.gone(kind, name)
    return [f"{kind} {name}" for kind, name in leavings.read()]
