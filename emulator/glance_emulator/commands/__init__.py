"""Commands for the worlds of a running emulator: a verb for each thing that its own API does.

Here is what they have in common; they are in the modules of this package, which `load` imports.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import update_wrapper
from pathlib import Path
from typing import Any

import click

from glance_emulator import settings, state
from glance_emulator.durations import seconds
from glance_emulator.errors import SetupError
from glance_emulator.remote import Remote

COMMANDS: dict[str, click.Command] = {}
"""By name; `cli` adds them to its own."""


class Duration(click.ParamType[float]):
    """Seconds, or numbers with s, m, h or d."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return seconds."""
        try:
            return seconds(value)
        except ValueError as reason:
            self.fail(str(reason), param, ctx)


OPTIONS = (
    click.option(
        "--url",
        envvar=settings.URL,
        metavar="URL",
        help=f"Emulator that is meant.  [default: {settings.URL}, else the one that runs on the state]",
    ),
    click.option("--cacert", envvar=settings.CACERT, metavar="FILE", help="Certificate to trust, for an https URL."),
    click.option("--state", "folder", type=click.Path(path_type=Path), metavar="DIR", help="State that it runs on."),
    click.option("--token", envvar="OS_TOKEN", metavar="TOKEN", help="An admin's, for one on another machine."),
)
"""What says which emulator is meant."""
WORLD = click.option("--world", metavar="NAME", help="World that is meant.  [default: the one at the root]")


def load() -> Mapping[str, click.Command]:
    """Return all commands by name."""
    from glance_emulator.commands import clock, faults, requests, worlds  # noqa: F401 - they add themselves

    return COMMANDS


def _for_a_world(run: Callable[..., Any], root: bool) -> Callable[..., Any]:
    """Give a command the world that its options name, or the one at the root."""

    def called(
        *args: Any,
        url: str | None,
        cacert: str | None,
        folder: Path | None,
        token: str | None,
        world: str | None = None,
        **options: Any,
    ) -> Any:
        return run(at((url, cacert) if url else _running(folder), world, token), *args, **options)

    update_wrapper(called, run)
    for option in reversed(OPTIONS if root else (*OPTIONS, WORLD)):
        called = option(called)
    return called


def _running(folder: Path | None) -> tuple[str, str | None]:
    chosen = settings.read({"state": str(folder) if folder else None}).state_folder
    running = state.running(chosen)
    if running is None:
        raise SetupError(f"no server runs on {chosen}: start one with `glance-emulator serve`, or say --url or --state")
    return running.url, running.ca_file


def at(where: tuple[str, str | None], world: str | None, token: str | None = None) -> Remote:
    """Return the API of a world of the emulator that is there; `where` is its address and the certificate to trust."""
    url, ca_file = where
    return Remote(url.rstrip("/") + (f"/w/{world}" if world else ""), token, ca_file)


def say(found: Any, as_json: bool, text: str) -> None:
    """Print what was found as JSON, or the text."""
    click.echo(json.dumps(found, indent=1) if as_json else text)


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Return rows as a table."""
    if not rows:
        return "There are none."
    lines = [[str(row.get(name) if row.get(name) is not None else "-") for name in columns] for row in rows]
    widths = [max(len(line[place]) for line in (*lines, columns)) for place in range(len(columns))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in ([name.upper() for name in columns], *lines)
    )


def group(name: str, about: str) -> click.Group:
    """Return a new group of commands."""
    COMMANDS[name] = made = click.Group(name, help=about)
    return made


def command(parent: click.Group | None, name: str, root: bool = False) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a function a command, of a group or by itself; its first argument is the API of the world that is meant.

    With `root` that is always the one at the root.
    """

    def add(run: Callable[..., Any]) -> click.Command:
        made = click.command(name)(_for_a_world(run, root))
        if parent is None:
            COMMANDS[name] = made
        else:
            parent.add_command(made)
        return made

    return add


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
