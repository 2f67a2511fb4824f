"""Who speaks in a scenario: an identity, told to the service by trusted headers."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import requests

PATCH_TYPE = "application/openstack-images-v2.1-json-patch"


@dataclass
class Actor:
    """A caller of the service at `url`: one user, one project, some roles."""

    url: str
    roles: str = "member,reader"
    project: str = field(default_factory=lambda: uuid.uuid4().hex)
    user: str = field(default_factory=lambda: uuid.uuid4().hex)
    session: requests.Session = field(default_factory=requests.Session, repr=False)
    witness: ClassVar[Callable[[requests.Response], None] | None] = None
    """Is told of every answer."""

    def __call__(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send one request; `path` begins with a slash and may carry a query."""
        headers = {
            "X-Identity-Status": "Confirmed",
            "X-User-Id": self.user,
            "X-Project-Id": self.project,
            "X-Roles": self.roles,
            **options.pop("headers", {}),
        }
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
