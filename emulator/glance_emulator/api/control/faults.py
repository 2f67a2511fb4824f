"""/_emulator/faults: what is to go wrong."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from glance_emulator.domain import faults, projects
from glance_emulator.domain.faults import Shown
from glance_emulator.web.body import answer, empty, load
from glance_emulator.web.transaction import reading, world
from glance_schemas.control import FaultCreate

blueprint = Blueprint("control_faults", __name__, url_prefix="/_emulator/faults")


def _shown(found: Shown) -> dict[str, Any]:
    return {**found.rule, "fitted": found.fitted, "struck": found.struck}


@blueprint.get("")
def index() -> Response:
    """List the faults, and how often each has struck."""
    return answer({"faults": [_shown(found) for found in faults.index(world())]})


@blueprint.post("")
def create() -> Response:
    """Set a fault; a project may be named by its name."""
    wanted = load(FaultCreate)
    if "project" in wanted:
        with reading() as session:
            wanted["project"] = projects.id_of(session, wanted["project"])
    return answer(_shown(faults.add(world(), wanted)), 201)


@blueprint.delete("")
def clear() -> Response:
    """Take all faults away."""
    faults.remove(world())
    return empty(None)


@blueprint.get("/<fault_id>")
def show(fault_id: str) -> Response:
    """Show a fault, and how often it has struck."""
    return answer(_shown(faults.find(world(), fault_id)))


@blueprint.delete("/<fault_id>")
def delete(fault_id: str) -> Response:
    """Take a fault away."""
    faults.remove(world(), fault_id)
    return empty(None)
