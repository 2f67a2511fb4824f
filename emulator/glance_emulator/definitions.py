"""A folder of metadata definitions: a JSON file for each namespace, as the API shows it, as /etc/glance/metadefs is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from glance_emulator.domain.metadefs import namespaces
from glance_emulator.errors import Conflict, SetupError
from glance_emulator.web.body import faults
from glance_schemas.metadefs import NamespaceGiven

OWNER = "admin"
"""Whose namespaces are that do not say it, as with the real service's own loader."""


def plant(session: Session, folder: Path, now: datetime) -> None:
    """Add the namespaces that the folder's files define, by file name; raise SetupError for one that does not."""
    for path in _files(folder):
        try:
            namespaces.plant(session, OWNER, _read(path), now)
        except Conflict as fault:
            raise _bad(path, fault.message) from None


def _files(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(path for path in folder.iterdir() if path.suffix == ".json")
    except OSError as reason:
        raise SetupError(f"setting metadefs: cannot read the folder {folder}: {reason.strerror}") from None


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except OSError as reason:
        raise _bad(path, str(reason.strerror)) from None
    except (ValueError, RecursionError) as reason:
        raise _bad(path, f"not JSON: {reason}") from None
    if isinstance(document, dict):
        document = {name: value for name, value in document.items() if name not in NamespaceGiven.read_only}
    try:
        given: dict[str, Any] = NamespaceGiven().load(document)
    except ValidationError as fault:
        raise _bad(path, faults(fault.messages_dict)) from None
    return given


def _bad(path: Path, fault: str) -> SetupError:
    return SetupError(f"setting metadefs: {path} does not define a namespace: {fault}")
