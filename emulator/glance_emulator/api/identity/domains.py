"""/identity/v3/domains."""

from __future__ import annotations

from flask import Response, g, request

from glance_emulator.api.identity.documents import blueprint_of, many, nothing, one
from glance_emulator.domain import domains
from glance_emulator.web.body import load
from glance_emulator.web.transaction import reading, transaction
from glance_schemas.identity_resources import ChangedDomain, Domain, NewDomain

blueprint = blueprint_of("domains", "/domains")


@blueprint.get("")
def index() -> Response:
    """List domains."""
    with reading() as session:
        return many(Domain, domains.index(session, g.caller, request.args))


@blueprint.post("")
def create() -> Response:
    """Make a domain."""
    body = load(NewDomain)
    with transaction() as session:
        return one(Domain, domains.create(session, g.caller, body["domain"]), 201)


@blueprint.get("/<domain_id>")
def show(domain_id: str) -> Response:
    """Show a domain."""
    with reading() as session:
        return one(Domain, domains.get(session, g.caller, domain_id))


@blueprint.patch("/<domain_id>")
def update(domain_id: str) -> Response:
    """Change a domain."""
    body = load(ChangedDomain)
    with transaction() as session:
        return one(Domain, domains.update(session, g.caller, domain_id, body["domain"]))


@blueprint.delete("/<domain_id>")
def delete(domain_id: str) -> Response:
    """Remove a domain."""
    with transaction() as session:
        domains.delete(session, g.caller, domain_id)
    return nothing()
