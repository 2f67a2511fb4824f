"""/identity/v3/projects."""

from __future__ import annotations

from flask import Response, g, request

from glance_emulator.api.identity.documents import beyond, blueprint_of, many, nothing, one
from glance_emulator.domain import projects
from glance_emulator.web.body import load
from glance_emulator.web.transaction import reading, transaction
from glance_schemas.identity_resources import ChangedProject, NewProject, Project

blueprint = blueprint_of("projects", "/projects")


@blueprint.get("")
def index() -> Response:
    """List projects."""
    with reading() as session:
        return many(Project, projects.index(session, g.caller, request.args))


@blueprint.post("")
def create() -> Response:
    """Make a project."""
    body = load(NewProject)
    with transaction() as session:
        return one(Project, projects.create(session, g.caller, body["project"]), 201)


@blueprint.get("/<project_id>")
def show(project_id: str) -> Response:
    """Show a project."""
    with reading() as session:
        return one(Project, projects.get(session, g.caller, project_id))


@blueprint.patch("/<project_id>")
def update(project_id: str) -> Response:
    """Change a project."""
    body = load(ChangedProject)
    with transaction() as session:
        project = projects.update(session, g.caller, project_id, body["project"])
        return one(Project, project, extra=beyond(project.extra))


@blueprint.delete("/<project_id>")
def delete(project_id: str) -> Response:
    """Remove a project."""
    with transaction() as session:
        projects.delete(session, g.caller, project_id)
    return nothing()
