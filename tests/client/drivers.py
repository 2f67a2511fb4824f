"""One way to say what people do with images, for each of the four official clients."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tests.client.cloud import Cloud, Refused, details, table

BARE: dict[str, Any] = {"disk_format": "raw", "container_format": "bare"}
ANSWERS = {"accepted": "--accept", "rejected": "--reject", "pending": "--pending"}
"""The options by which `openstack image set` answers an offer."""


@dataclass(frozen=True)
class Shown:
    """What the story wants to know of an image."""

    name: str
    status: str
    visibility: str
    protected: bool
    size: int
    tags: frozenset[str]
    colour: str | None
    """A property of the user's own."""


class Driver(Protocol):
    """A persona at work with one client; whatever is refused raises Refused."""

    def __init__(self, cloud: Cloud, persona: str) -> None: ...
    def create(self, name: str, file: Path) -> str: ...
    def show(self, image: str) -> Shown: ...
    def images(self, member_status: str | None = None) -> set[str]: ...
    def update(self, image: str, **changes: str | bool) -> None: ...
    def tag(self, image: str, tag: str) -> None: ...
    def download(self, image: str, into: Path) -> None: ...
    def deactivate(self, image: str) -> None: ...
    def reactivate(self, image: str) -> None: ...
    def delete(self, image: str) -> None: ...
    def offer(self, image: str, project: str) -> str: ...
    def answer(self, image: str, project: str, status: str) -> None: ...
    def withdraw(self, image: str, project: str) -> None: ...
    def members(self, image: str) -> dict[str, str]: ...


def listed(member_status: str | None) -> dict[str, str]:
    """Return the filters that ask for images with an offer in this state."""
    return {"visibility": "shared", "member_status": member_status} if member_status else {}


class GlanceLibrary:
    """python-glanceclient as a library."""

    def __init__(self, cloud: Cloud, persona: str) -> None:
        import glanceclient

        from tests.client.conftest import keystone_session

        self.glance = glanceclient.Client("2", session=keystone_session(cloud, persona), region_name="RegionOne")

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Translate the refusals of this client."""
        from glanceclient import exc

        try:
            yield
        except exc.HTTPException as refusal:
            raise Refused(refusal.code, str(refusal)) from None

    def create(self, name: str, file: Path) -> str:
        with self.asked(), file.open("rb") as content:
            image = self.glance.images.create(name=name, **BARE)
            self.glance.images.upload(image.id, content)
            return str(image.id)

    def show(self, image: str) -> Shown:
        with self.asked():
            found = self.glance.images.get(image)
        return Shown(
            found.name,
            found.status,
            found.visibility,
            found.protected,
            found.size,
            frozenset(found.tags),
            found.get("colour"),
        )

    def images(self, member_status: str | None = None) -> set[str]:
        with self.asked():
            return {image.id for image in self.glance.images.list(filters=listed(member_status))}

    def update(self, image: str, **changes: str | bool) -> None:
        with self.asked():
            self.glance.images.update(image, **changes)

    def tag(self, image: str, tag: str) -> None:
        with self.asked():
            self.glance.image_tags.update(image, tag)

    def download(self, image: str, into: Path) -> None:
        with self.asked(), into.open("wb") as file:
            for piece in self.glance.images.data(image):
                file.write(piece)

    def deactivate(self, image: str) -> None:
        with self.asked():
            self.glance.images.deactivate(image)

    def reactivate(self, image: str) -> None:
        with self.asked():
            self.glance.images.reactivate(image)

    def delete(self, image: str) -> None:
        with self.asked():
            self.glance.images.delete(image)

    def offer(self, image: str, project: str) -> str:
        with self.asked():
            return str(self.glance.image_members.create(image, project).status)

    def answer(self, image: str, project: str, status: str) -> None:
        with self.asked():
            self.glance.image_members.update(image, project, status)

    def withdraw(self, image: str, project: str) -> None:
        with self.asked():
            self.glance.image_members.delete(image, project)

    def members(self, image: str) -> dict[str, str]:
        with self.asked():
            return {member.member_id: member.status for member in self.glance.image_members.list(image)}


class GlanceCommand:
    """The command `glance`."""

    def __init__(self, cloud: Cloud, persona: str) -> None:
        self.cloud, self.persona = cloud, persona

    def run(self, *arguments: str) -> str:
        return self.cloud.run(self.persona, "glance", *arguments)

    def create(self, name: str, file: Path) -> str:
        formats = ("--disk-format", "raw", "--container-format", "bare")
        return details(self.run("image-create", "--name", name, *formats, "--file", str(file)))["id"]

    def show(self, image: str) -> Shown:
        found = details(self.run("image-show", image))
        return Shown(
            found["name"],
            found["status"],
            found["visibility"],
            found["protected"] == "True",
            int(found["size"]),
            frozenset(json.loads(found["tags"])),
            found.get("colour"),
        )

    def images(self, member_status: str | None = None) -> set[str]:
        filters = (f"--{name.replace('_', '-')}={text}" for name, text in listed(member_status).items())
        return {row["ID"] for row in table(self.run("image-list", *filters))}

    def update(self, image: str, **changes: str | bool) -> None:
        own = {"name", "visibility", "protected"}
        options = [f"--{name}={text}" if name in own else f"--property={name}={text}" for name, text in changes.items()]
        self.run("image-update", *options, image)

    def tag(self, image: str, tag: str) -> None:
        self.run("image-tag-update", image, tag)

    def download(self, image: str, into: Path) -> None:
        self.run("image-download", "--file", str(into), image)

    def deactivate(self, image: str) -> None:
        self.run("image-deactivate", image)

    def reactivate(self, image: str) -> None:
        self.run("image-reactivate", image)

    def delete(self, image: str) -> None:
        self.run("image-delete", image)

    def offer(self, image: str, project: str) -> str:
        return table(self.run("member-create", image, project))[0]["Status"]

    def answer(self, image: str, project: str, status: str) -> None:
        self.run("member-update", image, project, status)

    def withdraw(self, image: str, project: str) -> None:
        self.run("member-delete", image, project)

    def members(self, image: str) -> dict[str, str]:
        return {row["Member ID"]: row["Status"] for row in table(self.run("member-list", "--image-id", image))}


class Sdk:
    """openstacksdk."""

    def __init__(self, cloud: Cloud, persona: str) -> None:
        import openstack

        own: dict[str, Any] = {"load_yaml_config": False, "load_envvars": False, "region_name": "RegionOne"}
        self.image: Any = openstack.connect(auth=cloud.login(persona), **own).image

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Translate the refusals of this client."""
        from openstack.exceptions import HttpException

        try:
            yield
        except HttpException as refusal:
            raise Refused(refusal.status_code, str(refusal)) from None

    def create(self, name: str, file: Path) -> str:
        # The file is opened here: what the client opens for `filename` it doesn't close.
        with self.asked(), file.open("rb") as content:
            return str(self.image.create_image(name, data=content, allow_duplicates=True, wait=True, **BARE).id)

    def show(self, image: str) -> Shown:
        with self.asked():
            found = self.image.get_image(image)
        return Shown(
            found.name,
            found.status,
            found.visibility,
            found.is_protected,
            found.size,
            frozenset(found.tags),
            found.properties.get("colour"),
        )

    def images(self, member_status: str | None = None) -> set[str]:
        with self.asked():
            return {image.id for image in self.image.images(**listed(member_status))}

    def update(self, image: str, **changes: str | bool) -> None:
        if "protected" in changes:
            changes["is_protected"] = changes.pop("protected")
        with self.asked():
            self.image.update_image(image, **changes)

    def tag(self, image: str, tag: str) -> None:
        with self.asked():
            self.image.add_tag(image, tag)

    def download(self, image: str, into: Path) -> None:
        with self.asked():
            response = self.image.download_image(image, stream=True)
        # The client looks at the checksum of what it gets, but not at the status.
        if response.status_code >= 400:
            raise Refused(response.status_code, response.text)
        with into.open("wb") as file:
            for piece in response.iter_content(1 << 20):
                file.write(piece)

    def deactivate(self, image: str) -> None:
        with self.asked():
            self.image.deactivate_image(image)

    def reactivate(self, image: str) -> None:
        with self.asked():
            self.image.reactivate_image(image)

    def delete(self, image: str) -> None:
        with self.asked():
            self.image.delete_image(image, ignore_missing=False)

    def offer(self, image: str, project: str) -> str:
        with self.asked():
            return str(self.image.add_member(image, member_id=project).status)

    def answer(self, image: str, project: str, status: str) -> None:
        with self.asked():
            self.image.update_member(project, image, status=status)

    def withdraw(self, image: str, project: str) -> None:
        with self.asked():
            self.image.remove_member(project, image, ignore_missing=False)

    def members(self, image: str) -> dict[str, str]:
        with self.asked():
            return {member.member_id: member.status for member in self.image.members(image)}


