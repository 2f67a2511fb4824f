"""Emulators and worlds for tests: what the pytest plugin is made of, and what other frameworks use.

with testing.emulator() as emulator, emulator.world() as world:
    consumer = openstack.connect(**world.login("consumer"))
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from glance_emulator import child, personas
from glance_emulator.remote import Remote


@dataclass(frozen=True)
class World:
    """A world of its own, with its own images, users, clock and faults."""

    name: str
    url: str
    """Where the Images API is; Identity is at `/identity/v3` below it."""
    ca_file: str | None = None
    admin_password: str | None = None
    control: Remote = field(init=False, repr=False)
    """The emulator's own API, for this world: `world.control("GET", "clock")`."""

    def __post_init__(self) -> None:
        """Make the way to the API."""
        object.__setattr__(self, "control", Remote(self.url, ca_file=self.ca_file))

    def login(self, persona: str) -> dict[str, Any]:
        """Return the arguments with which `openstack.connect` is a persona; raise SetupError if there is none such."""
        access = asdict(personas.access(persona, self.url, self.ca_file, self.admin_password))
        cacert = access.pop("ca_file")
        return {
            "auth": {**access, "user_domain_name": "Default", "project_domain_name": "Default"},
            "region_name": "RegionOne",
            "identity_api_version": "3",
            "load_yaml_config": False,
            "load_envvars": False,
            **({"cacert": cacert} if cacert else {}),
        }

    def environment(self, persona: str) -> Mapping[str, str]:
        """Return the variables `OS_*` with which a command is a persona."""
        return personas.variables(personas.access(persona, self.url, self.ca_file, self.admin_password))

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

    def advance(self, seconds: float) -> None:
        """Put the clock forward, and let be done what is due by then."""
        self.control("POST", "clock/advance", {"seconds": seconds})

    def run(self) -> None:
        """Let the clock run on from what it shows."""
        self.control("PUT", "clock", {"frozen": False})

    def seed_ids(self, seed: int) -> None:
        """Make ids and generated data follow from a seed."""
        self.control("PUT", "ids", {"seed": seed})

    # Work in the background

    def hold(self, **kinds: Mapping[str, Any] | None) -> None:
        """Say how work moves on, by kind: `hold(server={"polls": 2}, snapshot={"by_hand": True})`."""
        self.control("PUT", "transitions", {"transitions": {kind: how or {} for kind, how in kinds.items()}})

    def release(self, kind: str | None = None, id: str | None = None) -> list[dict[str, Any]]:
        """Let work that waits be done; return what was."""
        wanted = {name: text for name, text in (("kind", kind), ("id", id)) if text is not None}
        found: list[dict[str, Any]] = self.control("POST", "advance", wanted)["advanced"]
        return found

    # What goes wrong, and why

    def fault(self, effect: Mapping[str, Any], **which: Any) -> str:
        """Set a fault, and return its id: `fault({"status": 503}, operation="images.show", times=2)`."""
        return str(self.control("POST", "faults", {**which, "effect": effect})["id"])

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
    def world(self, **options: Any) -> Iterator[World]:
        """Give a world, and delete it at the end; `options` are those of the API: `name`, `from`, `quotas`, …"""
        made = self.default.control("POST", "worlds", options)
        try:
            yield World(made["name"], made["url"], self.ca_file, self.admin_password)
        finally:
            self.default.control("DELETE", f"worlds/{made['name']}")


@contextmanager
def emulator(*options: str) -> Iterator[Emulator]:
    """Start an emulator on a free port, with options of `glance-emulator serve`; it ends with the block, or with us.

    Raises SetupError if it does not start, with what it said.
    """
    with child.emulator("--ephemeral", "--port", "0", *options) as running:
        yield Emulator(running.url, running.ca_file)
