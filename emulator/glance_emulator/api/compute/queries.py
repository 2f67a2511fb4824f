"""Parameters of queries, and microversions of attributes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from glance_emulator.domain.servers import PAGE, SORT_KEYS, Query
from glance_emulator.errors import BadRequest
from glance_emulator.web.microversions import at_least

TRUE = ("1", "t", "true", "on", "y", "yes")
FALSE = ("0", "f", "false", "off", "n", "no")
SINCE = {"description": 19, "tags": 52, "trusted_image_certificates": 63, "host": 74, "hypervisor_hostname": 74,
         "hostname": 90}  # fmt: skip
"""The microversions that brought attributes of servers, as their second numbers."""
UNTIL = {"personality": 56}


def whole(given: Mapping[str, str], name: str) -> int | None:
    """Return a parameter that is a whole number from 0 on, or None."""
    text = given.get(name)
    if text is None:
        return None
    if not text.isdecimal():
        raise BadRequest(f"{name} must be a whole number from 0 on, not {text!r}.")
    return int(text)


def check_version(names: Iterable[str], **other: int) -> None:
    """Raise BadRequest for attributes that the request's microversion does not have; `other` are more of SINCE."""
    since = {**SINCE, **other}
    for name in names:
        if name in since and not at_least(since[name]):
            raise BadRequest(f"The attribute {name} came with the microversion 2.{since[name]}.")
        if name in UNTIL and at_least(UNTIL[name] + 1):
            raise BadRequest(f"The attribute {name} went after the microversion 2.{UNTIL[name]}.")


def servers_query(given: MultiDict[str, str]) -> Query:
    """Return which servers a list is to have; raise BadRequest."""
    keys = given.getlist("sort_key") or ["created_at"]
    directions = given.getlist("sort_dir")
    directions += [directions[0] if directions else "desc"] * (len(keys) - len(directions))
    for key, direction in zip(keys, directions, strict=False):
        if key not in SORT_KEYS or direction not in ("asc", "desc"):
            raise BadRequest(f"Servers cannot be sorted by {key!r} {direction!r}.")
    limit = whole(given, "limit")
    return Query(
        name=given.get("name"),
        status=[text.upper() for text in given.getlist("status")],
        image=(given.get("image") or "").rpartition("/")[2] or None,
        flavor=(given.get("flavor") or "").rpartition("/")[2] or None,
        deleted=_flag(given, "deleted"),
        changes_since=_moment(given, "changes-since"),
        all_projects=_flag(given, "all_tenants"),
        project_id=given.get("project_id") or given.get("tenant_id"),
        sort=list(zip(keys, directions, strict=False)),
        limit=PAGE if limit is None else min(limit, PAGE),
        marker=given.get("marker"),
    )


def _flag(given: Mapping[str, Any], name: str) -> bool:
    text = str(given.get(name, "false")).lower()
    if text in ("", *TRUE):
        return True
    if text in FALSE:
        return False
    raise BadRequest(f"{name} must be true or false, not {text!r}.")


def _moment(given: Mapping[str, str], name: str) -> datetime | None:
    text = given.get(name)
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadRequest(f"{name} must be a time, not {text!r}.") from None
    return found if found.tzinfo is None else found.astimezone(UTC).replace(tzinfo=None)
