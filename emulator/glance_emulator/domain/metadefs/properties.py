"""Properties: what values they may have, and what they are called on a kind of resource."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete as delete_from
from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.metadefs import Association, Namespace, Property, ResourceType
from glance_emulator.domain.metadefs import access
from glance_emulator.domain.metadefs.access import Values
from glance_emulator.errors import NotFound


def index(session: Session, caller: Caller, name: str) -> Values:
    """Return the definitions of a namespace's properties, by their names; raise NotFound."""
    namespace = access.admitted(session, caller, name, "get_metadef_properties")
    return {row.name: row.definition for row in session.scalars(access.inside(Property, namespace))}


def read(session: Session, caller: Caller, name: str, property_name: str, resource_type: str | None = None) -> Values:
    """Return a property, which may be named as it is on a kind of resource; raise NotFound."""
    namespace = access.admitted(session, caller, name, "get_metadef_property")
    if resource_type:
        property_name = _without_prefix(session, namespace, property_name, resource_type)
    return _shown(access.named(session, Property, namespace, property_name))


def _shown(row: Property) -> Values:
    return {"name": row.name} | {key: value for key, value in row.definition.items() if key != "name"}


def _without_prefix(session: Session, namespace: Namespace, property_name: str, resource_type: str) -> str:
    """Return the name that a property has in the namespace itself.

    One that has no prefix on that kind of resource is not found, as the real service has it.
    """
    prefix = session.scalars(
        select(Association.prefix)
        .join(ResourceType)
        .where(Association.namespace_id == namespace.id, ResourceType.name == resource_type)
    ).one_or_none()
    if not prefix or not property_name.startswith(prefix):
        raise NotFound(
            f"The property {property_name} does not begin with what the namespace {namespace.namespace} has as the "
            f"prefix for {resource_type}."
        )
    return property_name.removeprefix(prefix)


def add(session: Session, caller: Caller, name: str, given: Values, now: datetime) -> Values:
    """Add a property; raise NotFound, Forbidden, Conflict for a name that is taken."""
    namespace = access.admitted(session, caller, name, "add_metadef_property")
    access.refuse_taken(session, Property, namespace, given["name"])
    row = Property(
        namespace_id=namespace.id, name=given["name"], definition=dict(given), created_at=now, updated_at=now
    )
    session.add(row)
    session.flush()
    return _shown(row)


def update(session: Session, caller: Caller, name: str, property_name: str, given: Values, now: datetime) -> Values:
    """Replace a property, its name too; raise NotFound, Forbidden, Conflict for a name that is taken."""
    namespace = access.admitted(session, caller, name, "modify_metadef_property")
    row = access.named(session, Property, namespace, property_name)
    if given["name"] != property_name:
        access.refuse_taken(session, Property, namespace, given["name"])
    access.change(session, row, {"name": given["name"], "definition": dict(given)}, now)
    return _shown(row)


def delete(session: Session, caller: Caller, name: str, property_name: str) -> None:
    """Delete a property; raise NotFound, or Forbidden, also where the namespace is protected."""
    namespace = access.admitted(session, caller, name, "remove_metadef_property")
    access.remove(session, namespace, access.named(session, Property, namespace, property_name))


def delete_all(session: Session, caller: Caller, name: str) -> None:
    """Delete all properties of a namespace; raise NotFound, or Forbidden, also if it is protected."""
    namespace = access.admitted(session, caller, name, "remove_metadef_property")
    access.refuse_if_protected(namespace)
    session.execute(delete_from(Property).where(Property.namespace_id == namespace.id))
