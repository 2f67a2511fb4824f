"""/v2/metadefs/namespaces/{name}/tags."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from glance_emulator.api.metadefs.bodies import load, query
from glance_emulator.domain.metadefs import listing, tags
from glance_emulator.errors import BadRequest
from glance_emulator.web.body import empty, show
from glance_emulator.web.body import load as load_any
from glance_emulator.web.transaction import reading, transaction, world
from glance_schemas.metadefs import NAMESPACES, Tag, TagGiven, Tags, TagsGiven

blueprint = Blueprint("metadef_tags", __name__, url_prefix=f"{NAMESPACES}/<namespace>/tags")

TRUE = ("1", "on", "t", "true", "y", "yes")


@blueprint.get("")
def index(namespace: str) -> Response:
    """List a page of a namespace's tags."""
    with reading() as session:
        return show(Tags, {"tags": listing.tags(session, g.caller, namespace, query())})


@blueprint.post("")
def create_all(namespace: str) -> Response:
    """Put tags in the place of those that are there; with X-OpenStack-Append, add them."""
    given = load_any(TagsGiven)
    asked = request.headers.get("X-OpenStack-Append", "").strip().lower() in TRUE
    append = asked and "tags-appended" not in g.caller.lacks
    with transaction() as session:
        names = [tag["name"] for tag in given["tags"]]
        tags.set_all(session, g.caller, namespace, names, append, world().clock())
    return show(Tags, given, 201)


@blueprint.delete("")
def delete_all(namespace: str) -> Response:
    """Delete all tags of a namespace."""
    with transaction() as session:
        tags.delete_all(session, g.caller, namespace)
    return empty()


@blueprint.get("/<name>")
def show_tag(namespace: str, name: str) -> Response:
    """Show a tag."""
    with reading() as session:
        return show(Tag, tags.read(session, g.caller, namespace, name))


@blueprint.post("/<name>")
def create(namespace: str, name: str) -> Response:
    """Add a tag."""
    if request.stream.read(1):
        raise BadRequest("This request does not take a body.")
    with transaction() as session:
        return show(Tag, tags.add(session, g.caller, namespace, name, world().clock()), 201)


@blueprint.put("/<name>")
def update(namespace: str, name: str) -> Response:
    """Give a tag another name."""
    given = load(TagGiven)
    with transaction() as session:
        return show(Tag, tags.rename(session, g.caller, namespace, name, given["name"], world().clock()))


@blueprint.delete("/<name>")
def delete(namespace: str, name: str) -> Response:
    """Delete a tag."""
    with transaction() as session:
        tags.delete(session, g.caller, namespace, name)
    return empty()
