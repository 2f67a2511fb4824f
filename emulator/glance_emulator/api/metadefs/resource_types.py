"""/v2/metadefs/resource_types and /v2/metadefs/namespaces/{name}/resource_types."""

from __future__ import annotations

from flask import Blueprint, Response, g

from glance_emulator.api.metadefs.bodies import load
from glance_emulator.domain.metadefs import resource_types
from glance_emulator.web.body import empty, show
from glance_emulator.web.transaction import reading, transaction, world
from glance_schemas.metadefs import NAMESPACES, Association, AssociationGiven, Associations, ResourceTypes

kinds = Blueprint("metadef_resource_types", __name__, url_prefix="/v2/metadefs/resource_types")
blueprint = Blueprint("metadef_associations", __name__, url_prefix=f"{NAMESPACES}/<namespace>/resource_types")


@kinds.get("")
def all_kinds() -> Response:
    """List the kinds of resources."""
    with reading() as session:
        return show(ResourceTypes, {"resource_types": resource_types.index(session, g.caller)})


@blueprint.get("")
def index(namespace: str) -> Response:
    """List the kinds of resources that a namespace applies to."""
    with reading() as session:
        found = resource_types.associations(session, g.caller, namespace)
        return show(Associations, {"resource_type_associations": found})


@blueprint.post("")
def create(namespace: str) -> Response:
    """Let a namespace apply to a kind of resource."""
    given = load(AssociationGiven)
    with transaction() as session:
        return show(Association, resource_types.add(session, g.caller, namespace, given, world().clock()), 201)


@blueprint.delete("/<name>")
def delete(namespace: str, name: str) -> Response:
    """Let a namespace apply to a kind of resource no more."""
    with transaction() as session:
        resource_types.delete(session, g.caller, namespace, name)
    return empty()
