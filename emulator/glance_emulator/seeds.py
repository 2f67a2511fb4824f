"""Seed files: read, checked, and made in a world; what is wrong is said with its line and key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from marshmallow import ValidationError

from glance_emulator.domain import planting
from glance_emulator.domain.planting import Plant, Unfit
from glance_emulator.domain.worlds import World
from glance_emulator.errors import BadRequest
from glance_schemas.seeds import Seed

Path_ = tuple[Any, ...]


def plant(world: World, text: str, base: Path | None, name: str = "seed") -> dict[str, int]:
    """Make in the world what the text of a seed file, in YAML, says; return how many of each kind were made.

    Files of data are looked for from the folder `base` on; without one there may be none. Raises BadRequest, with
    `name`, the line and the key of each fault; then nothing is made.
    """
    with planter(world, text, base, name) as make, world.writing() as session:
        return make(session)


@contextmanager
def planter(world: World, text: str, base: Path | None, name: str) -> Iterator[Plant]:
    """Give what makes a seed file in a transaction of the world, as `plant` does; nothing is read after that."""
    document, root = _loaded(text, name)
    repeated = [_told(name, line, path, "This key is there twice.") for line, path in _repeated(root)]
    if repeated:
        raise BadRequest("\n".join(repeated))
    told = _checked(document, root, name)
    try:
        with planting.planter(world, told, base) as make:
            yield make
    except Unfit as fault:
        raise BadRequest(_said(name, root, fault.place, fault.message)) from None


def _loaded(text: str, name: str) -> tuple[Any, yaml.Node | None]:
    try:
        root = yaml.compose(text, yaml.SafeLoader)
        found = yaml.safe_load(text)
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        raise BadRequest(f"{name}, line {line}: not YAML: {fault.problem}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as fault:  # a date such as 2026-13-01 is a ValueError
        raise BadRequest(f"{name}: not YAML: {fault}") from None
    return {} if found is None else found, root


def _repeated(root: yaml.Node | None) -> Iterator[tuple[int, Path_]]:
    """Yield the line and the path of each key that its mapping has already; YAML itself takes the last."""
    left: list[tuple[yaml.Node | None, Path_]] = [(root, ())]
    looked_at: set[int] = set()  # an alias stands for a node once more, maybe within itself
    while left:
        node, path = left.pop(0)
        if node is None or id(node) in looked_at:
            continue
        looked_at.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            left += [(one, (*path, number)) for number, one in enumerate(node.value)]
        elif isinstance(node, yaml.MappingNode):
            names = [str(key.value) for key, _ in node.value]
            left += [(value, (*path, name)) for name, (_, value) in zip(names, node.value, strict=True)]
            for place, (key, _) in enumerate(node.value):
                if names[place] in names[:place]:
                    yield key.start_mark.line + 1, (*path, names[place])


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
        plain = path[-2:-1] == (
            "properties",
        )  # of a dictionary's entry marshmallow says whether its key or value it is
        for key, inner in messages.items():
            yield from _faults(inner, path if plain or key == "_schema" else (*path, key))
    else:
        yield path, " ".join(map(str, messages))


def _said(name: str, root: yaml.Node | None, path: Path_, message: str) -> str:
    return _told(name, _line(root, path), path, message)


def _told(name: str, line: int, path: Path_, message: str) -> str:
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
    return f"{name}, line {line}, {key}: {message}" if key else f"{name}: {message}"


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
