"""Commands for the worlds of a running emulator: a verb for each thing that its own API does."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import update_wrapper
from pathlib import Path
from typing import Any

import click

from glance_emulator import settings, state
from glance_emulator.errors import SetupError
from glance_emulator.remote import Remote

COMMANDS: dict[str, click.Command] = {}
"""By name; `cli` adds them to its own."""
UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
COLUMNS = ("time", "status", "method", "path", "request_id", "why")


class Duration(click.ParamType[float]):
    """Seconds, or a number with s, m, h or d."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return seconds."""
        found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", str(value))
        if found is None:
            self.fail(f"{value!r} is not a time like 90, 90s, 15m, 1h or 2d.", param, ctx)
        return float(found[1]) * UNITS[found[2]]


def _remote(run: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the world that its options name."""

    @click.option("--url", metavar="URL", help="Emulator that is meant.  [default: the one that runs on the state]")
    @click.option("--state", "folder", type=click.Path(path_type=Path), metavar="DIR", help="State that it runs on.")
    @click.option("--world", metavar="NAME", help="World that is meant.  [default: the one at the root]")
    @click.option("--token", envvar="OS_TOKEN", metavar="TOKEN", help="An admin's, for an emulator on another machine.")
    def called(
        *args: Any, url: str | None, folder: Path | None, world: str | None, token: str | None, **options: Any
    ) -> Any:
        return run(at((url, None) if url else _running(folder), world, token), *args, **options)

    return update_wrapper(called, run)


def _running(folder: Path | None) -> tuple[str, str | None]:
    chosen = settings.read({"state": folder}).state_folder
    running = state.running(chosen)
    if running is None:
        raise SetupError(f"no server runs on {chosen}: start one with `glance-emulator serve`, or say --url or --state")
    return running.url, running.ca_file


def at(where: tuple[str, str | None], world: str | None, token: str | None = None) -> Remote:
    """Return the API of a world of the emulator that is there; `where` is its address and the certificate to trust."""
    url, ca_file = where
    return Remote(url.rstrip("/") + (f"/w/{world}" if world else ""), token, ca_file)


def _say(found: Any, as_json: bool, text: str) -> None:
    click.echo(json.dumps(found, indent=1) if as_json else text)


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    if not rows:
        return "There are none."
    lines = [[str(row.get(name) if row.get(name) is not None else "-") for name in columns] for row in rows]
    widths = [max(len(line[place]) for line in (*lines, columns)) for place in range(len(columns))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in ([name.upper() for name in columns], *lines)
    )


def _group(name: str, about: str) -> click.Group:
    COMMANDS[name] = made = click.Group(name, help=about)
    return made


def _command(parent: click.Group | None, name: str) -> Callable[[Callable[..., Any]], click.Command]:
    def add(run: Callable[..., Any]) -> click.Command:
        made = click.command(name)(_remote(run))
        if parent is None:
            COMMANDS[name] = made
        else:
            parent.add_command(made)
        return made

    return add


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def reset(yes: bool, where: tuple[str, str | None], world: str | None) -> None:
    """Let a world be as a new one is."""
    remote = at(where, world)
    if not yes:
        click.confirm(f"Remove all images, users and servers at {remote.url}?", abort=True)
    remote("POST", "reset")
    click.echo(f"{remote.url} is as new.")


worlds = _group("world", "Worlds besides the one at the root: make, list, delete.")


@_command(worlds, "create")
@click.argument("name", required=False)
@click.option("--from", "source", metavar="WORLD", help="World of which it is to be a copy.")
@click.option("--snapshot", metavar="NAME", help="Snapshot of that world, instead of what it is now.")
@click.option("--rejected-members", type=click.Choice(["keep-access", "lose-access"]), help="As of `serve`.")
@click.option("--quota", "quotas", multiple=True, metavar="NAME=N", help="As of `serve`.")
@as_json
def create_world(remote: Remote, name: str | None, quotas: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Make a world: empty, or as another is, or was."""
    wanted = {"name": name, "from": options.pop("source"), **options}
    if quotas:
        wanted["quotas"] = settings.Settings(quotas=quotas).limits()
    made = remote("POST", "worlds", {key: value for key, value in wanted.items() if value is not None})
    _say(made, as_json, f"The world {made['name']} is at {made['url']}.")


@_command(worlds, "list")
@as_json
def list_worlds(remote: Remote, as_json: bool) -> None:
    """List the worlds."""
    found = remote("GET", "worlds")["worlds"]
    _say(found, as_json, _table(found, ("name", "url")))


@_command(worlds, "delete")
@click.argument("name")
def delete_world(remote: Remote, name: str) -> None:
    """Delete a world and all that is in it."""
    remote("DELETE", f"worlds/{name}")
    click.echo(f"The world {name} is gone.")


snapshots = _group("snapshot", "The world as it was: save, restore, list, delete, export, import.")


@_command(snapshots, "save")
@click.argument("name")
def save(remote: Remote, name: str) -> None:
    """Save the world."""
    remote("POST", "snapshots", {"name": name})
    click.echo(f"The snapshot {name} is saved.")


@_command(snapshots, "restore")
@click.argument("name")
def restore(remote: Remote, name: str) -> None:
    """Let the world be again as it was."""
    remote("POST", f"snapshots/{name}/restore")
    click.echo(f"{remote.url} is as it was at {name}.")


@_command(snapshots, "list")
@as_json
def list_snapshots(remote: Remote, as_json: bool) -> None:
    """List the snapshots."""
    found = remote("GET", "snapshots")["snapshots"]
    _say(found, as_json, _table(found, ("name", "created_at")))


@_command(snapshots, "delete")
@click.argument("name")
def delete_snapshot(remote: Remote, name: str) -> None:
    """Forget a snapshot."""
    remote("DELETE", f"snapshots/{name}")
    click.echo(f"The snapshot {name} is gone.")


@_command(snapshots, "export")
@click.argument("name")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="[default: NAME.tar]")
def export(remote: Remote, name: str, output: Path | None) -> None:
    """Write a snapshot into one file."""
    target = output or Path(f"{name}.tar")
    beside = target.with_name(f".{target.name}.new")
    total = 0
    try:
        with beside.open("wb") as file:
            for piece in remote.pieces(f"snapshots/{name}/file"):
                total += file.write(piece)
                _progress(total)
        beside.replace(target)
    except OSError as reason:
        raise SetupError(f"cannot write {target}: {reason.strerror}") from None
    finally:
        beside.unlink(missing_ok=True)
    click.echo(f"{target} has the snapshot {name} ({total >> 20} MiB).")


