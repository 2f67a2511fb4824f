"""Images and servers as several projects see them, in one process; background work is done when it is told."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from glance_emulator.db.tasks import Job
from glance_emulator.domain import background
from glance_emulator.domain.worlds import World

V21 = "/compute/v2.1"
OCTETS = {"Content-Type": "application/octet-stream"}
PATCHES = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
Json = dict[str, Any]


@dataclass
class Project:
    """Somebody who calls: a project, and roles in it."""

    application: Flask
    name: str
    roles: str = "member,reader"

    def __call__(
        self, method: str, path: str, json: Any = None, minor: int | None = None, **options: Any
    ) -> TestResponse:
        """Send a request; `minor` is the second number of a microversion."""
        headers = {
            "X-Identity-Status": "Confirmed",
            "X-User-Id": f"user-of-{self.name}",
            "X-Project-Id": self.name,
            "X-Roles": self.roles,
            **({} if minor is None else {"OpenStack-API-Version": f"compute 2.{minor}"}),
            **options.pop("headers", {}),
        }
        client = self.application.test_client()
        return client.open(path, method=method, json=json, headers=headers, buffered=True, **options)

    def image(self, content: bytes | None = b"some bytes", **attributes: Any) -> str:
        """Create an image, with data unless `content` is None; return its id."""
        body = {"name": "golden", "disk_format": "raw", "container_format": "bare", **attributes}
        image_id = str(self("POST", "/v2/images", body).get_json()["id"])
        if content is not None:
            answer = self("PUT", f"/v2/images/{image_id}/file", data=content, headers=OCTETS)
            assert answer.status_code == 204, answer.text
        return image_id

    def offer(self, image_id: str, to: Project, status: str = "pending") -> None:
        """Make a project a member of an image; let it answer unless `status` is pending."""
        assert self("POST", f"/v2/images/{image_id}/members", {"member": to.name}).status_code == 200
        if status != "pending":
            answer = to("PUT", f"/v2/images/{image_id}/members/{to.name}", {"status": status})
            assert answer.status_code == 200, answer.text

    def order(self, image_id: str, minor: int | None = None, **attributes: Any) -> TestResponse:
        """Order a server."""
        body = {"name": "box", "imageRef": image_id, "flavorRef": "1", **attributes}
        return self("POST", f"{V21}/servers", {"server": body}, minor)

    def boot(self, image_id: str, **attributes: Any) -> str:
        """Order a server, and let it come up; return its id."""
        answer = self.order(image_id, **attributes)
        assert answer.status_code == 202, answer.text
        work(self.application)
        return str(answer.get_json()["server"]["id"])

    def act(self, server_id: str, action: str, argument: Any = None, minor: int | None = None) -> TestResponse:
        """Let something be done to a server."""
        return self("POST", f"{V21}/servers/{server_id}/action", {action: argument}, minor)

    def snapshot(self, server_id: str, name: str = "snap", **metadata: str) -> str:
        """Make an image of a server, and wait for it; return its id."""
        answer = self.act(server_id, "createImage", {"name": name, "metadata": metadata}, minor=45)
        assert answer.status_code == 202, answer.text
        work(self.application)
        return str(answer.get_json()["image_id"])

    def server(self, server_id: str, minor: int | None = None) -> Json:
        """Return a server as it is shown."""
        answer = self("GET", f"{V21}/servers/{server_id}", minor=minor)
        assert answer.status_code == 200, answer.text
        document: Json = answer.get_json()["server"]
        return document

    def data(self, image_id: str) -> bytes:
        """Return an image's data."""
        answer = self("GET", f"/v2/images/{image_id}/file")
        assert answer.status_code == 200, answer.text
        return bytes(answer.data)

    def images(self, query: str = "") -> list[str]:
        """Return the ids of the images that are listed."""
        return [image["id"] for image in self("GET", f"/v2/images{query}").get_json()["images"]]


def world_of(application: Flask) -> World:
    """Return the world behind an application."""
    world: World = application.extensions["glance_emulator"].default
    return world


def work(application: Flask) -> None:
    """Do what waits to be done in the background, here and now."""
    world = world_of(application)
    while True:
        with world.writing() as session:
            job = session.scalars(select(Job).order_by(Job.created_at).limit(1)).one_or_none()
            if job is None:
                return
            session.delete(job)
        importlib.import_module(background.KINDS[job.kind]).run(world, **job.arguments)


def bytes_kept(application: Flask) -> int:
    """Return how many blobs the stores have."""
    return sum(len(list(store.blobs())) for store in world_of(application).stores.values())
