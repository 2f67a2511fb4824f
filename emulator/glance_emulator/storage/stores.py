"""The stores that a `--store NAME[=URL]` setting describes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from glance_emulator.errors import SetupError
from glance_emulator.storage import Store
from glance_emulator.storage.disk import Disk

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def open_stores(descriptions: Iterable[str], state: Path) -> Mapping[str, Store]:
    """Return the described stores by name, in order; raise SetupError for a description that is none."""
    stores: dict[str, Store] = {}
    for description in descriptions:
        name, _, url = description.partition("=")
        if not NAME.fullmatch(name) or name.startswith("os_glance_"):
            raise SetupError(f"setting stores: {name!r} cannot be the name of a store")
        if name in stores:
            raise SetupError(f"setting stores: {name!r} stands there twice")
        stores[name] = Disk(_folder(url) if url else state / "stores" / name)
    return stores


def _folder(url: str) -> Path:
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost") or not parts.path:
        raise SetupError(f"setting stores: {url!r} is not a file:///absolute/folder URL")
    return Path(unquote(parts.path))
