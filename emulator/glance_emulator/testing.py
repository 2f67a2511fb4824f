"""Emulators and worlds for tests: what the pytest plugin is made of, and what other frameworks use.

with testing.emulator() as emulator, emulator.world() as world:
    consumer = openstack.connect(**world.login("consumer"))
"""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from glance_emulator import child, personas, settings
from glance_emulator.domain.seed import PASSWORD, PERSONAS
from glance_emulator.durations import seconds
from glance_emulator.errors import SetupError
from glance_emulator.personas import Access
from glance_emulator.remote import Remote

OPEN: list[World] = []
"""The worlds that there are of this process's making: for reports of failures."""


@dataclass(frozen=True)
class World:
    """A world of its own, with its own images, users, clock and faults."""

    name: str
    url: str
    """Where the Images API is; Identity is at `/identity/v3` below it."""
    ca_file: str | None = None
    admin_password: str | None = None
    control: Remote = field(init=False, repr=False, compare=False)
    """The emulator's own API, for this world: `world.control("GET", "clock")`."""

    def __post_init__(self) -> None:
        """Make the way to the API."""
        password = self.admin_password or PASSWORD
        object.__setattr__(self, "control", Remote(self.url, ca_file=self.ca_file, password=password))

    def login(self, user: str, password: str | None = None, project: str | None = None) -> dict[str, Any]:
        """Return the arguments with which `openstack.connect` is a persona, or a user of whom more is said.

        A password that is not said is that of the personas; a project, that of the user's name. Raises SetupError for
        a name alone that is no persona's.
        """
        access = asdict(self._access(user, password, project))
        cacert = access.pop("ca_file")
        return {
            "auth": {**access, "user_domain_name": "Default", "project_domain_name": "Default"},
            "region_name": "RegionOne",
            "identity_api_version": "3",
            "load_yaml_config": False,
            "load_envvars": False,
            **({"cacert": cacert} if cacert else {}),
        }

    def environment(self, user: str, password: str | None = None, project: str | None = None) -> Mapping[str, str]:
        """Return the variables `OS_*` with which a command is a persona, or a user; see `login`."""
        return personas.variables(self._access(user, password, project))

    def _access(self, user: str, password: str | None, project: str | None) -> Access:
        if user in PERSONAS:
            known = personas.access(user, self.url, self.ca_file, self.admin_password)
        elif password or project:
            known = Access(f"{self.url}/identity/v3", user, PASSWORD, user, self.ca_file)
        else:
            raise SetupError(
                f"there is no persona {user}; there are: {', '.join(PERSONAS)}. "
                "Of another user say the password or the project."
            )
        return replace(known, password=password or known.password, project_name=project or known.project_name)

    # What is in it

    def seed(self, source: str | os.PathLike[str]) -> dict[str, int]:
        """Make what a seed file says, or, if it is a text of several lines, what that says."""
        if isinstance(source, str) and "\n" in source:
            return dict(self.control("POST", "seed", data=source.encode()))
        path = Path(source).absolute()
        where = {"base": str(path.parent), "name": str(source)}
        return dict(self.control("POST", "seed", data=path.read_bytes(), query=where))

    def reset(self) -> None:
        """Let the world be as a new one is."""
        self.control("POST", "reset")

    def save(self, snapshot: str) -> None:
        """Keep the world as it is now."""
        self.control("POST", "snapshots", {"name": snapshot})

    def restore(self, snapshot: str) -> None:
        """Let the world be again as it was."""
        self.control("POST", f"snapshots/{snapshot}/restore")

    # Time and chance

    def freeze(self, at: datetime | str | None = None) -> None:
        """Let the clock stand still, now or at a time in UTC."""
        moment = {} if at is None else {"at": _moment(at)}
        self.control("PUT", "clock", {"frozen": True, **moment})

    def set_clock(self, at: datetime | str) -> None:
        """Let it be this time, from where the clock runs on."""
        self.control("PUT", "clock", {"frozen": False, "at": _moment(at)})

    def advance_clock(self, by: float | str) -> None:
        """Put the clock forward, by seconds or a time like "2h", and let be done what is due by then."""
        self.control("POST", "clock/advance", {"seconds": seconds(by)})

    advance = advance_clock

    def run(self) -> None:
        """Let the clock run on from what it shows."""
        self.control("PUT", "clock", {"frozen": False})

    def reset_clock(self) -> None:
        """Show the real time again."""
        self.control("DELETE", "clock")

    def seed_ids(self, seed: int) -> None:
        """Make ids and generated data follow from a seed."""
        self.control("PUT", "ids", {"seed": seed})

    # Work in the background

    def hold(self, **kinds: Mapping[str, Any] | None) -> None:
        """Say how work moves on, by kind: `hold(server={"after": "2m"}, snapshot={"by_hand": True})`."""
        told = {kind: _in_seconds(how or {}, "after") for kind, how in kinds.items()}
        self.control("PUT", "transitions", {"transitions": told})

    def advance_work(self, kind: str | None = None, id: str | None = None) -> list[dict[str, Any]]:
        """Let work that waits be done; return what was."""
        wanted = {name: text for name, text in (("kind", kind), ("id", id)) if text is not None}
        found: list[dict[str, Any]] = self.control("POST", "advance", wanted)["advanced"]
        return found

    release = advance_work

    # What goes wrong, and why

    def fault(self, effect: Mapping[str, Any], **which: Any) -> str:
        """Set a fault, and return its id: `fault({"status": 503}, operation="images.show", times=2)`.

        The `latency` of the effect, and how long the fault `lasts`, are seconds or a time like "2h".
        """
        told = {**_in_seconds(which, "lasts"), "effect": _in_seconds(effect, "latency")}
        return str(self.control("POST", "faults", told)["id"])

    def clear_faults(self) -> None:
        """Take all faults away."""
        self.control("DELETE", "faults")

    def requests(self, **filters: str) -> list[dict[str, Any]]:
        """Return what was asked of this world, newest first; see the document of the API for the filters."""
        found: list[dict[str, Any]] = self.control("GET", "requests", query=filters)["requests"]
        return found

    def explain(self, request: str, image: str | None = None) -> str:
        """Say why a request, named by its x-openstack-request-id, was answered so, or why a list lacks an image."""
        return str(self.control("GET", f"requests/{request}/explain", query={"image": image})["words"])


