"""Projects by name, for people: as far as the caller may know them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from flask import g
from sqlalchemy.orm import Session

from glance_emulator.domain import projects
from glance_emulator.panel import session
from glance_emulator.web.transaction import reading


def _known(opened: Session) -> Mapping[str, str]:
    # Trusted callers name their project themselves: what they say is its id.
    return {} if session.trusted() else projects.known(opened, g.caller)


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