def _progress(total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{total >> 20} MiB", nl=False, err=True)


@_command(snapshots, "import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", help="[default: the file's, without its ending]")
def import_snapshot(remote: Remote, file: Path, name: str | None) -> None:
    """Make a snapshot of a file that was exported."""
    wanted = name or file.stem
    try:
        with file.open("rb") as content:
            remote("PUT", f"snapshots/{wanted}/file", data=content)
    except OSError as reason:
        raise SetupError(f"cannot read {file}: {reason.strerror}") from None
    click.echo(f"The snapshot {wanted} is there; restore it with `glance-emulator snapshot restore {wanted}`.")


@_command(None, "seed")
@click.argument("file", type=click.Path(path_type=Path))
@as_json
def seed(remote: Remote, file: Path, as_json: bool) -> None:
    """Make the projects, users, images and servers that FILE (YAML) says."""
    try:
        content = file.read_bytes()
    except OSError as reason:
        raise SetupError(f"cannot read {file}: {reason.strerror}") from None
    where = {"base": str(file.absolute().parent), "name": str(file)}
    made = remote("POST", "seed", data=content, query=where)
    _say(
        made,
        as_json,
        "Made: " + (", ".join(f"{count} {kind}" for kind, count in made.items() if count) or "nothing") + ".",
    )


clock = _group("clock", "The world's time: show, freeze, set, advance, run, reset.")


def _tell_time(found: Mapping[str, Any]) -> None:
    state = "frozen" if found["frozen"] else "real time" if found["real"] else "running"
    click.echo(f"{found['now']}  ({state})")


@_command(clock, "show")
def show_clock(remote: Remote) -> None:
    """Show the world's time."""
    _tell_time(remote("GET", "clock"))


@_command(clock, "freeze")
@click.argument("at", required=False)
def freeze(remote: Remote, at: str | None) -> None:
    """Let the clock stand still, now or AT a time in UTC (2026-01-31T12:00:00Z)."""
    _tell_time(remote("PUT", "clock", {"frozen": True, **({"at": at} if at else {})}))


@_command(clock, "set")
@click.argument("at")
def set_clock(remote: Remote, at: str) -> None:
    """Set the clock to a time in UTC, from where it runs on."""
    _tell_time(remote("PUT", "clock", {"frozen": False, "at": at}))


@_command(clock, "advance")
@click.argument("by", type=Duration())
def advance_clock(remote: Remote, by: float) -> None:
    """Put the clock forward, by seconds or a time like 15m, 1h or 2d; what is due by then is done."""
    _tell_time(remote("POST", "clock/advance", {"seconds": by}))


@_command(clock, "run")
def run_clock(remote: Remote) -> None:
    """Let the clock run on from what it shows."""
    _tell_time(remote("PUT", "clock", {"frozen": False}))


@_command(clock, "reset")
def reset_clock(remote: Remote) -> None:
    """Show the real time again."""
    _tell_time(remote("DELETE", "clock"))


@_command(None, "ids")
@click.option("--seed", type=click.INT, metavar="N", help="Let ids and generated data follow from this number.")
@click.option("--random", "free", is_flag=True, help="Let them be random again.")
def ids(remote: Remote, seed: int | None, free: bool) -> None:
    """Show, or set, what ids follow from."""
    if free:
        remote("DELETE", "ids")
    elif seed is not None:
        remote("PUT", "ids", {"seed": seed})
    found = remote("GET", "ids")["seed"]
    click.echo("Ids are random." if found is None else f"Ids follow from the seed {found}.")


transitions = _group("transition", "How work in the background moves on: set, list, clear.")


@_command(transitions, "set")
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


@_command(transitions, "list")
def list_transitions(remote: Remote) -> None:
    """List what is set."""
    found = remote("GET", "transitions")["transitions"]
    click.echo("\n".join(f"{kind}: {_how(told)}" for kind, told in found.items()) or "All work is done at once.")


@_command(transitions, "clear")
def clear_transitions(remote: Remote) -> None:
    """Let all work be done at once again."""
    remote("DELETE", "transitions")
    click.echo("All work is done at once.")


@_command(None, "work")
@as_json
def work(remote: Remote, as_json: bool) -> None:
    """List the work in the background that is not done yet."""
    found = remote("GET", "work")["work"]
    _say(found, as_json, _table(found, ("kind", "image_id", "server_id", "task_id", "by_hand", "polls", "due")))


@_command(None, "advance")
@click.option("--kind", metavar="KIND", help="Only work of this kind.")
@click.option("--id", metavar="ID", help="Only work about this image, server or task.")
def advance(remote: Remote, kind: str | None, id: str | None) -> None:
    """Let work that waits be done."""
    wanted = {name: text for name, text in (("kind", kind), ("id", id)) if text}
    found = remote("POST", "advance", wanted)["advanced"]
    click.echo(f"Done: {', '.join(one['kind'] for one in found) or 'nothing waited'}.")


faults = _group("fault", "What is to go wrong: add, list, remove, clear.")


@_command(faults, "add")
@click.option("--service", help="image, identity, compute or panel.")
@click.option("--operation", metavar="PATTERN", help="As images.show or images.*")
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
@click.option("--reset", is_flag=True, default=None, help="Reset the connection.")
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
    _say(made, as_json, f"The fault {made['id']} is set.")


@_command(faults, "list")
@as_json
def list_faults(remote: Remote, as_json: bool) -> None:
    """List the faults, and how often each has struck."""
    found = remote("GET", "faults")["faults"]
    own = {"id", "fitted", "struck", "effect", "expires_at"}
    rows = [{**fault, "which": _words(fault, own), "effect": _words(fault["effect"], set())} for fault in found]
    _say(found, as_json, _table(rows, ("id", "struck", "fitted", "which", "effect")))


def _words(told: Mapping[str, Any], without: set[str]) -> str:
    return " ".join(f"{name}={value}" for name, value in told.items() if name not in without)


@_command(faults, "remove")
@click.argument("fault_id", metavar="ID")
def remove_fault(remote: Remote, fault_id: str) -> None:
    """Take a fault away."""
    remote("DELETE", f"faults/{fault_id}")
    click.echo(f"The fault {fault_id} is gone.")


@_command(faults, "clear")
def clear_faults(remote: Remote) -> None:
    """Take all faults away."""
    remote("DELETE", "faults")
    click.echo("Nothing goes wrong any more.")


@_command(None, "requests")
@click.option("--method")
@click.option("--outcome", metavar="DIGIT", help="Only statuses that begin with it: 4 for refusals.")
@click.option("--service", help="image, identity, compute or panel.")
@click.option("--project", metavar="NAME|ID")
@click.option("--text", help="In the path, the refusal, the request's id, …")
@click.option("-n", "--limit", type=click.INT, default=25, show_default=True)
@click.option("--har", type=click.Path(path_type=Path), metavar="FILE", help="Write them into FILE as an HTTP archive.")
@click.option("--clear", is_flag=True, help="Forget all of them.")
@as_json
def requests(remote: Remote, har: Path | None, clear: bool, as_json: bool, limit: int, **filters: str | None) -> None:
    """List what was asked, oldest first, and what was decided."""
    if clear:
        remote("DELETE", "requests")
        click.echo("All requests are forgotten.")
        return
    query = {**filters, "limit": str(limit)}
    if har is not None:
        har.write_text(json.dumps(remote("GET", "requests.har", query=query), indent=1))
        click.echo(f"{har} has the requests.")
        return
    found = remote("GET", "requests", query=query)["requests"][::-1]
    for one in found:
        one["path"] += f"?{one['query']}" if one["query"] else ""
    _say(found, as_json, _table(found, COLUMNS))


@_command(None, "explain")
@click.argument("request", required=False)
@click.option("--image", metavar="ID", help="The image that a list lacks, or that a project may or may not read.")
@click.option("--project", metavar="NAME|ID", help="Instead of a request: what this project may do with the image.")
@as_json
def explain(remote: Remote, request: str | None, image: str | None, project: str | None, as_json: bool) -> None:
    """Say why REQUEST, named by its x-openstack-request-id, was answered as it was."""
    if request is not None:
        found = remote("GET", f"requests/{request}/explain", query={"image": image})
        _say(found, as_json, found["words"])
        return
    if not image or not project:
        raise SetupError("say which request, or --image and --project")
    found = remote("GET", "explain", query={"image": image, "project": project})
    _say(found, as_json, f"Read: {found['read']['words']}\nList: {found['list']['words']}")
