"""/v2/metadefs/namespaces/{name}/objects."""

from __future__ import annotations

from flask import Blueprint, Response, g

from glance_emulator.api.metadefs.bodies import load, query
from glance_emulator.domain.metadefs import listing, objects
from glance_emulator.web.body import empty, show
from glance_emulator.web.transaction import reading, transaction, world
from glance_schemas.metadefs import NAMESPACES, Object, ObjectGiven, Objects

blueprint = Blueprint("metadef_objects", __name__, url_prefix=f"{NAMESPACES}/<namespace>/objects")


@blueprint.get("")
def index(namespace: str) -> Response:
    """List all objects of a namespace; how a page is asked for is checked, but has no effect, in the real service."""
    listing.check_page(query(), least=1)
    with reading() as session:
        return show(Objects, {"objects": objects.index(session, g.caller, namespace)})


@blueprint.post("")
def create(namespace: str) -> Response:
    """Add an object."""
    given = load(ObjectGiven)
    with transaction() as session:
        return show(Object, objects.add(session, g.caller, namespace, given, world().clock()), 201)


@blueprint.delete("")
def delete_all(namespace: str) -> Response:
    """Delete all objects of a namespace."""
    with transaction() as session:
        objects.delete_all(session, g.caller, namespace)
    return empty()


@blueprint.get("/<name>")
def show_object(namespace: str, name: str) -> Response:
    """Show an object."""
    with reading() as session:
        return show(Object, objects.read(session, g.caller, namespace, name))


@blueprint.put("/<name>")
def update(namespace: str, name: str) -> Response:
    """Replace an object."""
    given = load(ObjectGiven)
    with transaction() as session:
        return show(Object, objects.update(session, g.caller, namespace, name, given, world().clock()))


@blueprint.delete("/<name>")
def delete(namespace: str, name: str) -> Response:
    """Delete an object."""
    with transaction() as session:
        objects.delete(session, g.caller, namespace, name)
    return empty()
