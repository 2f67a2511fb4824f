#!/usr/bin/env python3
"""OpenStack's integration suite, Tempest, on the Images API of a cloud.

    python contrib/tempest.py AUTH_URL [--credentials dynamic|preprovisioned] [--passing FILE] [--output DIR]

AUTH_URL is that of Identity's version 3; the emulator's is http://127.0.0.1:9292/identity/v3. Ends with 1 if a test
fails, or one that FILE names does not pass: contrib/tempest-passing.txt has those that pass on a real Keystone 30 with
a real Glance 33. Preprovisioned accounts are made first; with dynamic credentials Tempest makes them itself.

The first use installs Tempest (half a minute) into the user's cache folder; TEMPEST_HOME names another one. Needs only
Python's standard library. The cloud must reach this machine's loopback, where the images to import are served.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import http.server
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RELEASE = "47.0.0"
SUITE = r"^tempest\.api\.image\."
# It listens on an address of this machine that is not loopback.
LEFT_OUT = "test_hash_calculation_cancelled"
PASSWORD = "secret"
PASSING = Path(__file__).with_name("tempest-passing.txt")

CONF = """\
[DEFAULT]
log_file = {folder}/tempest.log
[oslo_concurrency]
lock_path = {folder}/lock
[auth]
use_dynamic_credentials = {dynamic}
test_accounts_file = {folder}/accounts.yaml
admin_username = admin
admin_password = {password}
admin_project_name = admin
admin_domain_name = Default
default_credentials_domain_name = Default
[identity]
uri_v3 = {auth_url}
auth_version = v3
region = RegionOne
v3_endpoint_type = public
default_domain_id = default
[identity-feature-enabled]
api_v3 = true
[service_available]
glance = true
nova = false
neutron = false
cinder = false
swift = false
horizon = false
[image]
region = RegionOne
http_image = {images}/image.raw
http_qcow2_image = {images}/image.qcow2
build_timeout = 60
disk_formats = raw,qcow2,ami,ari,aki,vhd,vmdk,vdi,iso,vhdx
[image-feature-enabled]
import_image = true
do_secure_hash = true
image_format_enforcement = true
image_conversion = false
[enforce_scope]
glance = true
keystone = true
"""

# Those without a role come first: the alternative account is the first free one of any role.
ACCOUNTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    *((f"tempest-alt-{n}", f"tempest-alt-{n}", ()) for n in range(1, 4)),
    *((f"tempest-{n}-{role}", f"tempest-{n}", (role,)) for n in range(1, 5) for role in ("member", "reader")),
    *((f"tempest-admin-{n}", f"tempest-admin-{n}", ("admin",)) for n in range(1, 3)),
)
"""Users with a project and the roles by which Tempest chooses them; who is without has the role member all the same."""

CLUSTER = 65536


class Failure(Exception):
    """What went wrong, in a line for the person at the terminal."""


def home() -> Path:
    """Return the folder that holds the installation."""
    if chosen := os.environ.get("TEMPEST_HOME"):
        return Path(chosen).expanduser().absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "glance-emulator" / "tempest"


def install() -> Path:
    """Install Tempest unless it is there already; return the folder of its commands."""
    venv = home() / f"venv-{RELEASE}"
    if not (venv / "complete").exists():
        print(f"Installing Tempest {RELEASE} into {venv}: once, about half a minute", file=sys.stderr)
        shutil.rmtree(venv, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        pip = [str(venv / "bin" / "pip"), "install", "-q", "--no-input", "--disable-pip-version-check"]
        installed = subprocess.run([*pip, f"tempest=={RELEASE}", "stestr"], capture_output=True, text=True, check=False)
        if installed.returncode:
            raise Failure(f"pip could not install Tempest:\n{installed.stderr[-2000:]}")
        (venv / "complete").touch()
    return venv / "bin"


# Images to import


def qcow2(virtual_size: int = 1 << 20) -> bytes:
    """Return an empty disk: a header, a table of references, their counts, an empty first table; a cluster each."""
    disk = bytearray(4 * CLUSTER)
    fields = (b"QFI\xfb", 3, 0, 0, 16, virtual_size, 0, 1, 3 * CLUSTER, CLUSTER, 1, 0, 0, 0, 0, 0, 4, 104)
    struct.pack_into(">4sIQIIQIIQQIIQQQQII", disk, 0, *fields)
    struct.pack_into(">Q", disk, CLUSTER, 2 * CLUSTER)
    struct.pack_into(">4H", disk, 2 * CLUSTER, 1, 1, 1, 1)
    return bytes(disk)


FILES = {
    "/image.raw": b"".join(hashlib.sha256(b"image %d" % number).digest() for number in range(2048)),
    "/image.qcow2": qcow2(),
}


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Send a file."""
        body = FILES.get(self.path, b"")
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def images() -> Iterator[str]:
    """Serve the images on loopback for the time of the block; yield the address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


# Accounts


class Identity:
    """The admin of a cloud, who makes the accounts."""

    def __init__(self, auth_url: str) -> None:
        """Log in; raise Failure if that is refused."""
        self._url = auth_url
        self._token = ""
        user = {"name": "admin", "password": PASSWORD, "domain": {"id": "default"}}
        scope = {"project": {"name": "admin", "domain": {"id": "default"}}}
        identity = {"methods": ["password"], "password": {"user": user}}
        headers, _ = self._call("POST", "/auth/tokens", {"auth": {"identity": identity, "scope": scope}})
        self._token = headers["X-Subject-Token"]

    def _call(self, method: str, path: str, body: object = None) -> tuple[Any, Any]:
        request = urllib.request.Request(self._url + path, method=method)
        request.add_header("X-Auth-Token", self._token)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.headers, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refusal:
            raise Failure(f"{method} {path}: {refusal.code} {refusal.read().decode(errors='replace')}") from None

    def ensure(self, kind: str, name: str, **attributes: object) -> str:
        """Return the id of the project, user or role of that name, made if it is not there."""
        found = self._call("GET", f"/{kind}s?name={name}")[1][f"{kind}s"]
        if not found:
            found = [self._call("POST", f"/{kind}s", {kind: {"name": name, **attributes}})[1][kind]]
        return str(found[0]["id"])

    def ensure_account(self, user: str, project: str, roles: tuple[str, ...]) -> None:
        """Make a user with these roles in the project."""
        project_id = self.ensure("project", project, domain_id="default")
        user_id = self.ensure("user", user, domain_id="default", password=PASSWORD)
        for role in roles:
            self._call("PUT", f"/projects/{project_id}/users/{user_id}/roles/{self.ensure('role', role)}")


def prepare_accounts(auth_url: str, folder: Path) -> None:
    """Make the accounts in the cloud, and the file that tells Tempest of them."""
    identity = Identity(auth_url)
    for user, project, roles in ACCOUNTS:
        identity.ensure_account(user, project, ("member", *roles) if roles in ((), ("admin",)) else roles)
    domains = {"user_domain_name": "Default", "project_domain_name": "Default"}
    listed: list[dict[str, Any]] = []
    for user, project, roles in ACCOUNTS:
        account = {"username": user, "password": PASSWORD, "project_name": project, **domains}
        listed.append({**account, "roles": list(roles)} if roles else account)
    listed.append({"username": "admin", "password": PASSWORD, "project_name": "admin", "roles": ["admin"], **domains})
    (folder / "accounts.yaml").write_text(json.dumps(listed))  # JSON is YAML


# The run


def run(auth_url: str, credentials: str, folder: Path) -> dict[str, str]:
    """Run the suite; return what became of each test: ok, FAILED or SKIPPED, by its name."""
    commands = install()
    (folder / "lock").mkdir(parents=True, exist_ok=True)
    dynamic = credentials == "dynamic"
    if not dynamic:
        prepare_accounts(auth_url, folder)
    where = subprocess.run(
        [commands / "python", "-W", "ignore", "-c", "import tempest; print(tempest.__path__[0])"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    top = Path(where)
    (folder / ".stestr.conf").write_text(f"[DEFAULT]\ntest_path={top}/test_discover\ntop_dir={top.parent}\n")
    environment = {
        **os.environ,
        "TEMPEST_CONFIG": str(folder / "tempest.conf"),
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "PYTHONWARNINGS": "ignore",
    }
    with images() as url:
        conf = CONF.format(folder=folder, dynamic=dynamic, password=PASSWORD, auth_url=auth_url, images=url)
        (folder / "tempest.conf").write_text(conf)
        command = [commands / "stestr", "run", "--concurrency", "2", "--exclude-regex", LEFT_OUT, SUITE]
        with (folder / "stestr.log").open("w") as log:
            subprocess.run(command, cwd=folder, env=environment, stdout=log, stderr=log, check=False)
    return outcomes((folder / "stestr.log").read_text())


_OUTCOME = re.compile(r"^\{\d+\} (\S+)(?: \[[^\]]*\])? (?:\[[\d.]+s\] )?\.\.\. (ok|FAILED|SKIPPED)", re.MULTILINE)


def outcomes(log: str) -> dict[str, str]:
    """Read what stestr printed."""
    return {found[1].partition("[")[0]: found[2] for found in _OUTCOME.finditer(log)}


def judge(found: dict[str, str], passing: Path) -> int:
    """Say how many tests passed, and which did not although they should; return the exit status."""
    for outcome in ("ok", "FAILED", "SKIPPED"):
        print(f"{outcome}: {sum(one == outcome for one in found.values())}")
    wanted = [line for line in passing.read_text().splitlines() if line and not line.startswith("#")]
    missed = [name for name in wanted if found.get(name) != "ok"]
    failed = [name for name, outcome in found.items() if outcome == "FAILED" and name not in missed]
    for name in missed:
        print(f"passes on a real cloud, but here: {found.get(name, 'was not run')}: {name}")
    for name in failed:
        print(f"fails: {name}")
    return bool(missed or failed)


def main(arguments: list[str]) -> int:
    """Do what the command line says; return the exit status."""
    description, _, details = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(
        description=description, epilog=details, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("auth_url", metavar="AUTH_URL")
    parser.add_argument("--credentials", choices=("dynamic", "preprovisioned"), default="dynamic")
    parser.add_argument("--passing", type=Path, default=PASSING, metavar="FILE")
    parser.add_argument("--output", type=Path, metavar="DIR", help="keep configuration, logs and results there")
    chosen = parser.parse_args(arguments)
    try:
        with contextlib.ExitStack() as ending:
            folder = chosen.output or Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="tempest-")))
            found = run(chosen.auth_url.rstrip("/"), chosen.credentials, folder.absolute())
            if not found:
                raise Failure((folder / "stestr.log").read_text()[-2000:])
            return judge(found, chosen.passing)
    except (Failure, OSError) as failure:
        print(f"tempest: {failure}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
