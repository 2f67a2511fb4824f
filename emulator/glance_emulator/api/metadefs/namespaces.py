"""/v2/metadefs/namespaces and /v2/metadefs/namespaces/{name}."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, request

from glance_emulator.api.metadefs.bodies import load, query
from glance_emulator.domain.metadefs import listing, namespaces
from glance_emulator.web.body import answer, dump, empty, show
from glance_emulator.web.caller import base_url
from glance_emulator.web.transaction import reading, transaction, world
from glance_schemas.metadefs import NAMESPACES, Namespace, NamespaceCreated, NamespaceGiven

blueprint = Blueprint("metadef_namespaces", __name__, url_prefix=NAMESPACES)


@blueprint.get("")
def index() -> Response:
    """List a page of the namespaces that the caller sees, with the way to the next page if this one is full."""
    with reading() as session:
        found, limit = listing.all_namespaces(session, g.caller, query())
    # The last ones, though the first ones count: so links the real service.
    given = {name: values[-1] for name, values in request.args.lists() if name != "marker"}
    page: dict[str, Any] = {"namespaces": [dump(Namespace, one) for one in found]}
    if found and len(found) == limit:
        page["next"] = _link({**given, "marker": found[-1]["namespace"]})
    page["schema"] = "/v2/schemas/metadefs/namespaces"
    page["first"] = _link(given)
    return answer(page)


def _link(given: dict[str, str]) -> str:
    return f"{NAMESPACES}?{urlencode(given)}" if given else NAMESPACES


@blueprint.post("")
def create() -> Response:
    """Create a namespace, with what is to be in it."""
    given = load(NamespaceGiven)
    with transaction() as session:
        made = namespaces.create(session, g.caller, given, world().clock())
    location = f"{base_url()}{NAMESPACES}/{made['namespace']}"
    return answer(dump(NamespaceCreated, made), 201, {"Location": location})


@blueprint.get("/<namespace>")
def show_namespace(namespace: str) -> Response:
    """Show a namespace with what is in it."""
    asked = query()
    listing.visibility_of(asked)  # the real service looks at it, and then has no use for it
    with reading() as session:
        found = namespaces.read(session, g.caller, namespace, asked.get("resource_type"))
        return show(Namespace, found)


@blueprint.put("/<namespace>")
def update(namespace: str) -> Response:
    """Replace a namespace's attributes."""
    given = load(NamespaceGiven)
    with transaction() as session:
        return show(Namespace, namespaces.update(session, g.caller, namespace, given, world().clock()))


@blueprint.delete("/<namespace>")
def delete(namespace: str) -> Response:
    """Delete a namespace with what is in it."""
    with transaction() as session:
        namespaces.delete(session, g.caller, namespace)
    return empty()
