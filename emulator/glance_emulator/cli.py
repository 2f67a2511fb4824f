"""The command `glance-emulator`; what takes long to import is imported by the command that needs it."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from glance_emulator import __version__, settings
from glance_emulator.errors import SetupError

if TYPE_CHECKING:
    from glance_emulator.server import Ready
    from glance_emulator.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])
NAME = "glance-emulator"
COMPLETION = "_GLANCE_EMULATOR_COMPLETE"
"""The variable by which a shell asks for completions."""
TYPES: dict[str, Any] = {"int": click.INT, "Path": click.Path(), "str": click.STRING, "tuple[str, ...]": click.STRING}


def main() -> None:
    """Run the command; whatever is wrong is said in one line."""
    try:
        code = group.main(prog_name=NAME, complete_var=COMPLETION, standalone_mode=False)
    except SetupError as refusal:
        click.echo(f"{NAME}: {refusal}", err=True)
        sys.exit(1)
    except click.ClickException as refusal:
        click.echo(f"{NAME}: {refusal.format_message()}", err=True)
        sys.exit(refusal.exit_code)
    except click.Abort:
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)


class Commands(click.Group):
    """The commands; those for a running emulator's worlds are imported when one of them, or the help, is wanted."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Name all commands."""
        from glance_emulator import commands

        return sorted({*super().list_commands(context), *commands.load()})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return a command, or None if there is none of this name."""
        found = super().get_command(context, name)
        if found is not None:
            return found
        from glance_emulator import commands

        return commands.load().get(name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def group() -> None:
    """Run an OpenStack Image service (Glance, Images API v2) on this machine."""


def _option(name: str) -> Callable[[Command], Command]:
    item = settings.FIELDS[name]
    kind, choices = settings.kind(name), item.metadata["choices"]
    meaning = item.metadata["meaning"]
    if kind == "bool":
        return click.option(settings.option(name), name, is_flag=True, default=None, help=meaning)
    if "[default" not in meaning:
        default = settings.words(item.default)
        meaning += f"  [default: {default}]" if default else ""
    return click.option(
        settings.option(name),
        name,
        type=click.Choice(choices) if choices else TYPES[kind],
        multiple=kind.startswith("tuple"),
        metavar=None if choices else item.metadata["metavar"],
        help=meaning,
    )


def settings_options(*names: str) -> Callable[[Command], Command]:
    """Give a command the options of these settings, and --config."""

    def decorate(command: Command) -> Command:
        config = click.option(
            "--config", type=click.Path(path_type=Path), metavar="FILE", help="TOML file with these settings."
        )
        command = config(command)
        for name in reversed(names):
            command = _option(name)(command)
        return command

    return decorate


url_option = click.option(
    "--url",
    envvar=settings.URL,
    metavar="URL",
    help=f"Emulator that is meant.  [default: {settings.URL}, else the one that runs on the state]",
)
cacert_option = click.option(
    "--cacert", envvar=settings.CACERT, metavar="FILE", help="Certificate to trust, for an https URL."
)
world_option = click.option("--world", metavar="NAME", help="World that is meant.  [default: the one at the root]")


def _read(config: Path | None, **options: object) -> Settings:
    return settings.read({name: value for name, value in options.items() if value != ()}, config)


@group.command()
@click.option("--parent", type=click.INT, hidden=True)
@settings_options(*settings.FIELDS)
def serve(parent: int | None, config: Path | None, **options: object) -> None:
    """Serve until Ctrl-C.

    Every option is also a variable GLANCE_EMULATOR_* (GLANCE_EMULATOR_PORT) and a key in the file (port = 9292).
    """
    chosen = _read(config, **options)
    gc.disable()  # until it serves: imports leave no garbage, and looking for it would take a tenth of the start
    from glance_emulator import server

    if parent is None:
        server.serve(chosen, lambda ready: _introduce(chosen, ready))
        return
    from glance_emulator import child

    server.serve(chosen, lambda ready: child.report(parent, ready.running))


@group.command("exec", context_settings={"allow_interspersed_args": False})
@click.option("--persona", default="consumer", help="Who the command is.  [default: consumer]")
@click.option("--log", type=click.Path(path_type=Path), metavar="FILE", help="File for what the server says.")
@click.option("--state", metavar="DIR", help="Folder that keeps the state.  [default: none is kept]")
@settings_options(*(name for name in settings.FIELDS if name not in ("port", "host", "state")))
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def execute(
    command: tuple[str, ...],
    persona: str,
    log: Path | None,
    state: str | None,
    config: Path | None,
    **options: object,
) -> int:
    """Run COMMAND with an emulator of its own: glance-emulator exec -- pytest.

    The server is started on a free port, with an ephemeral state unless --state names one, and ends with COMMAND, whose
    exit code is returned. COMMAND finds it by the variables OS_*, the personas in OS_CLIENT_CONFIG_FILE, and other
    commands of this program find it by GLANCE_EMULATOR_URL. If it serves HTTPS, they all know its certificate.
    """
    from glance_emulator import child

    chosen = replace(_read(config, **options), state=Path(state) if state else None)
    return child.execute(command, persona, chosen, log)


def _introduce(chosen: Settings, ready: Ready) -> None:
    from glance_emulator import welcome

    click.echo(welcome.block(chosen, ready))
    sys.stdout.flush()


def _personas(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    from glance_emulator.domain.seed import PERSONAS

    return [name for name in PERSONAS if name.startswith(incomplete)]


def _where(chosen: Settings, url: str | None, cacert: str | None, world: str | None = None) -> tuple[str, str | None]:
    """Return the address of the world that is meant, and the certificate to trust, if it needs to be said."""
    from glance_emulator import state

    below = f"/w/{world}" if world else ""
    if url is not None:
        return url.rstrip("/") + below, os.path.abspath(cacert) if cacert else None
    running = state.running(chosen.state_folder)
    if running is None:
        raise SetupError(
            f"no server runs on {chosen.state_folder}: start one with `glance-emulator serve`, or say --url or --state"
        )
    return running.url + below, running.ca_file


@group.command()
@click.argument("persona", default="consumer", shell_complete=_personas)
@url_option
@cacert_option
@world_option
@settings_options("state", "admin_password")
def env(
    persona: str, url: str | None, cacert: str | None, world: str | None, config: Path | None, **options: object
) -> None:
    """Print what makes a shell PERSONA's: eval "$(glance-emulator env consumer)"."""
    from glance_emulator import personas

    chosen = _read(config, **options)
    access = personas.access(persona, *_where(chosen, url, cacert, world), chosen.admin_password)
    click.echo(personas.environment(access, os.environ))


