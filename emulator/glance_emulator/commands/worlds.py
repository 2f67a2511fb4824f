"""The commands world, snapshot, seed and reset."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from glance_emulator import settings
from glance_emulator.commands import as_json, at, command, group, say, table
from glance_emulator.errors import SetupError
from glance_emulator.remote import Remote


def reset(yes: bool, where: tuple[str, str | None], world: str | None) -> None:
    """Let a world be as a new one is."""
    remote = at(where, world)
    if not yes:
        click.confirm(f"Remove all images, users and servers at {remote.url}?", abort=True)
    remote("POST", "reset")
    click.echo(f"{remote.url} is as new.")


worlds = group("world", "Worlds besides the one at the root: make, list, delete.")


@command(worlds, "create", root=True)
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
    say(made, as_json, f"The world {made['name']} is at {made['url']}.")


@command(worlds, "list", root=True)
@as_json
def list_worlds(remote: Remote, as_json: bool) -> None:
    """List the worlds."""
    found = remote("GET", "worlds")["worlds"]
    say(found, as_json, table(found, ("name", "url")))


@command(worlds, "delete", root=True)
@click.argument("name")
def delete_world(remote: Remote, name: str) -> None:
    """Delete a world and all that is in it."""
    remote("DELETE", f"worlds/{name}")
    click.echo(f"The world {name} is gone.")


snapshots = group("snapshot", "The world as it was: save, restore, list, delete, export, import.")


@command(snapshots, "save")
@click.argument("name")
def save(remote: Remote, name: str) -> None:
    """Save the world."""
    remote("POST", "snapshots", {"name": name})
    click.echo(f"The snapshot {name} is saved.")


@command(snapshots, "restore")
@click.argument("name")
def restore(remote: Remote, name: str) -> None:
    """Let the world be again as it was."""
    remote("POST", f"snapshots/{name}/restore")
    click.echo(f"{remote.url} is as it was at {name}.")


@command(snapshots, "list")
@as_json
def list_snapshots(remote: Remote, as_json: bool) -> None:
    """List the snapshots."""
    found = remote("GET", "snapshots")["snapshots"]
    say(found, as_json, table(found, ("name", "created_at")))


@command(snapshots, "delete")
@click.argument("name")
def delete_snapshot(remote: Remote, name: str) -> None:
    """Forget a snapshot."""
    remote("DELETE", f"snapshots/{name}")
    click.echo(f"The snapshot {name} is gone.")


@command(snapshots, "export")
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


@command(snapshots, "import")
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
    world = remote.url.partition("/w/")[2]
    restoring = f"glance-emulator snapshot restore {wanted}" + (f" --world {world}" if world else "")
    click.echo(f"The snapshot {wanted} is there; restore it with `{restoring}`.")


@command(None, "seed")
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
    say(
        made,
        as_json,
        "Made: " + (", ".join(f"{count} {kind}" for kind, count in made.items() if count) or "nothing") + ".",
    )
