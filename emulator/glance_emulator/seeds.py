"""Seed files: read, checked, and made in a world; what is wrong is said with its line and key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from marshmallow import ValidationError

from glance_emulator.domain import planting
from glance_emulator.domain.planting import Progress, Unfit
from glance_emulator.domain.worlds import World
from glance_emulator.errors import BadRequest
from glance_schemas.seeds import Seed

Path_ = tuple[Any, ...]


def plant(
    world: World, text: str, base: Path | None, name: str = "seed", progress: Progress = lambda done, of: None
) -> dict[str, int]:
    """Make in the world what the text of a seed file, in YAML, says; return how many there are of each kind.

    Files of data are looked for from the folder `base` on; without one there may be none. Raises BadRequest, with
    `name`, the line and the key of each fault; then nothing is made.
    """
    root = _composed(text, name)
    told = _checked(_loaded(text), root, name)
    try:
        planting.plant(world, told, base, progress)
    except Unfit as fault:
        raise BadRequest(_said(name, root, fault.place, fault.message)) from None
    return {kind: len(things) for kind, things in told.items()}


def _composed(text: str, name: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        raise BadRequest(f"{name}, line {line}: not YAML: {fault.problem}") from None
    except yaml.YAMLError as fault:
        raise BadRequest(f"{name}: not YAML: {fault}") from None


def _loaded(text: str) -> Any:
    found = yaml.safe_load(text)
    return {} if found is None else found


def _checked(document: Any, root: yaml.Node | None, name: str) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = Seed().load(document)
    except ValidationError as fault:
        faults = [_said(name, root, path, message) for path, message in _faults(fault.messages)]
        raise BadRequest("\n".join(faults)) from None
    return found


def _faults(messages: Any, path: Path_ = ()) -> Iterator[tuple[Path_, str]]:
    """Yield each fault that marshmallow found, with the keys and numbers that lead to it."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from _faults(inner, path if key == "_schema" else (*path, key))
    else:
        yield path, " ".join(map(str, messages))


def _said(name: str, root: yaml.Node | None, path: Path_, message: str) -> str:
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
    return f"{name}, line {_line(root, path)}, {key}: {message}" if key else f"{name}: {message}"


def _line(node: yaml.Node | None, path: Path_) -> int:
    """Return the line, from 1 on, of what the path leads to, or of the last thing on the way that is there."""
    line = node.start_mark.line + 1 if node else 1
    for part in path:
        key, node = _child(node, part)
        if node is None:
            break
        line = (key or node).start_mark.line + 1
    return line


def _child(node: yaml.Node | None, part: Any) -> tuple[yaml.Node | None, yaml.Node | None]:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return None, node.value[part]
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key, value
    return None, None
