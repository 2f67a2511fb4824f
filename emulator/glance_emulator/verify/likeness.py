"""An emulator that is set up like a cloud, as far as that can be asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from glance_emulator.verify.service import Service

METHODS = {"glance-direct", "web-download", "copy-image", "glance-download"}


def stores(service: Service) -> list[str]:
    """Return the ids of the stores to which data can be written, the default one's first."""
    return [store["id"] for store in _stores(service) if not store.get("read-only")]


def arguments(service: Service) -> Iterator[str]:
    """Yield the options of `glance-emulator serve` that give it the stores, import methods and cache of a service."""
    for store in _stores(service):
        yield from ("--store", f"{store['id']}=http:" if store.get("read-only") else store["id"])
    offered = _document(service, "/v2/info/import").get("import-methods", {}).get("value", [])
    for method in offered:
        if method in METHODS:
            yield from ("--import-method", method)
    if service.ask("GET", "/v2/cache").status_code == 200:
        yield "--cache"
    if service.identity is None:
        yield from ("--auth", "trusted")


def _stores(service: Service) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _document(service, "/v2/info/stores").get("stores", [])
    return sorted(found, key=lambda store: not store.get("default"))


def _document(service: Service, path: str) -> dict[str, Any]:
    answer = service.ask("GET", path)
    found: dict[str, Any] = answer.json() if answer.status_code == 200 else {}
    return found
