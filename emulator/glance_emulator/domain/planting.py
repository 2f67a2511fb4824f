"""What a seed file describes, made in a world: all of it, or nothing."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.identity import Project, Role, User
from glance_emulator.db.images import Blob, Image
from glance_emulator.domain import (
    actions,
    assignments,
    data,
    flavors,
    images,
    members,
    projects,
    servers,
    transfer,
    users,
)
from glance_emulator.domain.controls import IDS
from glance_emulator.domain.formats import CHECKED_CONTAINER, UNKNOWN_TO_LIBRARY, Inspector
from glance_emulator.domain.grants import Scope
from glance_emulator.domain.headers import BEGINNINGS
from glance_emulator.domain.seed import DOMAIN
from glance_emulator.domain.servers import Wish
from glance_emulator.domain.transfer import Received
from glance_emulator.domain.worlds import World
from glance_emulator.errors import Refusal

PIECE = 1 << 20
ADMIN = frozenset({"admin", "manager", "member", "reader"})
Place = tuple[str | int, ...]
"""Where something stands in the file: the list, the number in it from 0, the key, …"""
Thing = tuple[str, int]
"""Where a project, user, image or server stands."""
DATA = ("text", "file", "size")
"""Keys that say what an image's data are."""
Plant = Callable[[Session], dict[str, int]]
"""Makes a seed file in a transaction; returns how many of each kind were not there before."""


class Unfit(Exception):
    """Something of the file cannot be made; says what, and where it stands."""

    def __init__(self, message: str, place: Place) -> None:
        """Keep both."""
        super().__init__(message)
        self.message = message
        self.place = place


@contextmanager
def planter(world: World, told: Mapping[str, Any], base: Path | None) -> Iterator[Plant]:
    """Take in all data that a seed file speaks of, and give what makes the file in a transaction of the world.

    Files of data are looked for from `base` on, without which there may be none. Servers are booted when the runner is
    woken. Raises Unfit for what cannot be made; where the block raises, no data are left.
    """
    with ExitStack() as ending:
        received = [
            _received(world, one, ("images", number), base, ending) for number, one in enumerate(told["images"])
        ]
        kept: list[str] = []
        try:
            yield lambda session: _Planter(session, world, received, kept).plant(told)
        except BaseException:
            for blob in kept:
                next(iter(world.stores.values())).remove(blob)
            raise


def _received(
    world: World, told: Mapping[str, Any], place: Place, base: Path | None, ending: ExitStack
) -> Received | None:
    """Take an image's data into the first store, as yet without a name."""
    key = next((name for name in DATA if name in told), None)
    if key is None:
        return None
    pieces = _pieces(world, told, (*place, key), base)
    incoming = next(iter(world.stores.values())).receive("seed")
    ending.callback(incoming.drop)
    try:
        return transfer.receive(incoming, pieces, Inspector(told["disk_format"], told["container_format"]), None)
    except Refusal as refusal:
        raise Unfit(refusal.message, (*place, key)) from None


def _pieces(world: World, told: Mapping[str, Any], place: Place, base: Path | None) -> Iterator[bytes]:
    if "text" in told:
        return iter([told["text"].encode()])
    if "size" in told:
        return _made_up(world, told, _beginning(told, place))
    if base is None:
        raise Unfit("Files of this machine are read only for callers on it.", place)
    path = base / os.path.expanduser(told["file"])
    if not os.path.isfile(path):
        raise Unfit(f"There is no file {path}.", place)
    return _read(path, place)


def _beginning(told: Mapping[str, Any], place: Place) -> bytes:
    """Return the bytes by which made-up data are of the image's format."""
    disk_format, size = told["disk_format"], told["size"]
    begin = BEGINNINGS.get(disk_format)
    if begin is not None:
        found = begin(size)
        if size < len(found):
            raise Unfit(f"Made-up data in the format {disk_format} have at least {len(found)} bytes.", place)
        return found
    if told["container_format"] == CHECKED_CONTAINER and disk_format not in ("raw", *UNKNOWN_TO_LIBRARY):
        known = ", ".join(BEGINNINGS)
        raise Unfit(f"No data can be made up for {disk_format}: name a file, or take raw, {known}.", place)
    return b""


def _read(path: Path, place: Place) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece
    except OSError as reason:  # it may have been there a moment ago
        raise Unfit(f"The file {path} cannot be read: {reason.strerror}.", place) from None


def _made_up(world: World, told: Mapping[str, Any], beginning: bytes) -> Iterator[bytes]:
    """Yield the beginning, then bytes that follow from the seed of ids, image and size; without a seed, random ones."""
    ids = world.controls.read(IDS)
    seed = f"{ids['seed']}/{told['project']}/{told['name']}" if ids else None
    source, left = random.Random(seed), told["size"] - len(beginning)  # noqa: S311 - data for tests
    yield beginning
    while left > 0:
        yield source.randbytes(min(left, PIECE))
        left -= PIECE


