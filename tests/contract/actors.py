"""Who speaks in a scenario: an identity, told to the service by trusted headers, or as `Actor.identify` says."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest
import requests

PATCH_TYPE = "application/openstack-images-v2.1-json-patch"


def trusted(actor: Actor) -> dict[str, str]:
    """Invent the actor's user, and project unless it has one; return the headers that a service trusts."""
    actor.project = actor.project or uuid.uuid4().hex
    actor.user = actor.user or uuid.uuid4().hex
    return {
        "X-Identity-Status": "Confirmed",
        "X-User-Id": actor.user,
        "X-Project-Id": actor.project,
        "X-Roles": actor.roles,
    }


@dataclass
class Actor:
    """A caller of the service at `url`: one user, one project, some roles."""

    url: str
    roles: str = "member,reader"
    project: str = ""
    user: str = ""
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    """What tells the service who this is."""
    session: requests.Session = field(default_factory=requests.Session, repr=False)
    identify: ClassVar[Callable[[Actor], dict[str, str]]] = trusted
    """Gives an actor a project and a user; returns its headers."""
    witness: ClassVar[Callable[[requests.Response], None] | None] = None
    """Is told of every answer."""

    def __post_init__(self) -> None:
        self.headers = Actor.identify(self)

    @property
    def address(self) -> tuple[str, int]:
        """Where to send bytes as they are."""
        parts = urlsplit(self.url)
        if parts.scheme != "http" or parts.path:
            pytest.skip("sends bytes as they are, to a service at the root of a plain HTTP server")
        return str(parts.hostname), parts.port or 80

    def __call__(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send one request; `path` begins with a slash and may carry a query."""
        headers = {**self.headers, **options.pop("headers", {})}
        answer = self.session.request(
            method, self.url + path, headers=headers, allow_redirects=False, timeout=60, **options
        )
        if (witness := Actor.witness) is not None:
            witness(answer)
        return answer

    def get(self, path: str, **options: Any) -> requests.Response:
        return self("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> requests.Response:
        return self("POST", path, json=json, **options)

    def put(self, path: str, json: Any = None, **options: Any) -> requests.Response:
        return self("PUT", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        return self("DELETE", path, **options)

    def patch(self, path: str, *operations: dict[str, Any], media_type: str = PATCH_TYPE) -> requests.Response:
        return self("PATCH", path, json=list(operations), headers={"Content-Type": media_type})

    # What most scenarios begin with.

    def image(self, **attributes: Any) -> dict[str, Any]:
        """Create an image; return its document."""
        body = {"name": "an image", "disk_format": "raw", "container_format": "bare", **attributes}
        answer = self.post("/v2/images", body)
        assert answer.status_code == 201, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def settled_image(self, **attributes: Any) -> dict[str, Any]:
        """Create an image; return its document as it is shown: a real Glance may yet have touched `updated_at`."""
        document: dict[str, Any] = self.get(self.image(**attributes)["self"]).json()
        return document

    def active_image(self, content: bytes = b"some bytes", **attributes: Any) -> dict[str, Any]:
        """Create an image and upload its data; return its document as it then stands."""
        image = self.image(**attributes)
        self.upload(image, content)
        document: dict[str, Any] = self.get(f"/v2/images/{image['id']}").json()
        assert document["status"] == "active", document
        return document

    def upload(self, image: dict[str, Any], content: Any) -> None:
        answer = self.put(
            f"/v2/images/{image['id']}/file", data=content, headers={"Content-Type": "application/octet-stream"}
        )
        assert answer.status_code == 204, answer.text

    def offer(self, image: dict[str, Any], to: Actor, status: str = "pending") -> None:
        """Make `to` a member of the image, and let it answer unless `status` is pending."""
        answer = self.post(f"/v2/images/{image['id']}/members", {"member": to.project})
        assert answer.status_code == 200, answer.text
        if status != "pending":
            answer = to.put(f"/v2/images/{image['id']}/members/{to.project}", {"status": status})
            assert answer.status_code == 200, answer.text

    def listed(self, query: str = "") -> list[str]:
        """Return the ids that this caller's list shows (all pages)."""
        path: str | None = f"/v2/images{query}"
        found: list[str] = []
        while path:
            answer = self.get(path)
            assert answer.status_code == 200, answer.text
            found += [image["id"] for image in answer.json()["images"]]
            path = answer.json().get("next")
        return found
