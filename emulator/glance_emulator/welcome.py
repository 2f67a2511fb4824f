"""What `glance-emulator serve` says when it is ready."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from glance_emulator import __version__
from glance_emulator.domain.seed import PASSWORD, PERSONAS
from glance_emulator.server import Ready
from glance_emulator.settings import Settings


def block(settings: Settings, ready: Ready) -> str:
    """Return where the server is, where its state is, who can log in and how."""
    lines = [f"glance-emulator {__version__} is ready; Ctrl-C ends it.", ""]
    lines += [f"  {label:<9}{text}" for label, text in _facts(settings, ready)]
    lines += [
        "",
        *_table(settings),
        "",
        *(f"  WARNING: {warning}\n" for warning in ready.warnings),
        *_shell(settings, ready),
        "",
    ]
    return "\n".join(lines)


def _facts(settings: Settings, ready: Ready) -> Iterator[tuple[str, str]]:
    yield "URL", ready.running.url
    yield "Panel", f"{ready.running.url}/panel"
    if settings.host not in ready.running.url:
        yield "Listens", settings.host
    if settings.public_url:
        yield "Public", settings.public_url
    yield "State", f"{ready.folder}{'  (removed at the end)' if settings.ephemeral else ''}"
    if settings.database:
        yield "Database", ready.world.engine.url.render_as_string()
    if settings.auth == "trusted":
        yield "Auth", "TRUSTED IDENTITY HEADERS: whoever can reach this address is whoever they say they are"
    else:
        yield "Auth", f"tokens of the embedded Identity, {ready.running.url}/identity/v3"


def _table(settings: Settings) -> Iterator[str]:
    yield f"  {'User':<11}{'Password':<11}{'Project':<11}Role"
    for name, (project, role) in PERSONAS.items():
        password = "(yours)" if name == "admin" and settings.admin_password else PASSWORD
        yield f"  {name:<11}{password:<11}{project:<11}{role}"


def _shell(settings: Settings, ready: Ready) -> Iterable[str]:
    # A temporary folder has no name worth typing: there the commands are told the address.
    where = ""
    if settings.ephemeral:
        where = f" --url {ready.running.url}"
    elif settings.state:
        where = f" --state {shlex.quote(str(ready.folder))}"
    yield f'  A shell:  eval "$(glance-emulator env{where} consumer)"'
    yield f"  Or:       glance-emulator clouds --write{where}; export OS_CLOUD=consumer"
