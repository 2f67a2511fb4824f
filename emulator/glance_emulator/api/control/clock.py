"""/_emulator/clock and /ids: the world's time, and whether its ids can be told in advance."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response

from glance_emulator.domain.controls import CLOCK, IDS, LATEST
from glance_emulator.errors import BadRequest
from glance_emulator.web.body import answer, empty, load
from glance_emulator.web.transaction import world
from glance_schemas.control import ClockAdvance, ClockUpdate, IdsUpdate

blueprint = Blueprint("control_clock", __name__, url_prefix="/_emulator")


def _shown() -> Response:
    controls = world().controls
    now = f"{controls.now():%Y-%m-%dT%H:%M:%S.%fZ}"
    return answer({"now": now, "frozen": controls.frozen, "real": controls.read(CLOCK) is None})


@blueprint.get("/clock")
def show() -> Response:
    """Show the world's time."""
    return _shown()


@blueprint.put("/clock")
def update() -> Response:
    """Set the clock, and let it stand still or run on."""
    wanted: dict[str, Any] = load(ClockUpdate)
    controls = world().controls
    controls.set_clock(wanted.get("at") or controls.now(), wanted["frozen"])
    return _moved()


@blueprint.post("/clock/advance")
def advance() -> Response:
    """Put the clock forward."""
    controls = world().controls
    try:
        controls.set_clock(controls.now() + timedelta(seconds=load(ClockAdvance)["seconds"]), controls.frozen)
    except OverflowError:
        raise BadRequest(f"A clock goes forward to {LATEST:%Y-%m-%d} and not beyond.") from None
    return _moved()


def _moved() -> Response:
    """Do what is due by now before the answer, so that who asks next sees it."""
    world().runner.work_off()
    return _shown()


@blueprint.delete("/clock")
def delete() -> Response:
    """Let the clock show the real time again."""
    world().controls.write(CLOCK, None)
    return _moved()


@blueprint.get("/ids")
def show_ids() -> Response:
    """Show the seed of the ids; null where they are random."""
    return answer({"seed": (world().controls.read(IDS) or {}).get("seed")})


@blueprint.put("/ids")
def update_ids() -> Response:
    """Make ids and generated data follow from a seed, from its beginning on."""
    world().controls.seed_ids(load(IdsUpdate)["seed"])
    return show_ids()


@blueprint.delete("/ids")
def delete_ids() -> Response:
    """Let ids be random again."""
    world().controls.write(IDS, None)
    return empty(None)
