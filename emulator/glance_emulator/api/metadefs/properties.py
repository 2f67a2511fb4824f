"""/v2/metadefs/namespaces/{name}/properties."""

from __future__ import annotations

from flask import Blueprint, Response, g

from glance_emulator.api.metadefs.bodies import load, query
from glance_emulator.domain.metadefs import properties
from glance_emulator.web.body import answer, empty
from glance_emulator.web.transaction import reading, transaction, world
from glance_schemas.metadefs import NAMESPACES, PropertyGiven

blueprint = Blueprint("metadef_properties", __name__, url_prefix=f"{NAMESPACES}/<namespace>/properties")


@blueprint.get("")
def index(namespace: str) -> Response:
    """List the properties of a namespace."""
    with reading() as session:
        return answer({"properties": properties.index(session, g.caller, namespace)})


@blueprint.post("")
def create(namespace: str) -> Response:
    """Add a property."""
    given = load(PropertyGiven)
    with transaction() as session:
        return answer(properties.add(session, g.caller, namespace, given, world().clock()), 201)


@blueprint.delete("")
def delete_all(namespace: str) -> Response:
    """Delete all properties of a namespace."""
    with transaction() as session:
        properties.delete_all(session, g.caller, namespace)
    return empty()


@blueprint.get("/<name>")
def show(namespace: str, name: str) -> Response:
    """Show a property; with `resource_type`, the one that has this name on that kind of resource."""
    with reading() as session:
        return answer(properties.read(session, g.caller, namespace, name, query().get("resource_type")))


@blueprint.put("/<name>")
def update(namespace: str, name: str) -> Response:
    """Replace a property."""
    given = load(PropertyGiven)
    with transaction() as session:
        return answer(properties.update(session, g.caller, namespace, name, given, world().clock()))


@blueprint.delete("/<name>")
def delete(namespace: str, name: str) -> Response:
    """Delete a property."""
    with transaction() as session:
        properties.delete(session, g.caller, namespace, name)
    return empty()
