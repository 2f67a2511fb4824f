"""Identity v3 at /identity: one file a resource."""

from __future__ import annotations

from flask import Blueprint, Response

from glance_emulator.api.identity import (
    application_credentials,
    assignments,
    discovery,
    domains,
    endpoints,
    limits,
    projects,
    regions,
    roles,
    services,
    tokens,
    users,
)

blueprints: tuple[Blueprint, ...] = (
    discovery.blueprint,
    tokens.login,
    tokens.blueprint,
    application_credentials.blueprint,
    assignments.blueprint,
    domains.blueprint,
    endpoints.blueprint,
    limits.blueprint,
    projects.blueprint,
    regions.blueprint,
    roles.blueprint,
    roles.inferences,
    services.blueprint,
    users.blueprint,
    users.groups,
    users.passwords,
)


def _vary(response: Response) -> Response:
    response.headers["Vary"] = "X-Auth-Token"
    return response


for blueprint in blueprints:
    blueprint.after_request(_vary)
