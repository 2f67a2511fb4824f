"""Lists in pages: the parameters as they were given, and the links to the first page and the next."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from flask import request

from glance_emulator.errors import BadRequest


def parameters() -> list[tuple[str, str]]:
    """Return the query's parameters in the order given; raise BadRequest if they are no text."""
    try:
        # To the real service a semicolon is as good as an ampersand.
        query = request.query_string.decode().replace(";", "&")
        return parse_qsl(query, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise BadRequest("The query string is not UTF-8.") from None


def links(path: str, given: list[tuple[str, str]], last: str | None) -> Mapping[str, str]:
    """Return the links of a page; `last` is the id at the end of a full page, None where there is no next one."""
    said = {name: value for name, value in given if name != "marker"}
    found = {"first": _link(path, said)}
    if last is not None:
        found["next"] = _link(path, {**said, "marker": last})
    return found


def _link(path: str, said: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(said)}" if said else path