class _Planter:
    """One transaction in which a file is made; the blobs that it makes are added to `kept`."""

    def __init__(self, session: Session, world: World, received: list[Received | None], kept: list[str]) -> None:
        self._session = session
        self._now = world.clock()
        self._store = next(iter(world.stores))
        self._received = received
        self._kept = kept
        self._admin = Caller(None, None, ADMIN, system=True)
        self._images: dict[str, str] = {}

    def plant(self, told: Mapping[str, Any]) -> dict[str, int]:
        made = dict.fromkeys(told, 0)
        for kind, make in (
            ("projects", self._project), ("users", self._user), ("images", self._image), ("servers", self._server),
        ):  # fmt: skip
            for number, one in enumerate(told[kind]):
                try:
                    made[kind] += make(one, (kind, number))
                except Refusal as refusal:
                    raise Unfit(refusal.message, (kind, number)) from None
        return made

    def _project(self, told: Mapping[str, Any], place: Thing) -> bool:
        if self._named(Project, told["name"]) is not None:
            return False
        projects.create(self._session, self._admin, {**told, "domain_id": DOMAIN})
        return True

    def _user(self, told: Mapping[str, Any], place: Thing) -> bool:
        user = self._named(User, told["name"])
        new = user is None
        if user is None:
            values = {"name": told["name"], "password": told["password"], "domain_id": DOMAIN}
            user = users.create(self._session, self._admin, values, self._now)
        project_id = self._project_id(told, place)
        for name in told["roles"]:
            role = self._session.scalars(select(Role).where(Role.name == name)).first()
            if role is None:
                raise Unfit(f"There is no role {name}.", (*place, "roles"))
            assignments.give(self._session, self._admin, Scope("project", project_id), user.id, role.id)
        return new

    def _image(self, told: Mapping[str, Any], place: Thing) -> bool:
        owner = self._project_id(told, place)
        caller, now = Caller(None, owner, ADMIN), told.get("created_at", self._now)
        plain = {name: value for name, value in told.items() if name in images.ATTRIBUTES}
        plain |= {"id": str(told["id"])} if "id" in told else {}
        image = images.create(self._session, caller, {**told.get("properties", {}), **plain}, now)
        received = self._received[place[1]]
        if received is not None:
            image.status = "saving"
            self._session.flush()
            data.finish(self._session, image.id, self._store, received, now)
            blob = self._session.get_one(Blob, image.locations[-1]["blob"])
            if blob.references == 1:
                self._kept.append(blob.id)
        for number, member in enumerate(told["members"]):
            self._member(image, caller, member, (*place, "members", number))
        if told.get("status") == "deactivated":
            actions.act(self._session, self._admin, image.id, "deactivate", now)
        self._images[told["name"]] = image.id
        return True

    def _member(self, image: Image, owner: Caller, told: Mapping[str, Any], place: Place) -> None:
        project_id = self._project_id(told, place)
        try:
            members.add(self._session, owner, image.id, project_id, image.created_at)
        except Refusal as refusal:
            raise Unfit(refusal.message, place) from None
        if told["status"] != "pending":
            member = Caller(None, project_id, ADMIN)
            members.answer(self._session, member, image.id, project_id, told["status"], image.created_at)

    def _server(self, told: Mapping[str, Any], place: Thing) -> bool:
        project_id = self._project_id(told, place)
        image_id = self._images.get(told["image"], told["image"])
        flavor = next((one.id for one in flavors.FLAVORS.values() if told["flavor"] in (one.id, one.name)), None)
        if flavor is None:
            raise Unfit(f"There is no flavor {told['flavor']}.", (*place, "flavor"))
        caller = Caller(None, project_id, frozenset({"member", "reader"}))
        try:
            servers.boot(self._session, caller, Wish(told["name"], image_id, flavor), self._now)
        except Refusal as refusal:
            message = f"For project {told['project']}: {refusal.message.replace(image_id, told['image'])}"
            raise Unfit(message, (*place, "image")) from None
        return True

    def _named(self, kind: type[Any], name: str) -> Any:
        return self._session.scalars(select(kind).where(kind.name == name, kind.domain_id == DOMAIN)).first()

    def _project_id(self, told: Mapping[str, Any], place: Place) -> str:
        found: Project | None = self._named(Project, told["project"]) or self._session.get(Project, told["project"])
        if found is None:
            raise Unfit(f"There is no project {told['project']}.", (*place, "project"))
        return found.id
