"""Kinds of resources, and which namespaces apply to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.metadefs import Association, Namespace, ResourceType
from glance_emulator.domain.metadefs import access
from glance_emulator.domain.metadefs.access import Values
from glance_emulator.errors import Conflict, NotFound

USUAL = ("OS::Glance::Image", "OS::Cinder::Volume", "OS::Nova::Flavor", "OS::Nova::Server", "OS::Nova::Aggregate")
"""What a new world knows, if it is not told otherwise."""

_SHOWN = select(
    Association.namespace_id,
    ResourceType.name,
    Association.prefix,
    Association.properties_target,
    Association.created_at,
    Association.updated_at,
).join(ResourceType)


def sow(session: Session, now: datetime) -> None:
    """Write what a new world knows."""
    session.add_all(ResourceType(name=name, created_at=now, updated_at=now) for name in USUAL)


def index(session: Session, caller: Caller) -> Sequence[ResourceType]:
    """Return all kinds of resources that were ever named, in that order; raise NotFound."""
    access.enforce(caller, "list_metadef_resource_types")
    return session.scalars(select(ResourceType).order_by(ResourceType.id)).all()


def of(session: Session, namespaces: Iterable[Namespace]) -> Mapping[int, list[Any]]:
    """Return the associations of these namespaces, by their ids, in the order in which they were made."""
    found: Mapping[int, list[Any]] = defaultdict(list)
    ids = [namespace.id for namespace in namespaces]
    for row in session.execute(_SHOWN.where(Association.namespace_id.in_(ids)).order_by(Association.id)):
        found[row.namespace_id].append(row)
    return found


def associations(session: Session, caller: Caller, name: str) -> Sequence[Any]:
    """Return the kinds of resources that a namespace applies to; raise NotFound."""
    namespace = access.admitted(session, caller, name, "get_metadef_resource_type")
    return of(session, [namespace])[namespace.id]


def add(session: Session, caller: Caller, name: str, given: Values, now: datetime) -> Values:
    """Let a namespace apply to a kind of resource; raise NotFound, Forbidden, Conflict if it does already."""
    namespace = access.admitted(session, caller, name, "add_metadef_resource_type_association")
    if _find(session, namespace, given["name"]):
        raise Conflict(f"The namespace {name} applies to {given['name']} already.")
    associate(session, namespace, given, now)
    return {**given, "created_at": now, "updated_at": now}


def associate(session: Session, namespace: Namespace, given: Values, now: datetime) -> None:
    """Let a namespace apply to a kind of resource, which is new if nobody has named it yet."""
    kind = _kind(session, given["name"], now)
    session.add(
        Association(
            namespace_id=namespace.id,
            resource_type_id=kind.id,
            prefix=given.get("prefix"),
            properties_target=given.get("properties_target"),
            created_at=now,
            updated_at=now,
        )
    )
    session.flush()


def _kind(session: Session, name: str, now: datetime) -> ResourceType:
    kind = session.scalars(select(ResourceType).where(ResourceType.name == name)).one_or_none()
    if kind is None:
        kind = ResourceType(name=name, created_at=now, updated_at=now)
        session.add(kind)
        session.flush()
    return kind


def _find(session: Session, namespace: Namespace, kind: str) -> Association | None:
    return session.scalars(
        select(Association)
        .join(ResourceType)
        .where(Association.namespace_id == namespace.id, ResourceType.name == kind)
    ).one_or_none()


def delete(session: Session, caller: Caller, name: str, kind: str) -> None:
    """Let a namespace apply to a kind of resource no more; raise NotFound, or Forbidden, also if it is protected."""
    namespace = access.admitted(session, caller, name, "remove_metadef_resource_type_association")
    association = _find(session, namespace, kind)
    if association is None:
        raise NotFound(f"The namespace {name} does not apply to {kind}.")
    access.remove(session, namespace, association)
