"""Projects: what owns images."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import delete as sql_delete
from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.identity import ApplicationCredential, Assignment, Domain, Project, User
from glance_emulator.domain import grants, records, seed, typos
from glance_emulator.domain.identity_policy import allows, enforce
from glance_emulator.domain.records import Values
from glance_emulator.errors import BadRequest, Forbidden

ATTRIBUTES = ("name", "description", "enabled")
_ID = re.compile("[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FIXED = {"domain_id", "parent_id", "is_domain"}
SEEDED = {name: seed.id_of("project", name) for name in seed.PROJECTS}
"""The projects of every new world, of which everybody has read."""
FILTERS = (Project.name, Project.domain_id, Project.parent_id, Project.enabled)


def index(session: Session, caller: Caller, filters: Values) -> Sequence[Project]:
    """Return the projects: all, or those of the domain that the caller's token is for."""
    enforce(caller, "list_projects", domain_id=caller.domain_id)
    statement = select(Project)
    if caller.domain_id:
        statement = statement.where(Project.domain_id == caller.domain_id)
    found: Sequence[Project] = records.listed(session, statement, filters, FILTERS)
    tags = set(filters["tags"].split(",")) if "tags" in filters else set()
    return [project for project in found if tags <= set(project.extra.get("tags", ()))]


def of_user(session: Session, caller: Caller, user_id: str, filters: Values) -> Sequence[Project]:
    """Return the projects on which the user has a role."""
    user = session.get(User, user_id)
    enforce(caller, "list_user_projects", domain_id=user.domain_id if user else None, user_id=user_id)
    records.find(session, User, "user", user_id)
    theirs = select(Assignment.target_id).where(Assignment.user_id == user_id, Assignment.scope == "project")
    return records.listed(session, select(Project).where(Project.id.in_(theirs)), filters, FILTERS)


def known(session: Session, caller: Caller) -> Mapping[str, str]:
    """Return the ids of the projects that the caller may know of, by name."""
    found = {project.name: project.id for project in grants.projects_of(session, caller.user_id or "")}
    if allows(caller, "list_projects", domain_id=caller.domain_id):
        found |= {project.name: project.id for project in index(session, caller, {})}
    return SEEDED | found


def id_of(session: Session, name: str) -> str:
    """Return the id of the project with this name, be it of any domain; where there is none, it is taken for an id."""
    return session.scalars(select(Project.id).where(Project.name == name)).first() or name


def named(session: Session, name: str) -> str:
    """Return the id of the project with this name, or what may be the id of one; raise BadRequest for anything else."""
    found = id_of(session, name)
    if found == name and not _ID.fullmatch(name) and session.get(Project, name) is None:
        typos.refuse("project", name, session.scalars(select(Project.name)), "Projects go by name or id.")
    return found


def get(session: Session, caller: Caller, project_id: str, action: str = "get_project") -> Project:
    """Return one project; raise Forbidden, also where there is none, or NotFound."""
    project = session.get(Project, project_id)
    enforce(caller, action, domain_id=project.domain_id if project else None, project_id=project_id)
    return project or records.find(session, Project, "project", project_id)


def create(session: Session, caller: Caller, values: Values) -> Project:
    """Make a project; raise BadRequest for a domain or parent that is none, Conflict for a name that is taken."""
    enforce(caller, "create_project", domain_id=values.get("domain_id"))
    domain_id, parent_id = _place(session, caller, values)
    records.refuse_duplicate(session, Project, "project", None, name=values["name"], domain_id=domain_id)
    project = Project(
        id=records.new_id(session, Project),
        domain_id=domain_id,
        parent_id=parent_id,
        description="",
        enabled=True,
        extra={},
    )
    records.keep(project, _changeable(values), ATTRIBUTES)
    return records.save(session, project)


def _place(session: Session, caller: Caller, values: Values) -> tuple[str, str]:
    """Return the domain and the parent of a new project."""
    if values.get("is_domain"):
        raise BadRequest("A project that acts as a domain is made as a domain, at /v3/domains.")
    parent_id = values.get("parent_id")
    parent = session.get(Project, parent_id) if parent_id else None
    default = parent.domain_id if parent else parent_id or records.home(session, caller)
    domain_id = values.get("domain_id") or default
    if session.get(Domain, domain_id) is None:
        raise BadRequest(f"There is no domain or parent {domain_id}.")
    if domain_id != default and parent_id:
        raise BadRequest(f"The parent {parent_id} is not in the domain {domain_id}.")
    return domain_id, parent_id or domain_id


def update(session: Session, caller: Caller, project_id: str, values: Values) -> Project:
    """Change a project; it stays where it is."""
    project = get(session, caller, project_id, "update_project")
    records.refuse_change(project, values, "id", "domain_id")
    if values.get("is_domain"):
        raise BadRequest("A project does not become a domain.")
    if values.get("parent_id", project.parent_id) != project.parent_id:
        raise Forbidden("The parent of a project cannot be changed.")
    records.refuse_immutable(project, "project", values)
    if "name" in values:
        records.refuse_duplicate(
            session, Project, "project", project.id, name=values["name"], domain_id=project.domain_id
        )
    records.keep(project, _changeable(values), ATTRIBUTES)
    return records.save(session, project)


def _changeable(values: Values) -> Values:
    return {name: value for name, value in values.items() if name not in FIXED}


def delete(session: Session, caller: Caller, project_id: str) -> None:
    """Remove a project, and with it the roles on it; raise Forbidden while it has projects below it."""
    project = get(session, caller, project_id, "delete_project")
    records.refuse_immutable(project, "project")
    if session.scalars(select(Project.id).where(Project.parent_id == project_id).limit(1)).first():
        raise Forbidden(f"The project {project_id} has projects below it.")
    session.execute(sql_delete(Assignment).where(Assignment.scope == "project", Assignment.target_id == project_id))
    session.execute(sql_delete(ApplicationCredential).where(ApplicationCredential.project_id == project_id))
    records.remove(session, project)