def _in_seconds(told: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: seconds(value) if key == name and isinstance(value, str) else value for key, value in told.items()}


def _moment(at: datetime | str) -> str:
    if isinstance(at, str):
        return at
    return (at.astimezone(UTC) if at.tzinfo else at).replace(tzinfo=None).isoformat() + "Z"


@dataclass(frozen=True)
class Emulator:
    """A running emulator."""

    url: str
    ca_file: str | None = None
    admin_password: str | None = None

    @property
    def default(self) -> World:
        """The world at the root."""
        return World("default", self.url, self.ca_file, self.admin_password)

    @contextmanager
    def world(
        self,
        name: str | None = None,
        *,
        source: str | None = None,
        snapshot: str | None = None,
        quotas: Mapping[str, int] | None = None,
        rejected_members: str | None = None,
    ) -> Iterator[World]:
        """Give a world, and delete it at the end; it is a copy of the world `source`, or of a snapshot of that."""
        wanted: dict[str, Any] = {"name": name, "from": source, "snapshot": snapshot}
        wanted |= {"quotas": quotas, "rejected_members": rejected_members}
        told = {key: value for key, value in wanted.items() if value is not None}
        made = self.default.control("POST", "worlds", told)
        world = World(made["name"], made["url"], self.ca_file, self.admin_password)
        OPEN.append(world)
        try:
            yield world
        finally:
            OPEN.remove(world)
            self.default.control("DELETE", f"worlds/{world.name}")


@contextmanager
def emulator(*options: str) -> Iterator[Emulator]:
    """Start an emulator on a free port, with options of `glance-emulator serve`; it ends with the block, or with us.

    Raises SetupError if it does not start, with what it said.
    """
    with child.emulator("--ephemeral", "--port", "0", *options) as running:
        started = Emulator(running.url, running.ca_file, _admin_password(options))
        OPEN.append(started.default)
        try:
            yield started
        finally:
            OPEN.remove(started.default)


def _admin_password(options: Sequence[str]) -> str | None:
    """Return the admin's password that a server with these options has; of our variables it is not told."""
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--admin-password", nargs="?")
    parser.add_argument("--config", type=Path, nargs="?")
    told, _ = parser.parse_known_args(options)
    return settings.read({"admin_password": told.admin_password}, told.config, {}).admin_password
