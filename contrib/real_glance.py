#!/usr/bin/env python3
"""A real OpenStack Glance from PyPI on this machine, to compare the emulator with.

    python contrib/real_glance.py run -- CMD ...                start it on a free port, run CMD, stop it
    python contrib/real_glance.py run --release 2024.1 -- CMD ...
                                                            the same with an older release
    python contrib/real_glance.py start [--port PORT] [--full | --ruled]
                                                            start it in the background, print its URL
    python contrib/real_glance.py stop [--port PORT]
    python contrib/real_glance.py routes                        print the routes that it has, as METHOD /path

`run` puts the URL into CMD's environment as REAL_GLANCE_URL and in the place of `{url}` in its words, and ends with
CMD's exit status.  Every start begins empty: SQLite, file stores `reliable` (default) and `cheap`, and callers who
identify themselves by X-Identity-Status: Confirmed, X-User-Id, X-Project-Id and X-Roles.

A full one has what a plain one lacks: the image cache, glance-download, locations by PATCH.  A ruled one has the policy
and the property protections of tests/contract/policy, and lets pages of other origins call.  If CMD has `{full}` or
`{ruled}` among its words, `run` starts one of these too, and puts its URL there.

The first use installs Glance (about a minute) into the user's cache folder; REAL_GLANCE_HOME names another one.
Needs nothing but Python's standard library, 3.11 to 3.13.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for who runs this file by itself
from contrib.old_glance import INSTALLATIONS, LATEST, Installation, find_python

NEWEST = INSTALLATIONS[LATEST]
RELEASE = NEWEST.version
DEFAULT_PORT = 9393
STARTS_WITHIN = 120.0  # seconds: a loaded CI machine is slow to import it
STOPS_WITHIN = 15.0  # seconds
APPLICATIONS = ("glance.wsgi.api:application", "glance.common.wsgi_app:init_app")

GLANCE_API_CONF = """\
[DEFAULT]
log_file = {state}/api.log
enabled_backends = reliable:file, cheap:file
enabled_import_methods = [{methods}]
{more}
[database]
connection = sqlite:///{state}/glance.db
[paste_deploy]
flavor = trusted
config_file = {state}/glance-api-paste.ini
[glance_store]
default_backend = reliable
[reliable]
filesystem_store_datadir = {state}/reliable
[cheap]
filesystem_store_datadir = {state}/cheap
[os_glance_staging_store]
filesystem_store_datadir = {state}/staging
[os_glance_tasks_store]
filesystem_store_datadir = {state}/tasks
[import_filtering_opts]
allowed_ports = []
{sections}
"""

# The `context` filter alone, without keystonemiddleware before it: it then believes the identity headers it is sent.
GLANCE_API_PASTE = """\
[composite:glance-api-trusted]
paste.composite_factory = glance.api:root_app_factory
/: api
/healthcheck: healthcheck
[composite:api]
paste.composite_factory = glance.api:pipeline_factory
trusted = {first} versionnegotiation context {filters} rootapp
[composite:rootapp]
paste.composite_factory = glance.api:root_app_factory
/: versions
/v2: v2
[app:versions]
paste.app_factory = glance.api.versions:create_resource
[app:v2]
paste.app_factory = glance.api.v2.router:API.factory
[app:healthcheck]
paste.app_factory = oslo_middleware:Healthcheck.app_factory
[filter:cors]
paste.filter_factory = oslo_middleware.cors:filter_factory
oslo_config_project = glance
oslo_config_file = {state}/glance-api.conf
[filter:versionnegotiation]
paste.filter_factory = glance.api.middleware.version_negotiation:VersionNegotiationFilter.factory
[filter:context]
paste.filter_factory = glance.api.middleware.context:ContextMiddleware.factory
[filter:cache]
paste.filter_factory = glance.api.middleware.cache:CacheFilter.factory
[filter:cachemanage]
paste.filter_factory = glance.api.middleware.cache_manage:CacheManageFilter.factory
"""

METHODS = "glance-direct,web-download,copy-image"
RULES = Path(__file__).resolve().parents[1] / "tests" / "contract" / "policy"
PLAIN = {"methods": METHODS, "more": "", "first": "", "filters": "", "sections": ""}
FULL = {
    **PLAIN,
    "methods": f"{METHODS},glance-download",
    "more": """\
image_cache_dir = {state}/cache
show_multiple_locations = true
worker_self_reference_url = http://127.0.0.1:{port}
""",
    "filters": "cache cachemanage",
}
RULED = {
    **PLAIN,
    "more": f"""\
property_protection_file = {RULES}/protections.ini
property_protection_rule_format = roles
""",
    "first": "cors",
    "sections": f"""\
[oslo_policy]
policy_file = {RULES}/policy.yaml
[cors]
allowed_origin = http://web.example,https://other.example:8443
""",
}
Profile = dict[str, str]
FURTHER = {"{full}": FULL, "{ruled}": RULED}

ROUTES = """\
import sys
from glance.common import config
from glance.api.v2 import router
import routes