class OpenstackCommand:
    """The command `openstack`."""

    def __init__(self, cloud: Cloud, persona: str) -> None:
        self.cloud, self.persona = cloud, persona

    def run(self, *arguments: str) -> str:
        return self.cloud.run(self.persona, "openstack", "image", *arguments)

    def read(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "-f", "json"))

    def create(self, name: str, file: Path) -> str:
        formats = ("--disk-format", "raw", "--container-format", "bare")
        return str(self.read("create", *formats, "--file", str(file), name)["id"])

    def show(self, image: str) -> Shown:
        found = self.read("show", image)
        return Shown(
            found["name"],
            found["status"],
            found["visibility"],
            found["protected"],
            found["size"],
            frozenset(found["tags"]),
            found["properties"].get("colour"),
        )

    def images(self, member_status: str | None = None) -> set[str]:
        filters = ("--shared", "--member-status", member_status) if member_status else ()
        return {row["ID"] for row in self.read("list", *filters)}

    def update(self, image: str, **changes: str | bool) -> None:
        self.run("set", *(_option(name, value) for name, value in changes.items()), image)

    def tag(self, image: str, tag: str) -> None:
        self.run("set", "--tag", tag, image)

    def download(self, image: str, into: Path) -> None:
        self.run("save", "--file", str(into), image)

    def deactivate(self, image: str) -> None:
        self.run("set", "--deactivate", image)

    def reactivate(self, image: str) -> None:
        self.run("set", "--activate", image)

    def delete(self, image: str) -> None:
        self.run("delete", image)

    def offer(self, image: str, project: str) -> str:
        return str(self.read("add", "project", image, project)["status"])

    def answer(self, image: str, project: str, status: str) -> None:
        own = project == self.cloud.projects[self.persona]
        self.run("set", ANSWERS[status], *(() if own else ("--project", project)), image)

    def withdraw(self, image: str, project: str) -> None:
        self.run("remove", "project", image, project)

    def members(self, image: str) -> dict[str, str]:
        return {row["Member ID"]: row["Status"] for row in self.read("member", "list", image)}


def _option(name: str, value: str | bool) -> str:
    if name == "protected":
        return "--protected" if value else "--unprotected"
    if name == "visibility":
        return f"--{value}"
    return f"--name={value}" if name == "name" else f"--property={name}={value}"


DRIVERS: dict[str, Callable[[Cloud, str], Driver]] = {
    "glanceclient": GlanceLibrary,
    "glance": GlanceCommand,
    "sdk": Sdk,
    "openstack": OpenstackCommand,
}
