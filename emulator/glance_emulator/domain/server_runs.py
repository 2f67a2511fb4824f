"""What is done to servers in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.db.servers import Server
from glance_emulator.domain.server_states import CHANGES, UNKNOWN
from glance_emulator.errors import Refusal

if TYPE_CHECKING:
    from glance_emulator.domain.worlds import World


def run(world: World, server_id: str, action: str) -> None:
    """Bring a change to its end; do nothing if the server was deleted meanwhile, or has it behind itself."""
    change = CHANGES[action]
    with world.writing() as session:
        server = find(session, server_id)
        if server is None or server.task_state is None:
            return
        server.status = change.ends_in or server.status
        server.task_state, server.updated_at = None, world.clock()
        if action in ("build", "rebuild"):
            server.launched_at = world.clock()


def fail(world: World, reason: Exception, server_id: str, action: str) -> None:
    """Leave the server in error, and say why."""
    with world.writing() as session:
        server = find(session, server_id)
        if server is not None:
            server.status, server.task_state, server.updated_at = "ERROR", None, world.clock()
            message = reason.message if isinstance(reason, Refusal) else UNKNOWN
            server.details = {**server.details, "fault": message}


def find(session: Session, server_id: str) -> Server | None:
    """Return a server, whoever's it is, unless it was deleted."""
    return session.scalars(
        select(Server).where(Server.id == server_id, Server.deleted_at.is_(None)).with_for_update()
    ).one_or_none()
