"""What can be asked for, by the names that the journal and faults have for it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from flask import Flask, current_app

from glance_emulator.domain import journal, typos
from glance_emulator.domain.faults import OWN
from glance_emulator.web import parts
from glance_emulator.web.errors import METHODS
from glance_emulator.web.faults import UNTOUCHED

ALL = "GET /_emulator/operations has all; those of the panel go with service=panel."
ROOTS = {
    "image": ("/", "/versions", "/openapi.json", "/v2"),
    "identity": ("/identity",),
    "compute": ("/compute",),
    "panel": ("/panel",),
}
"""Where all paths of a service begin, as they are routed; there need not be an operation behind one."""
_PLACEHOLDER = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Operation:
    """Something that can be asked for, in one place."""

    operation: str
    service: str
    methods: list[str]
    path: str
    """A pattern, as rules have it."""


def index() -> list[Operation]:
    """Return what can go wrong, by service and name; the first time, that makes all parts of the service."""
    whole: Flask = current_app.extensions[parts.WHOLE]
    found: dict[tuple[str, str, str], set[str]] = {}
    for place, methods in _places(whole):
        found.setdefault(place, set()).update(methods)
    return [
        Operation(name, service, [method for method in METHODS if method in methods], path)
        for (service, name, path), methods in sorted(found.items())
    ]


def _places(app: Flask) -> Iterator[tuple[tuple[str, str, str], Collection[str]]]:
    for rule in parts.rules(app):
        path = _PLACEHOLDER.sub("*", rule.rule)
        name = journal.public(rule.endpoint)
        if name is not None and not path.startswith(UNTOUCHED):
            yield (journal.service(path), name, path), rule.methods or METHODS


def check(pattern: str, service: str | None, method: str | None) -> None:
    """Raise BadRequest unless there is an operation, of the service and with the method, that the pattern fits."""
    names = {
        one.operation
        for one in index()
        if (service == one.service if service else one.service != OWN) and method in (None, *one.methods)
    }
    if not any(fnmatchcase(name, pattern) for name in names):
        what = " ".join(filter(None, ("operation", service and f"of {service}", method and f"with {method}")))
        typos.refuse(what, pattern, names, ALL)


def check_path(pattern: str, service: str | None) -> None:
    """Raise BadRequest unless the service, or any that needs not be named, can be asked for a path that fits."""
    services = [service] if service else [one for one in ROOTS if one != OWN]
    if not any(_leads_to(root, pattern) for one in services for root in ROOTS[one]):
        known = {one.path for one in index() if one.service in services}
        typos.refuse(f"path of {service}" if service else "path", pattern, known, ALL)


def _leads_to(root: str, pattern: str) -> bool:
    """Say whether the pattern fits a path, or what may be the beginning of one below it."""
    beginnings = (pattern[:end] for end in range(len(pattern) + 1))
    return fnmatchcase(root, pattern) or any(fnmatchcase(f"{root}/", beginning) for beginning in beginnings)
