"""/_emulator/faults and /operations: what is to go wrong, and what can."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response

from glance_emulator.domain import faults, projects, works
from glance_emulator.domain.faults import Shown
from glance_emulator.web import operations
from glance_emulator.web.body import answer, empty, load
from glance_emulator.web.caller import settings
from glance_emulator.web.transaction import reading, world
from glance_schemas.control import FaultCreate

blueprint = Blueprint("control_faults", __name__, url_prefix="/_emulator/faults")
names = Blueprint("control_operations", __name__, url_prefix="/_emulator/operations")


def _shown(found: Shown) -> dict[str, Any]:
    return {**found.rule, "fitted": found.fitted, "struck": found.struck}


@blueprint.get("")
def index() -> Response:
    """List the faults, and how often each has struck."""
    return answer({"faults": [_shown(found) for found in faults.index(world())]})


@blueprint.post("")
def create() -> Response:
    """Set a fault; a project may be named by its name, and what can never strike is refused."""
    wanted = load(FaultCreate)
    if "work" in wanted:
        works.check_pattern(wanted["work"])
    if "operation" in wanted:
        operations.check(wanted["operation"], wanted.get("service"), wanted.get("method"))
    if "path" in wanted:
        operations.check_path(wanted["path"], wanted.get("service"))
    if "project" in wanted:
        trusted = settings().auth == "trusted"  # where projects need not be known
        with reading() as session:
            wanted["project"] = (projects.id_of if trusted else projects.named)(session, wanted["project"])
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


@names.get("")
def list_operations() -> Response:
    """List what faults and the journal call what can be asked for."""
    return answer({"operations": [asdict(found) for found in operations.index()]})
