"""What can happen to a server: from which states, and what it is then."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """Something that is done to a server in the background."""

    begins_in: frozenset[str]
    task_state: str
    """What the server shows while it is done."""
    ends_in: str | None
    """The status then; None: as it was."""


def _change(begins_in: str, task_state: str, ends_in: str | None) -> Change:
    return Change(frozenset(begins_in.split()), task_state, ends_in)


CHANGES = {
    "build": _change("BUILD", "spawning", "ACTIVE"),
    "os-start": _change("SHUTOFF", "powering-on", "ACTIVE"),
    "os-stop": _change("ACTIVE ERROR", "powering-off", "SHUTOFF"),
    "reboot-soft": _change("ACTIVE", "rebooting", "ACTIVE"),
    "reboot-hard": _change("ACTIVE SHUTOFF PAUSED SUSPENDED ERROR", "rebooting_hard", "ACTIVE"),
    "pause": _change("ACTIVE", "pausing", "PAUSED"),
    "unpause": _change("PAUSED", "unpausing", "ACTIVE"),
    "suspend": _change("ACTIVE", "suspending", "SUSPENDED"),
    "resume": _change("SUSPENDED", "resuming", "ACTIVE"),
    "rebuild": _change("ACTIVE SHUTOFF ERROR", "rebuild_spawning", "ACTIVE"),
    "createImage": _change("ACTIVE SHUTOFF PAUSED SUSPENDED", "image_snapshot", None),
}
"""By the name of the action in the API, but for building, and the two ways to reboot."""

VM_STATES = {
    "BUILD": "building", "ACTIVE": "active", "SHUTOFF": "stopped", "PAUSED": "paused", "SUSPENDED": "suspended",
    "REBUILD": "active", "ERROR": "error", "DELETED": "deleted",
}  # fmt: skip
UNKNOWN = "It could not be done."
"""Why a server is in error, where the reason is for the log alone."""
POWER_STATES = {"ACTIVE": 1, "PAUSED": 3, "SHUTOFF": 4, "SUSPENDED": 4}
"""1 is running, 3 paused, 4 shut down; 0, nothing, for the others."""


def shown(status: str, task_state: str | None) -> str:
    """Return the status as it is shown while something is done."""
    passing = {"rebooting": "REBOOT", "rebooting_hard": "HARD_REBOOT", "rebuild_spawning": "REBUILD"}
    return passing.get(task_state or "", status)