@group.command()
@click.option("--write", is_flag=True, help="Add them to the clouds.yaml in your configuration folder.")
@url_option
@cacert_option
@world_option
@settings_options("state", "admin_password")
def clouds(
    write: bool, url: str | None, cacert: str | None, world: str | None, config: Path | None, **options: object
) -> None:
    """Print a clouds.yaml with the personas, for OS_CLOUD and --os-cloud."""
    from glance_emulator import clouds, personas
    from glance_emulator.domain.seed import PERSONAS

    chosen = _read(config, **options)
    where = _where(chosen, url, cacert, world)
    everybody = [personas.access(name, *where, chosen.admin_password) for name in PERSONAS]
    if not write:
        click.echo(clouds.document(everybody), nl=False)
        return
    path = clouds.user_file()
    clouds.write(path, everybody)
    click.echo(
        f"{path} has the clouds {', '.join(persona.username for persona in everybody)}: export OS_CLOUD=consumer"
    )


@group.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@url_option
@cacert_option
@world_option
@settings_options("state", "stores", "database")
def reset(
    yes: bool, url: str | None, cacert: str | None, world: str | None, config: Path | None, **options: object
) -> None:
    """Remove all that the state holds; a running emulator's world is then as a new one is."""
    from glance_emulator import contents, state

    chosen = _read(config, **options)
    folder = chosen.state_folder
    if url or world or state.running(folder):
        from glance_emulator.commands import worlds

        return worlds.reset(yes, _where(chosen, url, cacert), world)
    if not (state.exists(folder) or chosen.database):
        return click.echo(f"There is no state in {folder}.")
    state.refuse_if_used(folder)
    if not yes:
        click.confirm(f"Remove all images, users and tokens in {folder}?", abort=True)
    contents.reset(chosen, folder)
    return click.echo(f"The state in {folder} is gone.")


@group.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@settings_options("state", "database")
def status(as_json: bool, config: Path | None, **options: object) -> None:
    """Say whether a server runs on the state, and what that holds."""
    import json

    from glance_emulator import contents, state

    chosen = _read(config, **options)
    folder = chosen.state_folder
    running = state.running(folder)
    found = {
        "running": running is not None,
        "url": running.url if running else None,
        "pid": running.pid if running else None,
        "state": str(folder),
        **contents.count(chosen, folder),
    }
    if as_json:
        click.echo(json.dumps(found))
        return
    found["running"] = "yes" if running else "no"
    for name, value in found.items():
        if value is not None:
            click.echo(f"{name.capitalize():<9}{value}")


@group.command()
@click.option("--cloud", metavar="NAME", help="Cloud in your clouds.yaml, as an admin there.")
@click.option("--url", metavar="URL", help="Glance that trusts identity headers, instead of a cloud.")
@click.option(
    "--against",
    type=click.Choice(["emulator", "suite"]),
    default="emulator",
    help="What it is compared with: an emulator set up likewise, or what the scenarios say.  [default: emulator]",
)
@click.option(
    "--release",
    type=click.Choice(settings.RELEASES),
    default=settings.LATEST,
    metavar="NAME",
    help="Release that the emulator serves: that of the cloud.  [default: latest]",
)
@click.option(
    "--patience",
    type=click.FloatRange(min=0, max=3600),
    default=60.0,
    metavar="SECONDS",
    help="How long the cloud may be silent in between before it is given up.  [default: 60]",
)
@click.option("-k", "selected", metavar="EXPRESSION", help="Scenarios to run, as pytest's -k selects them.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "junit"]),
    default="table",
    help="How the report is written.  [default: table]",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="File for the report.")
def verify(form: str, output: Path | None, **wish: Any) -> int:
    """Run the contract suite against a cloud of yours, and report where it and the emulator differ.

    Exit code 0: nothing differs; 1: something does; 2: it cannot be asked, or not all of it; 3: something that was
    made for the scenarios is left there.
    """
    from glance_emulator.verify import command, report

    if output is not None:
        _ascertain_writable(output)
    found = command.verify(command.Wish(**wish))
    text = report.FORMATS[form](found.report)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text)
    return 3 if found.left else 1 if found.report.differences else 0 if found.report.complete else 2


def _ascertain_writable(file: Path) -> None:
    try:
        with file.open("a"):
            pass
    except OSError as reason:
        raise click.UsageError(f"{file} cannot be written: {reason.strerror}") from None


@group.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what makes SHELL complete this command: eval "$(glance-emulator completion bash)"."""
    from click.shell_completion import get_completion_class

    make = get_completion_class(shell)
    if make:  # which it is for these three
        click.echo(make(group, {}, NAME, COMPLETION).source())
