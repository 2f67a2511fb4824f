"""The personas as a clouds.yaml, and how that gets into the one that the user has."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from glance_emulator.domain.seed import REGION
from glance_emulator.errors import SetupError
from glance_emulator.personas import Access

BEGIN = "# glance-emulator: begin (what stands here is replaced by `glance-emulator clouds --write`)"
END = "# glance-emulator: end"
_OURS = re.compile(r"^[ ]*# glance-emulator: begin.*?^[ ]*# glance-emulator: end[^\n]*\n?", re.MULTILINE | re.DOTALL)
_CLOUDS = re.compile(r"^clouds:[ ]*(#.*)?$")


def document(personas: Iterable[Access]) -> str:
    """Return a whole clouds.yaml."""
    return "clouds:\n" + _entries(personas, "  ")


def _entries(personas: Iterable[Access], indent: str) -> str:
    return f"{indent}{BEGIN}\n{_clouds(personas, indent)}{indent}{END}\n"


def _clouds(personas: Iterable[Access], indent: str) -> str:
    lines = []
    for persona in personas:
        lines += [
            f"{persona.username}:",
            "  auth_type: password",
            "  auth:",
            *(f"    {name}: {json.dumps(text)}" for name, text in _login(persona).items()),
            f"  region_name: {REGION}",
            '  identity_api_version: "3"',
        ]
        if persona.ca_file:
            lines.append(f"  cacert: {json.dumps(persona.ca_file)}")
    return "".join(f"{indent}{line}\n" for line in lines)


def _login(persona: Access) -> dict[str, str]:
    return {
        "auth_url": persona.auth_url,
        "username": persona.username,
        "password": persona.password,
        "project_name": persona.project_name,
        "user_domain_name": "Default",
        "project_domain_name": "Default",
    }


def user_file() -> Path:
    """Return the file that the clients of this user read; raise SetupError if it is not YAML."""
    import platformdirs

    folder = platformdirs.user_config_path("openstack")
    # In the order of the clients, which read the first and no other.
    for name in ("clouds.yaml", "clouds.yml", "clouds.json"):
        if (folder / name).exists():
            if name.endswith("json"):
                raise SetupError(f"{folder / name} is not YAML, nothing was written; {_INSTEAD}")
            return folder / name
    return folder / "clouds.yaml"


_INSTEAD = (
    "`glance-emulator clouds > clouds.yaml` makes a file of its own, which clients started in that folder read first"
)


def write(path: Path, personas: Iterable[Access]) -> None:
    """Put the personas into the file, and leave all else in it as it is; raise SetupError if that cannot be done."""
    personas = list(personas)
    try:
        target = path.resolve()
        text = target.read_text() if target.exists() else ""
        theirs = _OURS.sub("", text)
        merged = document(personas) if theirs.strip() in ("", "clouds:") else _merged(theirs, personas, path)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o600  # there are passwords in it
        beside = target.with_name(target.name + ".new")
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
            file.write(merged)
        beside.replace(target)
    except OSError as reason:
        raise SetupError(f"cannot write {path}: {reason.strerror}") from None


def _merged(theirs: str, personas: list[Access], path: Path) -> str:
    # The text is edited, not written anew from what it says: comments, order and quoting are the user's.
    said = _parsed(theirs, path) or {}
    their_clouds = said.get("clouds") or {} if isinstance(said, dict) else None
    if not isinstance(their_clouds, dict):
        raise SetupError(f"{path} is not a clouds.yaml, nothing was written; {_INSTEAD}")
    taken = [persona.username for persona in personas if persona.username in their_clouds]
    if taken:
        raise SetupError(
            f"{path} has clouds named {', '.join(taken)} that are not the emulator's, nothing was written; {_INSTEAD}"
        )
    lines = theirs.splitlines()
    if "clouds" not in said:
        lines.append("clouds:")
    place = next((number for number, line in enumerate(lines, 1) if _CLOUDS.match(line)), len(lines))
    indent = _indent(lines[place:])
    merged = "\n".join([*lines[:place], *_entries(personas, indent).splitlines(), *lines[place:]]) + "\n"
    expected = {**said, "clouds": {**their_clouds, **_parsed(document(personas), path)["clouds"]}}
    if _parsed(merged, path, broken=True) != expected:
        raise SetupError(f"{path} is written in a way that cannot be added to, nothing was written; {_INSTEAD}")
    return merged


def _indent(lines: Iterable[str]) -> str:
    """Return how far the entries that begin here are indented."""
    for line in lines:
        content = line.lstrip(" ")
        if content and not content.startswith("#"):
            return line[: len(line) - len(content)] or "  "
    return "  "


def _parsed(text: str, path: Path, broken: bool = False) -> Any:
    try:
        import yaml  # not a dependency: whoever has such a file has clients that bring it
    except ImportError:
        raise SetupError(f"adding to {path} needs PyYAML (pip install pyyaml); {_INSTEAD}") from None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        if broken:
            return None
        raise SetupError(f"{path} is not YAML, nothing was written; {_INSTEAD}") from None
