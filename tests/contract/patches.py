"""The operations of a JSON patch, as scenarios write them."""

from __future__ import annotations

from typing import Any

Operation = dict[str, Any]


def add(path: str, value: Any) -> Operation:
    return {"op": "add", "path": path, "value": value}


def replace(path: str, value: Any) -> Operation:
    return {"op": "replace", "path": path, "value": value}


def remove(path: str) -> Operation:
    return {"op": "remove", "path": path}
