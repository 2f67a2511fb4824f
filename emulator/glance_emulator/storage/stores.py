"""The stores that a `--store NAME[=URL]` setting describes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from glance_emulator.errors import SetupError
from glance_emulator.storage import Store
from glance_emulator.storage.disk import Disk

WEB = ("http:", "https:")
"""What stands for all that can be fetched, where others have the URL of a folder."""
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
        stores[name] = _web() if url in WEB else _disk(_folder(url) if url else state / "stores" / name, state)
    if next(iter(stores.values())).read_only:
        raise SetupError("setting stores: the first store is the default one, and must be one that can be written")
    return stores


def _disk(folder: Path, state: Path) -> Store:
    try:
        if folder.is_relative_to(state):
            folder.parent.mkdir(exist_ok=True)  # without parents: a world that was deleted just now stays so
        else:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        raise SetupError(f"cannot keep image data in {folder}: {reason.strerror}") from None
    return Disk(folder)


def _web() -> Store:
    from glance_emulator.storage.http import Http  # late: few need it

    return Http()


def _folder(url: str) -> Path:
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost") or not parts.path:
        raise SetupError(f"setting stores: {url!r} is not a file:///absolute/folder URL, nor http:")
    return Path(unquote(parts.path))