config.parse_args(args=["--config-file", sys.argv[1]])
table = routes.Mapper()
router.API(table)
for route in table.matchlist:
    if route.defaults.get("action") != "reject" and route.routepath.startswith("/"):
        for method in (route.conditions or {}).get("method", ()):
            print(method, "/v2" + route.routepath)
"""
"""What prints the routes, run by the installation's own Python; the router's own way to refuse a method left out."""


class Failure(Exception):
    """What went wrong, in a line for the person at the terminal."""


def home() -> Path:
    """Return the folder that holds the installation and the state of background servers."""
    if chosen := os.environ.get("REAL_GLANCE_HOME"):
        return Path(chosen).expanduser().absolute()
    if sys.platform == "darwin":
        caches = Path.home() / "Library" / "Caches"
    else:
        caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return caches / "glance-emulator" / "real-glance"


def say(message: str, end: str = "\n") -> None:
    """Report progress on standard error; standard output belongs to the answer."""
    print(message, end=end, file=sys.stderr, flush=True)


# Installation


def install(wanted: Installation = NEWEST) -> Path:
    """Install Glance unless it is there already; return the folder of its commands."""
    venv = home() / f"venv-{wanted.version}"
    complete = venv / "complete"
    home().mkdir(parents=True, exist_ok=True)
    with (home() / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test runs at once must not install into the same folder
        if not complete.exists():
            say(f"Installing Glance {wanted.version} into {venv}: once, about a minute")
            began = time.monotonic()
            shutil.rmtree(venv, ignore_errors=True)
            subprocess.run([suitable_python(wanted), "-m", "venv", str(venv)], check=True)
            if wanted.python:  # its pip is as old, and would take what is too new for it
                pip_install(venv, "--upgrade", "pip", "setuptools<60", "wheel")
            pip_install(venv, f"glance=={wanted.version}", "gunicorn", *wanted.bounds)
            complete.touch()
            say(f"Installed in {time.monotonic() - began:.0f} s")
    return venv / "bin"


def suitable_python(wanted: Installation) -> str:
    """Return an interpreter that this release of Glance runs on."""
    if wanted.python:
        if found := find_python(wanted.python):
            return found
        raise Failure(f"Glance {wanted.version} needs Python {wanted.python}; install it and try again")
    if sys.version_info < (3, 14):
        return sys.executable
    for name in ("python3.13", "python3.12", "python3.11"):
        if found := shutil.which(name):
            return found
    raise Failure(f"Glance {wanted.version} needs Python 3.11, 3.12 or 3.13; install one and try again")


def pip_install(venv: Path, *requirements: str) -> None:
    """Run pip, showing the package it is at; raise Failure with its last lines."""
    command = [str(venv / "bin" / "pip"), "install", "--no-input", "--disable-pip-version-check", *requirements]
    lines: list[str] = []
    collected = 0
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            lines.append(line)
            if line.startswith("Collecting "):
                collected += 1
                show_progress(collected, line.split()[1])
            elif line.startswith("Installing collected"):
                say(
                    f"\n  unpacking {collected} packages"
                    if sys.stderr.isatty()
                    else f"  unpacking {collected} packages"
                )
    if pip.returncode:
        raise Failure("pip could not install Glance:\n" + "".join(lines[-8:]))


def show_progress(collected: int, package: str) -> None:
    """Rewrite one line on a terminal; elsewhere print every twentieth."""
    if sys.stderr.isatty():
        say(f"\r\033[K  {collected:3} {package}", end="")
    elif collected % 20 == 0:
        say(f"  {collected} packages so far: {package}")


# The server


def configure(state: Path, port: int, profile: Profile, wanted: Installation = NEWEST) -> Path:
    """Write the configuration into the folder `state`; return its file."""
    for folder in ("reliable", "cheap", "staging", "tasks", "cache"):
        (state / folder).mkdir(parents=True)
    conf = state / "glance-api.conf"
    more = profile["more"].format(state=state, port=port)
    conf.write_text(GLANCE_API_CONF.format(state=state, **{**profile, "more": more}))
    (state / "glance-api-paste.ini").write_text(wanted.paste(GLANCE_API_PASTE).format(state=state, **profile))
    return conf


def prepare(state: Path, port: int, profile: Profile, wanted: Installation = NEWEST) -> None:
    """Write the configuration and an empty database into the folder `state`."""
    commands = install(wanted)
    conf = configure(state, port, profile, wanted)
    migration = subprocess.run(
        [commands / "glance-manage", "--config-file", conf, "db_sync"], capture_output=True, text=True, check=False
    )
    if migration.returncode:
        raise Failure(f"glance-manage db_sync failed:\n{migration.stderr[-2000:]}")


def launch(state: Path, port: int, wanted: Installation = NEWEST) -> subprocess.Popen[bytes]:
    """Start the server of a prepared folder and return at once; it logs into gunicorn.log there."""
    command = [
        str(install(wanted) / "gunicorn"),
        *("--worker-class", "gthread", "--workers", "1", "--threads", "8"),
        *("--bind", f"127.0.0.1:{port}", "--pid", str(state / "pid"), wanted.application),
    ]
    environment = {**os.environ, "OS_GLANCE_CONFIG_DIR": str(state), "OS_GLANCE_CONFIG_FILES": "glance-api.conf"}
    with (state / "gunicorn.log").open("wb") as log:
        # A session of its own: Ctrl-C in the terminal reaches the caller, who then stops the server.
        return subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def wait_until_ready(server: subprocess.Popen[bytes], state: Path, url: str) -> None:
    """Return when /healthcheck answers; raise Failure if the server ends or takes too long."""
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{url}/healthcheck", timeout=10).close()
        except (OSError, urllib.error.URLError):
            time.sleep(0.05)
        else:
            return
    log = (state / "gunicorn.log").read_text(errors="replace")
    raise Failure(f"the real Glance did not start at {url}:\n{log[-2000:]}")


def terminate(server: subprocess.Popen[bytes]) -> None:
    """End a server that this process started."""
    server.terminate()
    try:
        server.wait(STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def free_port() -> int:
    """Return a port that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(profile: Profile, wanted: Installation = NEWEST) -> Iterator[str]:
    """Run a fresh server on a free port for the time of the block; yield its URL."""
    install(wanted)
    with tempfile.TemporaryDirectory(prefix="real-glance-") as folder:
        state = Path(folder)
        port = free_port()
        prepare(state, port, profile, wanted)
        server = launch(state, port, wanted)
        try:
            wait_until_ready(server, state, f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            terminate(server)


# Commands


def run(command: list[str], release: str = LATEST) -> int:
    """Run the command beside a real Glance; return its exit status."""
    with contextlib.ExitStack() as servers:
        wanted = INSTALLATIONS[release]
        old = {"methods": wanted.methods, "more": wanted.more, "sections": wanted.sections(install(wanted).parent)}
        url = servers.enter_context(running({**PLAIN, **old}, wanted))
        words = [word.replace("{url}", url) for word in command]
        for name, profile in FURTHER.items():
            if any(name in word for word in words):
                another = servers.enter_context(running(profile))
                words = [word.replace(name, another) for word in words]
        try:
            return subprocess.run(words, env={**os.environ, "REAL_GLANCE_URL": url}, check=False).returncode
        except OSError as error:
            raise Failure(f"cannot run {words[0]}: {error.strerror}") from error


def print_routes() -> int:
    """Print the routes, which every configuration has, without starting a server; return the exit status."""
    with tempfile.TemporaryDirectory(prefix="real-glance-") as folder:
        python = install() / "python"
        command: list[str | Path] = [python, "-W", "ignore", "-c", ROUTES, configure(Path(folder), DEFAULT_PORT, PLAIN)]
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
    if asked.returncode:
        raise Failure(f"the routes cannot be read:\n{asked.stderr[-2000:]}")
    print(asked.stdout, end="")
    return 0


def start(port: int, profile: Profile) -> int:
    """Leave a fresh server running in the background and print its URL."""
    stop(port)
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        raise Failure(f"port {port} is taken; choose another with --port")
    state = state_of(port)
    prepare(state, port, profile)
    server = launch(state, port)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(server, state, url)
    except BaseException:
        terminate(server)
        raise
    print(url)
    return 0


def stop(port: int) -> int:
    """End the background server of a port, if there is one, and remove its state."""
    state = state_of(port)
    with contextlib.suppress(FileNotFoundError, ValueError):
        pid = int((state / "pid").read_text())
        deadline = time.monotonic() + STOPS_WITHIN
        asked = False
        while is_ours(pid):
            overdue = time.monotonic() > deadline
            if overdue or not asked:
                os.killpg(pid, signal.SIGKILL if overdue else signal.SIGTERM)
                asked = True
            time.sleep(0.1)
    shutil.rmtree(state, ignore_errors=True)
    return 0


def state_of(port: int) -> Path:
    """Return the folder of the background server of a port."""
    return home() / f"state-{port}"


def is_ours(pid: int) -> bool:
    """Tell whether the process still is a Glance: after a reboot its number may be anyone's."""
    shown = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return any(application in shown.stdout for application in APPLICATIONS)


def main(arguments: list[str]) -> int:
    """Read the command line and do what it says; return the exit status."""
    description, _, details = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(
        description=description, epilog=details, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="action", required=True)
    commands.add_parser("run", help="run a command beside it").add_argument("command", nargs="+", metavar="CMD")
    commands.choices["run"].add_argument("--release", choices=INSTALLATIONS, default=LATEST)
    commands.add_parser("routes", help="print the routes that it has")
    for name in ("start", "stop"):
        commands.add_parser(name).add_argument("--port", type=int, default=DEFAULT_PORT)
    commands.choices["start"].add_argument("--full", action="store_true", help="with the cache and all import methods")
    commands.choices["start"].add_argument("--ruled", action="store_true", help="with rules of an operator's, and CORS")
    chosen = parser.parse_args(arguments)
    # A polite end from outside must take the server along.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        if chosen.action == "run":
            return run(chosen.command, chosen.release)
        if chosen.action == "routes":
            return print_routes()
        if chosen.action == "stop":
            return stop(chosen.port)
        return start(chosen.port, FULL if chosen.full else RULED if chosen.ruled else PLAIN)
    except Failure as failure:
        say(f"real_glance: {failure}")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
