"""The commands requests and explain."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from glance_emulator.commands import as_json, command, say, table
from glance_emulator.errors import SetupError
from glance_emulator.remote import Remote

SHOWN = 25
POLL = 0.3
"""Seconds after which it is looked for more, while requests are followed."""
COLUMNS = ("time", "status", "method", "path", "operation", "request_id", "why")


@command(None, "requests")
@click.option("--method")
@click.option("--outcome", metavar="STATUS", help="Only this status, or those that begin with a digit: 4 for refusals.")
@click.option("--service", help="image, identity, compute or panel.")
@click.option("--project", metavar="NAME|ID")
@click.option("--operation", metavar="PATTERN", help="As images.show or images.*")
@click.option("--text", help="In the path, the refusal, why it came, the request's id, …")
@click.option("-n", "--limit", type=click.INT, help=f"[default: {SHOWN}; all with --har]")
@click.option("--har", type=click.Path(path_type=Path), metavar="FILE", help="Write them into FILE as an HTTP archive.")
@click.option("--clear", is_flag=True, help="Forget all of them.")
@as_json
def requests(
    remote: Remote, har: Path | None, clear: bool, as_json: bool, limit: int | None, **filters: str | None
) -> None:
    """List what was asked, oldest first, and what was decided."""
    if clear and (har is not None or limit is not None or any(filters.values())):
        raise SetupError("--clear forgets all requests: it stands alone")
    if clear:
        remote("DELETE", "requests")
        click.echo("All requests are forgotten.")
        return
    if har is not None:
        _export(remote, har, {**filters, "limit": None if limit is None else str(limit)})
        return
    query = {**filters, "limit": str(SHOWN if limit is None else limit)}
    found = remote("GET", "requests", query=query)["requests"][::-1]
    for one in found:
        one["path"] += f"?{one['query']}" if one["query"] else ""
    say(found, as_json, table(found, COLUMNS))


def _export(remote: Remote, file: Path, query: Mapping[str, str | None]) -> None:
    archive = remote("GET", "requests.har", query=query)
    try:
        file.write_text(json.dumps(archive, indent=1))
    except OSError as reason:
        raise SetupError(f"cannot write {file}: {reason.strerror}") from None
    click.echo(f"{file} has the requests: {len(archive['log']['entries'])}.")


@command(None, "explain")
@click.argument("request", required=False)
@click.option("--image", metavar="ID", help="The image that a list lacks, or that a project may or may not read.")
@click.option("--project", metavar="NAME|ID", help="Instead of a request: what this project may do with the image.")
@as_json
def explain(remote: Remote, request: str | None, image: str | None, project: str | None, as_json: bool) -> None:
    """Say why REQUEST, named by its x-openstack-request-id, was answered as it was."""
    if request is not None and project is not None:
        raise SetupError("say which request, or which project: a request has one")
    if request is not None:
        found = remote("GET", f"requests/{request}/explain", query={"image": image})
        say(found, as_json, found["words"])
        return
    if not image or not project:
        raise SetupError("say which request, or --image and --project")
    found = remote("GET", "explain", query={"image": image, "project": project})
    say(found, as_json, f"Read: {found['read']['words']}\nList: {found['list']['words']}")


@command(None, "logs")
@click.option("-f", "--follow", is_flag=True, help="Go on with what comes, until Ctrl-C.")
@click.option("--method")
@click.option("--outcome", metavar="STATUS", help="Only this status, or those that begin with a digit: 4 for refusals.")
@click.option("--service", help="image, identity, compute or panel.")
@click.option("--project", metavar="NAME|ID")
@click.option("--operation", metavar="PATTERN", help="As images.show or images.*")
@click.option("--text", help="In the path, the refusal, why it came, the request's id, …")
@click.option("-n", "--limit", type=click.INT, default=25, show_default=True, help="Lines to begin with.")
@as_json
def logs(remote: Remote, follow: bool, as_json: bool, limit: int, **filters: str | None) -> None:
    """Show what is asked of a running emulator, a line each: with --json, as an object."""
    last = remote("GET", "requests", query={"limit": "1"})["requests"]
    found = remote("GET", "requests", query={**filters, "limit": str(limit)})["requests"]
    after = last[0]["id"] if last else None
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it wherever it is
    while True:
        for one in reversed(found):
            click.echo(json.dumps(one) if as_json else _line(one))
        sys.stdout.flush()
        if not follow:
            return
        time.sleep(POLL)
        found = remote("GET", "requests", query={**filters, "after": after})["requests"]
        after = found[0]["id"] if found else after


def _line(one: Mapping[str, Any]) -> str:
    query = f"?{one['query']}" if one["query"] else ""
    line = f"{one['time']} {one['status']} {one['method']} {one['path']}{query}  {one['request_id']}"
    return " ".join(filter(None, (line, one["message"], one["why"])))
