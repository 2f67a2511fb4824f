"""Projects by name, for people: as far as the caller may know them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask import g
from sqlalchemy.orm import Session

from glance_emulator.domain import grants, identity_policy, projects, seed
from glance_emulator.panel import session
from glance_emulator.web.transaction import reading

_OURS = {name: seed.id_of("project", name) for name in seed.PROJECTS}
"""The projects of every new world, of which everybody has read in the README."""


def _known(opened: Session) -> dict[str, str]:
    """Return the ids of the projects that the caller may know of, by name."""
    if session.trusted():
        return {}
    found = {project.name: project.id for project in grants.projects_of(opened, g.caller.user_id)}
    if identity_policy.allows(g.caller, "list_projects", domain_id=g.caller.domain_id):
        found |= {project.name: project.id for project in projects.index(opened, g.caller, {})}
    return _OURS | found


def namer(ids: Iterable[str | None]) -> Callable[[str | None], str]:
    """Return what names these projects; who has no name that the caller may know is called by the id."""
    wanted = set(ids)
    with reading() as opened:
        names = {known: name for name, known in _known(opened).items() if known in wanted}
    return lambda project_id: names.get(project_id or "", project_id or "-")


def ids_of(text: str) -> list[tuple[str, str]]:
    """Return what somebody calls projects, and the ids that are meant, in order, each once.

    Names stand between commas, blanks or line breaks; what is no name that the caller may know is taken for an id.
    """
    with reading() as opened:
        known = _known(opened)
    found = {known.get(word, word): word for word in reversed(text.replace(",", " ").split())}
    return [(word, project_id) for project_id, word in reversed(found.items())]
