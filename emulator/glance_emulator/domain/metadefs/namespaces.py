"""Namespaces: created with what is in them, shown, changed, deleted. The list is in `listing`."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.metadefs import Namespace, Object, Property, Tag
from glance_emulator.domain.metadefs import access, objects, resource_types, tags
from glance_emulator.domain.metadefs.access import Values
from glance_emulator.errors import Conflict

DEFAULTS: Values = {"display_name": None, "description": None, "visibility": "private", "protected": False}


def shown(namespace: Namespace) -> dict[str, Any]:
    """Return the namespace by itself, by the names that the API has."""
    names = ("namespace", *DEFAULTS, "owner", "created_at", "updated_at")
    return {name: getattr(namespace, name) for name in names}


def read(session: Session, caller: Caller, name: str, resource_type: str | None = None) -> Values:
    """Return the namespace with all that is in it; properties are named as they are on that kind of resource."""
    namespace = access.admitted(session, caller, name, "get_metadef_namespace")
    associations = resource_types.of(session, [namespace])[namespace.id]
    prefix = next((one.prefix for one in associations if one.name == resource_type), None) or ""
    properties = session.scalars(access.inside(Property, namespace))
    contents: Values = {
        "resource_type_associations": associations,
        "properties": {prefix + row.name: row.definition for row in properties},
        "objects": [objects.shown(namespace, row, prefix) for row in session.scalars(access.inside(Object, namespace))],
        "tags": session.scalars(tags.latest_first(namespace)).all(),
    }
    return {**shown(namespace), **{kind: definitions for kind, definitions in contents.items() if definitions}}


def create(session: Session, caller: Caller, given: Values, now: datetime) -> Values:
    """Add a namespace with what is given to be in it, and return that as it is given.

    Raises NotFound, Forbidden, Conflict for a name that is taken, or for two things in it that have the same.
    """
    access.enforce(caller, "add_metadef_namespace")
    return {**given, **shown(plant(session, caller.project_id, given, now))}


def plant(session: Session, owner: str | None, given: Values, now: datetime) -> Namespace:
    """Add a namespace, whoever asks for it; it is `owner`'s unless it says whose it is. Raises Conflict."""
    _refuse_taken(session, given["namespace"])
    for kind in ("resource_type_associations", "objects", "tags"):
        _refuse_twins(kind, [one["name"] for one in given.get(kind, ())])
    moment = {"created_at": now, "updated_at": now}
    namespace = Namespace(namespace=given["namespace"], **_attributes(owner, given), **moment)
    session.add(namespace)
    session.flush()
    place = {"namespace_id": namespace.id, **moment}
    for one in given.get("resource_type_associations", ()):
        resource_types.associate(session, namespace, one, now)
    for name, definition in given.get("properties", {}).items():
        session.add(Property(name=name, definition=definition, **place))
    for one in given.get("objects", ()):
        session.add(Object(**objects.attributes(one), **place))
    for one in given.get("tags", ()):
        session.add(Tag(name=one["name"], **place))
    session.flush()
    return namespace


def _refuse_twins(kind: str, names: list[str]) -> None:
    """Raise Conflict if two of these names are the same."""
    for name, times in Counter(names).items():
        if times > 1:
            raise Conflict(f"{kind}: {name} is there {times} times.")


def _attributes(owner: str | None, given: Values) -> Values:
    return {"owner": given.get("owner", owner), **{name: given.get(name, value) for name, value in DEFAULTS.items()}}


def _refuse_taken(session: Session, name: str) -> None:
    if session.scalars(select(Namespace.id).where(Namespace.namespace == name)).one_or_none() is not None:
        raise Conflict(f"There is a namespace {name} already.")


def update(session: Session, caller: Caller, name: str, given: Values, now: datetime) -> Values:
    """Give the namespace all its attributes anew: what is not given is as in a new one; what is in it stays.

    Raises NotFound, Forbidden, Conflict for a name that is taken.
    """
    namespace = access.admitted(session, caller, name, "modify_metadef_namespace")
    if given["namespace"] != name:
        _refuse_taken(session, given["namespace"])
    attributes = {"namespace": given["namespace"], **_attributes(caller.project_id, given)}
    before = access.change(session, namespace, attributes, now)
    return {**shown(namespace), "updated_at": before}


def delete(session: Session, caller: Caller, name: str) -> None:
    """Delete the namespace with all that is in it; raise NotFound, or Forbidden, also for a protected one."""
    namespace = access.admitted(session, caller, name, "delete_metadef_namespace")
    access.remove(session, namespace, namespace)
