"""The commands clock, ids, transition, work and advance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from glance_emulator.commands import Duration, as_json, command, group, say, table
from glance_emulator.errors import SetupError
from glance_emulator.remote import Remote

clock = group("clock", "The world's time: show, freeze, set, advance, run, reset.")


def _tell_time(found: Mapping[str, Any]) -> None:
    state = "frozen" if found["frozen"] else "real time" if found["real"] else "running"
    click.echo(f"{found['now']}  ({state})")


@command(clock, "show")
def show_clock(remote: Remote) -> None:
    """Show the world's time."""
    _tell_time(remote("GET", "clock"))


@command(clock, "freeze")
@click.argument("at", required=False)
def freeze(remote: Remote, at: str | None) -> None:
    """Let the clock stand still, now or AT a time in UTC (2026-01-31T12:00:00Z)."""
    _tell_time(remote("PUT", "clock", {"frozen": True, **({"at": at} if at else {})}))


@command(clock, "set")
@click.argument("at")
def set_clock(remote: Remote, at: str) -> None:
    """Set the clock to a time in UTC, from where it runs on."""
    _tell_time(remote("PUT", "clock", {"frozen": False, "at": at}))


@command(clock, "advance")
@click.argument("by", type=Duration())
def advance_clock(remote: Remote, by: float) -> None:
    """Put the clock forward, by seconds or a time like 15m, 2h30m or 2d; what is due by then is done."""
    _tell_time(remote("POST", "clock/advance", {"seconds": by}))


@command(clock, "run")
def run_clock(remote: Remote) -> None:
    """Let the clock run on from what it shows."""
    _tell_time(remote("PUT", "clock", {"frozen": False}))


@command(clock, "reset")
def reset_clock(remote: Remote) -> None:
    """Show the real time again."""
    _tell_time(remote("DELETE", "clock"))


@command(None, "ids")
@click.option("--seed", type=click.INT, metavar="N", help="Let ids and generated data follow from this number.")
@click.option("--random", "free", is_flag=True, help="Let them be random again.")
def ids(remote: Remote, seed: int | None, free: bool) -> None:
    """Show, or set, what ids follow from; a seed begins anew each time it is set."""
    if free and seed is not None:
        raise SetupError("say one of --seed and --random")
    if free:
        remote("DELETE", "ids")
    elif seed is not None:
        remote("PUT", "ids", {"seed": seed})
    found = remote("GET", "ids")["seed"]
    click.echo("Ids are random." if found is None else f"Ids follow from the seed {found}.")


transitions = group("transition", "How work in the background moves on: set, list, clear.")


@command(transitions, "set")
@click.argument("kind")
@click.option("--after", type=Duration(), metavar="TIME", help="Done after a time.")
@click.option("--polls", type=click.INT, metavar="N", help="Done after N looks at the image, server or task.")
@click.option("--by-hand", is_flag=True, default=None, help="Done at `glance-emulator advance`.")
@click.option("--at-once", is_flag=True, help="Done at once, as all is that is not set.")
def set_transition(remote: Remote, kind: str, at_once: bool, **how: Any) -> None:
    """Say when work of a KIND is done: import, import.web-download, server.build, snapshot, …, or '*'."""
    chosen = {name: value for name, value in how.items() if value is not None}
    if len(chosen) + at_once != 1:
        raise SetupError("say one of --after, --polls, --by-hand and --at-once")
    wanted = {**remote("GET", "transitions")["transitions"], kind: chosen}
    remote("PUT", "transitions", {"transitions": wanted})
    click.echo(f"{kind}: {_how(chosen)}")


def _how(told: Mapping[str, Any]) -> str:
    if "after" in told:
        return f"after {told['after']:g} s"
    if "polls" in told:
        return f"after {told['polls']} polls"
    return "by hand" if told.get("by_hand") else "at once"


@command(transitions, "list")
def list_transitions(remote: Remote) -> None:
    """List what is set."""
    found = remote("GET", "transitions")["transitions"]
    click.echo("\n".join(f"{kind}: {_how(told)}" for kind, told in found.items()) or "All work is done at once.")


@command(transitions, "clear")
def clear_transitions(remote: Remote) -> None:
    """Let all work be done at once again."""
    remote("DELETE", "transitions")
    click.echo("All work is done at once.")


@command(None, "work")
@as_json
def work(remote: Remote, as_json: bool) -> None:
    """List the work in the background that is not done yet."""
    found = remote("GET", "work")["work"]
    say(found, as_json, table(found, ("kind", "image_id", "server_id", "task_id", "by_hand", "polls", "due")))


@command(None, "advance")
@click.option("--kind", metavar="KIND", help="Only work of this kind.")
@click.option("--id", metavar="ID", help="Only work about this image, server or task.")
def advance(remote: Remote, kind: str | None, id: str | None) -> None:
    """Let work that waits be done."""
    wanted = {name: text for name, text in (("kind", kind), ("id", id)) if text}
    found = remote("POST", "advance", wanted)["advanced"]
    click.echo(f"Done: {', '.join(one['kind'] for one in found) or 'nothing waited'}.")
