"""The server as a process: how it starts, what keeps it from starting, how it ends."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from tests.processes import PRODUCER, emulator, running, until
from tests.transfers import Download, Upload, content, create, show, upload

TRUSTED = ("serve", "--port", "0", "--auth", "trusted")
SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]


def children(process: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def files(state: Path) -> list[str]:
    """Name the files of image data: kept ones and those that are being received."""
    return sorted(
        str(path.relative_to(state / "stores")) for path in (state / "stores").glob("*/*/**/*") if path.is_file()
    )


def refused(*arguments: str) -> str:
    """Run a command that is to fail; return the one line that it says."""
    with running(*arguments) as process:
        assert process.wait(20) in (1, 2), process.output()
        (line,) = process.output().splitlines()
        return line


def test_the_block_says_where_what_and_who() -> None:
    with running("serve", "--ephemeral", "--port", "0") as process:
        url = process.url()
        block = process.output()
        process.stop()
    assert f"URL      {url}" in block
    assert re.search(r"State    /.*\(removed at the end\)", block)
    assert "tokens of the embedded Identity" in block
    for persona in ("admin", "producer", "consumer", "outsider", "reader"):
        assert re.search(rf"^  {persona} +secret ", block, re.MULTILINE)
    assert re.search(r"^  reader +secret +producer +reader$", block, re.MULTILINE)
    assert f'eval "$(glance-emulator env --url {url} consumer)"' in block
    assert "WARNING" not in block


def test_the_block_names_what_is_not_default(tmp_path: Path) -> None:
    options = ("--state", f"{tmp_path}/a state", "--database", f"sqlite:///{tmp_path}/d", "--public-url", "http://x:1")
    with running(*TRUSTED, *options, "--admin-password", "mine") as process:
        process.url()
        block = process.output()
        process.stop()
    assert "TRUSTED IDENTITY HEADERS" in block
    assert f"env --state '{tmp_path}/a state' consumer" in block
    assert f"Database sqlite:///{tmp_path}/d" in block
    assert "Public   http://x:1" in block
    assert re.search(r"admin +\(yours\)", block)
    assert "mine" not in block


@pytest.mark.parametrize("how", SIGNALS)
def test_an_ephemeral_state_is_gone_at_the_end(how: signal.Signals) -> None:
    with running("serve", "--ephemeral", "--port", "0", "--workers", "2") as process:
        process.url()
        found = re.search(r"State    (\S+)", process.output())
        assert found
        assert Path(found[1]).is_dir()
        process.stop(how)
        assert not Path(found[1]).exists()


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("how", SIGNALS)
def test_running_requests_finish(tmp_path: Path, how: signal.Signals, workers: str) -> None:
    data = content(30_000_000)
    with running(*TRUSTED, "--state", str(tmp_path), "--workers", workers) as process:
        url = process.url()
        full, empty = create(url), create(url)
        upload(url, full, data)
        going_up, going_down = Upload(url, empty), Download(url, full)
        going_up.send(data[:1_000_000])
        going_down.take(1_000_000)
        until(lambda: show(url, empty)["status"] == "saving")
        if workers == "1":
            process.process.send_signal(how)
        else:
            os.killpg(process.pid, how)  # as a terminal does
        time.sleep(0.5)
        assert process.process.poll() is None
        going_up.send(data[1_000_000:])
        assert going_up.finish() == 204
        assert going_down.finish() == hashlib.sha256(data).hexdigest()
        assert process.wait() == 0, process.output()
    with running(*TRUSTED, "--state", str(tmp_path)) as process:
        assert show(process.url(), empty)["os_hash_value"] == hashlib.sha512(data).hexdigest()
        process.stop()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_upload_interrupted_at_the_end_leaves_no_trace(tmp_path: Path, workers: str) -> None:
    with running(*TRUSTED, "--state", str(tmp_path), "--workers", workers) as process:
        url = process.url()
        image_id = create(url)
        going_up = Upload(url, image_id)
        going_up.send(content(1_000_000))
        until(lambda: show(url, image_id)["status"] == "saving")
        process.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        going_up.cut()
        assert process.wait() == 0, process.output()
    assert files(tmp_path) == []
    with running(*TRUSTED, "--state", str(tmp_path)) as process:
        assert show(process.url(), image_id)["status"] == "queued"
        process.stop()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_second_interrupt_does_not_wait(tmp_path: Path, workers: str) -> None:
    with running(*TRUSTED, "--state", str(tmp_path), "--workers", workers) as process:
        url = process.url()
        going_up = Upload(url, create(url))
        going_up.send(b"x")
        process.process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        process.process.send_signal(signal.SIGINT)
        assert process.wait(8) == 0
        going_up.cut()
    assert files(tmp_path) == []


def test_a_signal_before_it_is_ready_ends_it_too() -> None:
    with running("serve", "--ephemeral", "--port", "0") as process:
        until(lambda: b"serve" in Path(f"/proc/{process.pid}/cmdline").read_bytes())
        time.sleep(0.25)
        process.process.send_signal(signal.SIGTERM)
        assert process.wait(5) in (0, -signal.SIGTERM)  # the latter while it imports


def test_it_outlives_the_shell_that_started_it() -> None:
    command = f"{sys.executable} -m glance_emulator serve --ephemeral --port 0 & echo $!; sleep 1"
    shell = subprocess.Popen(["/bin/sh", "-c", command], stdout=subprocess.PIPE, text=True)
    assert shell.stdout
    process = int(shell.stdout.readline())
    try:
        url = next(found[1] for line in shell.stdout if (found := re.search(r"URL +(\S+)", line)))
        shell.wait()
        time.sleep(1.5)  # it looks for its parent once in a second, if it does
        assert requests.get(f"{url}/healthcheck", timeout=5).status_code == 200
    finally:
        os.kill(process, signal.SIGTERM)
        shell.stdout.close()


def test_several_workers_serve_one_state() -> None:
    with running(*TRUSTED, "--ephemeral", "--workers", "2") as process:
        url = process.url()
        until(lambda: len(children(process.pid)) == 2)
        image_id = create(url)
        for _ in range(20):
            assert show(url, image_id)["id"] == image_id
        process.stop()


def test_a_worker_that_dies_is_replaced_and_its_uploads_given_up(tmp_path: Path) -> None:
    with running(*TRUSTED, "--state", str(tmp_path), "--workers", "2") as process:
        url = process.url()
        its, others = create(url), create(url)
        uploads = {its: Upload(url, its)}
        uploads[its].send(content(1_000_000))
        until(lambda: len(files(tmp_path)) == 1)
        victim = int(files(tmp_path)[0].split("/")[-1].split(".")[0])
        while others not in uploads:  # until the other worker has one
            going_up = Upload(url, others)
            going_up.send(content(1_000_000))
            until(lambda: len(files(tmp_path)) == 2)
            if all(f"/{victim}." in f"/{name}" for name in files(tmp_path)):
                going_up.cut()
                until(lambda: len(files(tmp_path)) == 1 and show(url, others)["status"] == "queued")
            else:
                uploads[others] = going_up
        assert victim in children(process.pid)
        os.kill(victim, signal.SIGKILL)
        until(lambda: show(url, its)["status"] == "queued")
        assert len(files(tmp_path)) == 1
        until(lambda: len(children(process.pid)) == 2)
        assert uploads[others].finish() == 204
        upload(url, its, b"again")
        uploads[its].cut()
        process.stop()


def test_a_second_server_on_the_same_state_is_refused(tmp_path: Path) -> None:
    with running(*TRUSTED, "--state", str(tmp_path)) as process:
        url = process.url()
        line = refused(*TRUSTED, "--state", str(tmp_path))
        assert f"the state in {tmp_path} is used by the server at {url} (process {process.pid})" in line
        assert "--state" in line
        process.stop()


def test_a_taken_port_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        line = refused("serve", "--ephemeral", "--port", str(port))
    assert f"port {port} of 127.0.0.1 is taken" in line
    assert "--port" in line


@pytest.mark.parametrize("host", ["203.0.113.7", "no.such.host.invalid"])
def test_an_address_that_is_not_here_is_refused(host: str) -> None:
    assert f"cannot listen on {host}" in refused("serve", "--ephemeral", "--port", "0", "--host", host)


@pytest.mark.parametrize("folder", ["/proc/nowhere", "file/state", "file"])
def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").touch()
    line = refused("serve", "--port", "0", "--state", str(tmp_path / folder))
    assert f"cannot keep the state in {tmp_path / folder}: " in line


def test_a_store_that_is_missing_is_named(tmp_path: Path) -> None:
    with running(*TRUSTED, "--state", str(tmp_path), "--store", "far") as process:
        url = process.url()
        upload(url, create(url), b"bytes")
        process.stop()
    assert "there are images in the store far, which is not given" in refused(*TRUSTED, "--state", str(tmp_path))


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    with running(*TRUSTED, "--state", str(tmp_path)) as process:
        process.url()
        process.stop()
    with sqlite3.connect(tmp_path / "world.sqlite") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    assert "the state has the format 9999" in refused(*TRUSTED, "--state", str(tmp_path))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        pytest.param(
            "sqlite:////proc/nowhere/db", "cannot use the database sqlite:////proc/nowhere/db: unable", id="path"
        ),
        pytest.param("nonsense", "setting database: 'nonsense' is not a URL", id="no URL"),
        pytest.param("oracle://x", "setting database: oracle is neither sqlite nor postgresql", id="not ours"),
    ],
)
def test_a_database_that_cannot_be_used_is_refused(url: str, said: str) -> None:
    assert said in refused("serve", "--ephemeral", "--port", "0", "--database", url)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--port", "many"], "'--port': 'many' is not a valid integer", id="ill-typed"),
        pytest.param(["--auth", "none"], "'--auth': 'none' is not one of 'keystone', 'trusted'", id="choice"),
        pytest.param(["--colour", "red"], "--colour", id="unknown"),
        pytest.param(["--store", "a/b"], "'a/b' cannot be the name of a store", id="store"),
        pytest.param(["--policy-file", "/nowhere"], "setting policy_file: cannot read /nowhere: No such", id="policy"),
        pytest.param(
            ["--property-protections", "/nowhere"],
            "setting property_protections: cannot read /nowhere: No such",
            id="protections",
        ),
        pytest.param(
            ["--store", "a=file:///proc/nowhere"], "cannot keep image data in /proc/nowhere", id="store folder"
        ),
        pytest.param(["--tls-cert", "/c", "--tls-key", "/k"], "cannot use /c with /k: No such file", id="TLS"),
        pytest.param(["--config", "/nowhere"], "cannot read the settings file /nowhere", id="config"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(arguments: list[str], said: str) -> None:
    assert said in refused("serve", "--ephemeral", "--port", "0", *arguments)


def test_variables_and_files_set_what_options_do(tmp_path: Path) -> None:
    config = tmp_path / "settings.toml"
    config.write_text('auth = "trusted"\n')
    with emulator("--config", str(config), env={"GLANCE_EMULATOR_LOG_FORMAT": "json"}) as url:
        assert requests.get(f"{url}/v2/images", headers=PRODUCER, timeout=5).status_code == 200


@pytest.mark.parametrize(
    ("options", "warns"),
    [
        pytest.param(["--host", "0.0.0.0"], "everybody knows these passwords", id="other machines"),
        pytest.param(["--host", "0.0.0.0", "--admin-password", "mine"], None, id="own password"),
        pytest.param(["--host", "127.0.0.2"], None, id="loopback"),
        pytest.param(["--host", "0.0.0.0", "--auth", "trusted"], "who they say they are", id="trusted"),
    ],
)
def test_it_warns_that_the_passwords_are_known_elsewhere(options: list[str], warns: str | None) -> None:
    with running("serve", "--ephemeral", "--port", "0", *options) as process:
        process.url()
        output = process.output()
        process.stop()
    assert ("WARNING" in output) is (warns is not None)
    assert warns is None or warns in output


def test_a_password_that_comes_too_late_is_not_believed_to_be_set(tmp_path: Path) -> None:
    with running("serve", "--port", "0", "--state", str(tmp_path)) as process:
        process.url()
        process.stop()
    options = ("--host", "0.0.0.0", "--admin-password", "mine")
    with running("serve", "--port", "0", "--state", str(tmp_path), *options) as process:
        process.url()
        output = process.output()
        process.stop()
    assert "admin keeps the password that it has" in output
    assert "everybody knows these passwords" in output


def test_it_says_where_it_is_as_long_as_it_runs(tmp_path: Path) -> None:
    with running(*TRUSTED, "--state", str(tmp_path)) as process:
        url = process.url()
        assert json.loads((tmp_path / "server.json").read_text()) == {"url": url, "pid": process.pid, "ca_file": None}
        process.stop()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", "staging", "stores", "world.sqlite"]


def test_two_states_cannot_have_one_store(tmp_path: Path) -> None:
    """Each would take the other's data for its own left-overs."""
    store = ("--store", f"far=file://{tmp_path}/far")

    def serve(state: str) -> tuple[str, ...]:
        return ("serve", "--port", "0", "--state", str(tmp_path / state), *store)

    for _ in range(2):
        with running(*serve("one")) as process:
            process.url()
            process.stop()
    assert "belongs to another state" in refused(*serve("two"))
    with running("reset", "--yes", "--state", str(tmp_path / "one"), *store) as process:
        assert process.wait() == 0
    with running(*serve("two")) as process:
        process.url()
        process.stop()


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"GET /v2/images HTTP/1.1\r\nHost: a\r\nX-A: ", id="half a header"),
        pytest.param(b"POST /v2/images HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n{", id="half a body"),
    ],
)
def test_a_hundred_slow_clients_block_nobody(sent: bytes) -> None:
    with emulator("--auth", "trusted") as url:
        host, port = url.removeprefix("http://").split(":")
        slow = [socket.create_connection((host, int(port))) for _ in range(100)]
        try:
            for connection in slow:
                connection.sendall(sent)
            assert requests.get(f"{url}/v2/images", headers=PRODUCER, timeout=5).status_code == 200
        finally:
            for connection in slow:
                connection.close()
