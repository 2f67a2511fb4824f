"""The cloud that the clients meet: where it is, who its people are, and how they log in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

CALL_TAKES_AT_MOST = 120.0  # seconds
BIN = Path(sys.executable).parent


class Refused(Exception):
    """The service said no to what a client was asked to do."""

    def __init__(self, status: int | None, words: str) -> None:
        """Keep the HTTP status, if the client told it, and all that the client said."""
        super().__init__(f"{status}: {words}")
        self.status = status
        self.words = words


@dataclass(frozen=True)
class Cloud:
    """An emulator in which the personas can log in."""

    url: str
    home: Path
    """Home folder of those who type commands, so that the settings and caches of the real one do not matter."""
    projects: dict[str, str]
    """Ids of the personas' projects, by the project's name."""

    def login(self, persona: str, project: str = "") -> dict[str, Any]:
        """Return what keystoneauth needs of a persona."""
        return {
            "auth_url": f"{self.url}/identity/v3",
            "username": persona,
            "password": "secret",
            "project_name": project or project_of(persona),
            "user_domain_id": "default",
            "project_domain_id": "default",
        }

    def environment(self, persona: str, **changes: str) -> dict[str, str]:
        """Return the variables of a shell that is the persona's."""
        login = {f"OS_{name.upper()}": text for name, text in self.login(persona).items()}
        return {**self.bare_environment(), **login, "OS_REGION_NAME": "RegionOne", **changes}

    def bare_environment(self) -> dict[str, str]:
        """Return the variables of a shell that is nobody's."""
        kept = {name: text for name, text in os.environ.items() if not name.startswith(("OS_", "PYTHON", "GLANCE_"))}
        folders = {
            "HOME": self.home,
            "XDG_CONFIG_HOME": self.home / "config",
            "XDG_CACHE_HOME": self.home / "cache",
            "XDG_STATE_HOME": self.home / "state",
        }
        wide = {"COLUMNS": "400", "LINES": "50", "LC_ALL": "C.UTF-8"}  # or tables are cut to the terminal's width
        return {**kept, **{name: str(folder) for name, folder in folders.items()}, **wide}

    def run(self, persona: str, *command: str, stdin: IO[bytes] | None = None, **changes: str) -> str:
        """Return what a command of the persona's prints; raise Refused if it fails."""
        return run(self.environment(persona, **changes), *command, cwd=self.home, stdin=stdin)


def project_of(persona: str) -> str:
    """Return the project that a persona works in."""
    return "producer" if persona == "reader" else persona


def run(environment: Mapping[str, str], *command: str, cwd: Path, stdin: IO[bytes] | None = None) -> str:
    """Return what the command prints on stdout; raise Refused with what it prints on stderr if it fails."""
    # Someone who types has a terminal: clients take any other stdin for image data, even an empty one.
    master, terminal = os.openpty()
    try:
        done = subprocess.run(
            [BIN / command[0] if (BIN / command[0]).exists() else command[0], *command[1:]],
            env=environment,
            cwd=cwd,
            stdin=stdin or terminal,
            capture_output=True,
            text=True,
            timeout=CALL_TAKES_AT_MOST,
        )
    finally:
        os.close(master)
        os.close(terminal)
    if done.returncode:
        raise Refused(status_in(done.stderr), done.stderr)
    return done.stdout


# What the commands print when they know better than to show the status.
SPOKEN = {
    r"You are not permitted to": 403,
    r"checksum mismatch": 403,  # `openstack image save` takes the text of the refusal for the data
    r"No image with an ID of|No Image found for|could not be found": 404,
}


def status_in(words: str) -> int | None:
    """Return the HTTP status of which a command speaks."""
    told = re.search(r"\bHTTP (\d{3})\b|Exception: (\d{3}):", words)
    if told:
        return int(told[1] or told[2])
    return next((status for pattern, status in SPOKEN.items() if re.search(pattern, words)), None)


def table(printed: str) -> list[dict[str, str]]:
    """Return the rows of a table that a command printed."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in printed.splitlines()
        if line.startswith("|")
    ]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def details(printed: str) -> dict[str, str]:
    """Return the properties that a command printed as a table with a row for each."""
    return {row["Property"]: row["Value"] for row in table(printed)}
