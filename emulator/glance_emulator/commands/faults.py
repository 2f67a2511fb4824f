"""The command fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from glance_emulator.commands import Duration, as_json, command, group, say, table
from glance_emulator.remote import Remote

faults = group("fault", "What is to go wrong: add, list, remove, clear, operations.")


@command(faults, "add")
@click.option("--service", help="image, identity, compute or panel.")
@click.option("--operation", metavar="PATTERN", help="As images.show or images.*; see fault operations.")
@click.option("--method")
@click.option("--path", metavar="PATTERN", help="As /v2/images/*/file")
@click.option("--project", metavar="NAME|ID")
@click.option("--work", metavar="KIND", help="Work in the background, as import.web-download; with --fail.")
@click.option("--share", type=click.FLOAT, metavar="0…1", help="Share of the requests.")
@click.option("--seed", type=click.INT, metavar="N", help="What --share follows from.")
@click.option("--nth", multiple=True, type=click.INT, metavar="N", help="Only the n-th of them; repeat it.")
@click.option("--times", type=click.INT, metavar="N", help="At most so often.")
@click.option("--lasts", type=Duration(), metavar="TIME", help="For how long, by the world's clock.")
@click.option("--status", type=click.INT, metavar="CODE", help="Answer with this error.")
@click.option("--message", help="What the error says.")
@click.option("--retry-after", type=click.INT, metavar="SECONDS", help="Send Retry-After with it.")
@click.option("--latency", type=Duration(), metavar="TIME", help="Wait before the answer.")
@click.option(
    "--reset",
    type=click.Choice(("before", "after")),
    is_flag=False,
    flag_value="after",
    help="Reset the connection, before or after the request is carried out.  [default: after]",
)
@click.option("--truncate", type=click.INT, metavar="BYTES", help="Break off after so many bytes of the body.")
@click.option("--trickle", nargs=2, type=(int, float), metavar="BYTES SECONDS", help="Send the body in pieces.")
@click.option("--corrupt", is_flag=True, default=None, help="Send a body that is not as its checksum says.")
@click.option("--expired-token", is_flag=True, default=None, help="Say that the token is not valid any more.")
@click.option("--fail", metavar="MESSAGE", help="Let the work fail with this message.")
@as_json
def add_fault(
    remote: Remote, as_json: bool, nth: tuple[int, ...], trickle: tuple[int, float] | None, **told: Any
) -> None:
    """Let requests, or work in the background, go wrong."""
    effects = ("status", "message", "retry_after", "latency", "reset", "truncate", "corrupt", "expired_token", "fail")
    given = {name: value for name, value in told.items() if value is not None}
    effect = {name: given.pop(name) for name in effects if name in given}
    if trickle:
        effect["trickle"] = {"bytes": trickle[0], "delay": trickle[1]}
    made = remote("POST", "faults", {**given, **({"nth": list(nth)} if nth else {}), "effect": effect})
    say(made, as_json, f"The fault {made['id']} is set.")


@command(faults, "list")
@as_json
def list_faults(remote: Remote, as_json: bool) -> None:
    """List the faults, and how often each has struck."""
    found = remote("GET", "faults")["faults"]
    own = {"id", "fitted", "struck", "effect", "expires_at"}
    rows = [{**fault, "which": _words(fault, own), "effect": _words(fault["effect"], set())} for fault in found]
    say(found, as_json, table(rows, ("id", "struck", "fitted", "which", "effect")))


@command(faults, "operations")
@as_json
def list_operations(remote: Remote, as_json: bool) -> None:
    """List what --operation can name."""
    found = remote("GET", "operations")["operations"]
    rows = [{**one, "methods": ",".join(one["methods"])} for one in found]
    say(found, as_json, table(rows, ("operation", "service", "methods", "path")))


def _words(told: Mapping[str, Any], without: set[str]) -> str:
    return " ".join(f"{name}={value}" for name, value in told.items() if name not in without)


@command(faults, "remove")
@click.argument("fault_id", metavar="ID")
def remove_fault(remote: Remote, fault_id: str) -> None:
    """Take a fault away."""
    remote("DELETE", f"faults/{fault_id}")
    click.echo(f"The fault {fault_id} is gone.")


@command(faults, "clear")
def clear_faults(remote: Remote) -> None:
    """Take all faults away."""
    remote("DELETE", "faults")
    click.echo("Nothing goes wrong any more.")
