"""Quotas: how many images and bytes a project may have, as Identity's unified limits say.

They hold once one of them is registered for the image service. What is not registered then is not allowed at all, as
with the real service; a limit of -1 is none. The limits of a project say what its users may do, whosever image it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.identity import Endpoint, Limit, RegisteredLimit, Service
from glance_emulator.db.images import Image
from glance_emulator.domain import generation, unified_limits
from glance_emulator.errors import SetupError, TooLarge
from glance_emulator.settings import QUOTAS

SIZE, STAGED, COUNT, UPLOADING = QUOTAS
MEBIBYTE = 1 << 20
UNLIMITED = -1
REMEMBERED = 16
"""Generations whose limits are remembered, in a process."""


@dataclass(frozen=True)
class Limits:
    """The limits that are registered, and those that projects have of their own."""

    defaults: Mapping[str, int]
    own: Mapping[tuple[str, str], int]

    def of(self, project_id: str, resource: str) -> int:
        """Return the project's limit."""
        return self.own.get((project_id, resource), self.defaults.get(resource, 0))


_COPYING = func.coalesce(Image.properties["os_glance_importing_to_stores"].as_string(), "") != ""
_STAGED = or_(Image.status.in_(("uploading", "importing")), _COPYING)
_BYTES: ColumnElement[Any] = func.coalesce(func.sum(Image.size), 0)
_KEPT: ColumnElement[Any] = func.coalesce(func.sum(Image.size * func.json_array_length(Image.locations)), 0)
USAGE: Mapping[str, Callable[[Session, str], int]] = {
    SIZE: lambda session, project_id: _sum(session, project_id, _KEPT) // MEBIBYTE,
    STAGED: lambda session, project_id: _sum(session, project_id, _BYTES, _STAGED) // MEBIBYTE,
    COUNT: lambda session, project_id: _sum(session, project_id, func.count()),
    UPLOADING: lambda session, project_id: _sum(
        session, project_id, func.count(), or_(Image.status == "saving", _STAGED)
    ),
}
"""What a project has of each resource; sizes in whole MiB, in every store that has the data."""


def _sum(session: Session, project_id: str, what: ColumnElement[Any], *which: ColumnElement[bool]) -> int:
    return int(session.scalar(select(what).where(Image.owner == project_id, Image.deleted_at.is_(None), *which)) or 0)


def check(session: Session, caller: Caller, resource: str, more: int = 0) -> None:
    """Raise TooLarge if the caller's project would have more of the resource than it may, with so much more."""
    limits = _limits(session)
    if limits is None or caller.project_id is None:
        return
    limit = limits.of(caller.project_id, resource)
    if limit == UNLIMITED:
        return
    used = USAGE[resource](session, caller.project_id)
    if used + more > limit:
        raise TooLarge(f"Your project may have {limit} of {resource}; it has {used}, and this would add {more}.")


def check_size(session: Session, caller: Caller, resource: str, size: int | None) -> None:
    """Raise TooLarge like `check` for data of `size` bytes; data of a size that is not known weigh nothing yet."""
    check(session, caller, resource, (size or 0) // MEBIBYTE)


def usage(session: Session, caller: Caller) -> Mapping[str, Mapping[str, int]]:
    """Return what the caller's project has and may have of each resource; nothing where there are no quotas."""
    limits, project_id = _limits(session), caller.project_id
    if limits is None or project_id is None:
        return {}
    return {
        resource: {"usage": measure(session, project_id), "limit": limits.of(project_id, resource)}
        for resource, measure in USAGE.items()
    }


_remembered: dict[str, Limits | None] = {}
"""By generation of the identity tables; None where nothing is registered."""
_remembering = Lock()


def _limits(session: Session) -> Limits | None:
    # Each creation of an image asks, so this costs no more than to read a row. The generation is read first: what is
    # found later can only be newer.
    now = generation.within(session)
    if now not in _remembered:
        found = _find(session)
        with _remembering:
            while len(_remembered) >= REMEMBERED:
                del _remembered[next(iter(_remembered))]
            _remembered[now] = found
        return found
    return _remembered[now]


def _find(session: Session) -> Limits | None:
    place = _place(session)
    if place is None:
        return None
    registered = session.scalars(select(RegisteredLimit).filter_by(**place)).all()
    defaults = {row.resource_name: row.default_limit for row in registered if row.resource_name in QUOTAS}
    if not defaults:
        return None
    limited = session.scalars(select(Limit).filter_by(**place).where(Limit.project_id.is_not(None)))
    return Limits(defaults, {(str(row.project_id), row.resource_name): row.resource_limit for row in limited})


def _place(session: Session) -> Mapping[str, str | None] | None:
    """Return the image service and the region in which it is: limits that are registered elsewhere are not its own."""
    found = session.execute(
        select(Service.id, Endpoint.region_id)
        .join(Endpoint, Endpoint.service_id == Service.id)
        .where(Service.type == "image")
        .order_by(Endpoint.interface.desc(), Endpoint.id)  # the public one before the internal one
        .limit(1)
    ).one_or_none()
    return None if found is None else {"service_id": found[0], "region_id": found[1]}


def register(session: Session, quotas: Mapping[str, int]) -> None:
    """Register these quotas for all projects; what no quota speaks of, and none did before, is unlimited.

    Raises SetupError where Identity knows of no image service.
    """
    place = _place(session)
    if place is None:
        raise SetupError("setting quotas: there is no image service in Identity that they could be registered for")
    rows = session.scalars(select(RegisteredLimit).filter_by(**place))
    known = {row.resource_name: row for row in rows}
    for resource in QUOTAS:
        if resource in known:
            known[resource].default_limit = quotas.get(resource, known[resource].default_limit)
            continue
        values = {**place, "resource_name": resource, "default_limit": quotas.get(resource, UNLIMITED)}
        unified_limits.add_registered(session, values)
    generation.bump(session)
