"""What is set to go wrong: rules that fit requests, or work in the background, and say what becomes of these.

The rules lie with the world's controls; how often each has fitted and struck is counted for all processes together.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.db.images import Image
from glance_emulator.db.servers import Server
from glance_emulator.domain.controls import FAULTS
from glance_emulator.domain.worlds import World
from glance_emulator.errors import NotFound

Rule = Mapping[str, Any]
"""As it was sent, with an `id` and, if it lasts only for a time, `expires_at`."""
OWN = "panel"
"""The service whose requests go wrong only when a rule names it."""


@dataclass(frozen=True)
class Asked:
    """What of a request the rules look at."""

    service: str
    operation: str | None
    method: str
    path: str
    project_id: str | None


@dataclass(frozen=True)
class Shown:
    """A rule, and what became of it."""

    rule: Rule
    fitted: int
    """Requests that it fitted."""
    struck: int
    """How many of these went wrong."""


def index(world: World) -> list[Shown]:
    """Return the rules, in the order in which they were set."""
    return [_shown(world, rule) for rule in _rules(world)]


def find(world: World, fault_id: str) -> Shown:
    """Return a rule; raise NotFound."""
    for rule in _rules(world):
        if rule["id"] == fault_id:
            return _shown(world, rule)
    raise _no(fault_id)


def _no(fault_id: str) -> NotFound:
    return NotFound(f"There is no fault {fault_id}.")


def add(world: World, rule: Rule) -> Shown:
    """Set a rule."""
    made = {**rule, "id": world.controls.hex("fault")[:12]}
    if "lasts" in made:
        made["expires_at"] = (world.clock() + timedelta(seconds=made["lasts"])).isoformat()
    with world.controls.changing(FAULTS) as rules:
        rules.append(made)
    return _shown(world, made)


def remove(world: World, fault_id: str | None = None) -> None:
    """Take a rule away, or all of them; raise NotFound."""
    with world.controls.changing(FAULTS) as rules:
        left = [rule for rule in rules if fault_id is not None and rule["id"] != fault_id]
        if fault_id is not None and left == rules:
            raise _no(fault_id)
        rules[:] = left


def is_set(world: World, rule: Rule) -> bool:
    """Say whether a rule is set still."""
    return any(other["id"] == rule["id"] for other in _rules(world))


def _rules(world: World) -> list[Rule]:
    return world.controls.read(FAULTS) or []


def _shown(world: World, rule: Rule) -> Shown:
    counters = world.controls.counters
    if counters is None:
        return Shown(rule, 0, 0)
    return Shown(rule, counters.count(f"fitted-{rule['id']}"), counters.count(f"struck-{rule['id']}"))


def of_request(world: World, asked: Asked) -> list[Rule]:
    """Return the rules that strike this request; of those that answer in its place, only the first."""
    fitting = [rule for rule in _rules(world) if "work" not in rule and _fits(rule, asked)]
    struck = [rule for rule in fitting if _strikes(world, rule)]
    answering = [rule for rule in struck if _answers(rule["effect"])]
    return [rule for rule in struck if rule not in answering[1:]]


def _answers(effect: Mapping[str, Any]) -> bool:
    return bool("status" in effect or effect.get("expired_token") or effect.get("reset") == "before")


def words(effect: Mapping[str, Any], waited: float) -> str:
    """Say what an effect did to a request, after the seconds that were waited."""
    done = {
        "latency": f"let it wait {waited:.3g} s",
        "status": f"answered {effect.get('status')}",
        "expired_token": "answered 401, as if the token had expired",
        "reset": f"reset the connection {'before' if effect.get('reset') == 'before' else 'after'} it was carried out",
        "truncate": f"broke the body off after {effect.get('truncate')} bytes",
        "trickle": "let the body trickle",
        "corrupt": "changed the data",
    }
    return " and ".join(text for name, text in done.items() if name in effect)


def of_work(world: World, kind: str, arguments: Mapping[str, Any]) -> str | None:
    """Return the message with which this work is to fail, if it is."""
    names = (kind, f"{kind}.{arguments.get('method') or arguments.get('action')}")
    for rule in _rules(world):
        if "work" in rule and any(fnmatchcase(name, rule["work"]) for name in names):
            project = rule.get("project")
            if project in (None, _owner(world, arguments)) and _strikes(world, rule):
                return str(rule["effect"]["fail"])
    return None


def _owner(world: World, arguments: Mapping[str, Any]) -> str | None:
    with world.reading() as session:
        return _owner_of(session, arguments)


def _owner_of(session: Session, arguments: Mapping[str, Any]) -> str | None:
    if "server_id" in arguments:
        return session.scalar(select(Server.project_id).where(Server.id == arguments["server_id"]))
    return session.scalar(select(Image.owner).where(Image.id == arguments.get("image_id")))


def _fits(rule: Rule, asked: Asked) -> bool:
    return (
        rule.get("service", asked.service if asked.service != OWN else None) == asked.service
        and rule.get("method", asked.method) == asked.method
        and fnmatchcase(asked.operation or "", rule.get("operation", "*"))
        and fnmatchcase(asked.path, rule.get("path", "*"))
        and rule.get("project", asked.project_id) == asked.project_id
    )


def _strikes(world: World, rule: Rule) -> bool:
    """Count what a rule fits, and say whether it strikes this time."""
    counters = world.controls.counters
    if counters is None or ("expires_at" in rule and world.clock() >= datetime.fromisoformat(rule["expires_at"])):
        return False
    number = counters.next(f"fitted-{rule['id']}")
    if "nth" in rule and number not in rule["nth"]:
        return False
    if "share" in rule and chance(rule, number).random() >= rule["share"]:
        return False
    struck = f"struck-{rule['id']}"
    if "times" in rule and counters.count(struck) >= rule["times"]:
        return False
    return counters.next(struck) <= int(rule.get("times", sys.maxsize))


def chance(rule: Rule, number: int) -> random.Random:
    """Return the chance of the n-th request that a rule fits: the same for the same seed, in any process."""
    return random.Random(f"{rule.get('seed', rule['id'])}/{number}")  # noqa: S311 - it is to be repeatable


def seconds(world: World, rule: Rule) -> float:
    """Return for how long a request that a rule has struck is to wait."""
    number = _shown(world, rule).struck
    told = rule["effect"].get("latency", 0)
    if not isinstance(told, Mapping):
        return float(told)
    dice = chance(rule, -number)
    if told["distribution"] == "uniform":
        return dice.uniform(told["low"], told["high"])
    if told["distribution"] == "normal":
        return max(0.0, dice.gauss(told["mean"], told["deviation"]))
    return dice.expovariate(1 / told["mean"]) if told["mean"] else 0.0
