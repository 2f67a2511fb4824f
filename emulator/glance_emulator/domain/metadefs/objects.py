"""Objects: properties that go together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete as delete_from
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.metadefs import Namespace, Object
from glance_emulator.domain.metadefs import access
from glance_emulator.domain.metadefs.access import Values


def attributes(given: Values) -> dict[str, Any]:
    """Return all that an object has, of what is given and what is not."""
    return {
        "name": given["name"],
        "description": given.get("description"),
        "required": given.get("required", []),
        "properties": given.get("properties", {}),
    }


def shown(namespace: Namespace, row: Object, prefix: str = "") -> Values:
    """Return an object by the names that the API has; the names of its properties begin with `prefix`."""
    return {
        "namespace": namespace.namespace,
        "name": row.name,
        "description": row.description,
        "required": [prefix + name for name in row.required],
        "properties": {prefix + name: definition for name, definition in row.properties.items()},
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def _answer(namespace: Namespace, row: Object, given: Values) -> dict[str, Any]:
    # Of what is empty, an answer to a change shows only what it was given.
    kept = {name: given.get(name) for name in ("required", "properties")}
    return {**shown(namespace, row), **kept}


def index(session: Session, caller: Caller, name: str) -> Sequence[Values]:
    """Return the objects of a namespace, by name; raise NotFound."""
    namespace = access.admitted(session, caller, name, "get_metadef_objects")
    return [shown(namespace, row) for row in session.scalars(access.inside(Object, namespace))]


def read(session: Session, caller: Caller, name: str, object_name: str) -> Values:
    """Return an object; raise NotFound."""
    namespace = access.admitted(session, caller, name, "get_metadef_object")
    return shown(namespace, access.named(session, Object, namespace, object_name))


def add(session: Session, caller: Caller, name: str, given: Values, now: datetime) -> Values:
    """Add an object; raise NotFound, Forbidden, Conflict for a name that is taken."""
    namespace = access.admitted(session, caller, name, "add_metadef_object")
    access.refuse_taken(session, Object, namespace, given["name"])
    row = Object(namespace_id=namespace.id, **attributes(given), created_at=now, updated_at=now)
    session.add(row)
    session.flush()
    return _answer(namespace, row, given)


def update(session: Session, caller: Caller, name: str, object_name: str, given: Values, now: datetime) -> Values:
    """Replace an object, its name too; raise NotFound, Forbidden, Conflict for a name that is taken."""
    namespace = access.admitted(session, caller, name, "modify_metadef_object")
    row = access.named(session, Object, namespace, object_name)
    if given["name"] != object_name:
        access.refuse_taken(session, Object, namespace, given["name"])
    before = access.change(session, row, attributes(given), now)
    return {**_answer(namespace, row, given), "updated_at": before}


def delete(session: Session, caller: Caller, name: str, object_name: str) -> None:
    """Delete an object; raise NotFound, or Forbidden, also where the namespace is protected."""
    namespace = access.admitted(session, caller, name, "delete_metadef_object")
    access.remove(session, namespace, access.named(session, Object, namespace, object_name))


def delete_all(session: Session, caller: Caller, name: str) -> None:
    """Delete all objects of a namespace; raise NotFound, or Forbidden, also if it is protected."""
    namespace = access.admitted(session, caller, name, "delete_metadef_object")
    access.refuse_if_protected(namespace)
    session.execute(delete_from(Object).where(Object.namespace_id == namespace.id))
