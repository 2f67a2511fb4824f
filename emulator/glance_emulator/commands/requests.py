"""The commands requests and explain."""

from __future__ import annotations

import json
from pathlib import Path

import click

from glance_emulator.commands import as_json, command, say, table
from glance_emulator.errors import SetupError
from glance_emulator.remote import Remote

COLUMNS = ("time", "status", "method", "path", "request_id", "why")


@command(None, "requests")
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
    say(found, as_json, table(found, COLUMNS))


@command(None, "explain")
@click.argument("request", required=False)
@click.option("--image", metavar="ID", help="The image that a list lacks, or that a project may or may not read.")
@click.option("--project", metavar="NAME|ID", help="Instead of a request: what this project may do with the image.")
@as_json
def explain(remote: Remote, request: str | None, image: str | None, project: str | None, as_json: bool) -> None:
    """Say why REQUEST, named by its x-openstack-request-id, was answered as it was."""
    if request is not None:
        found = remote("GET", f"requests/{request}/explain", query={"image": image})
        say(found, as_json, found["words"])
        return
    if not image or not project:
        raise SetupError("say which request, or --image and --project")
    found = remote("GET", "explain", query={"image": image, "project": project})
    say(found, as_json, f"Read: {found['read']['words']}\nList: {found['list']['words']}")
