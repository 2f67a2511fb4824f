"""`glance-emulator exec`: a command with an emulator of its own, of which nothing is left."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.processes import certificate, until

EXEC = (sys.executable, "-m", "glance_emulator", "exec")
SHOW = "import json, os; print(json.dumps(dict(os.environ)))"


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for what is temporary; nothing is to be left in it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    yield folder
    assert list(folder.iterdir()) == []


def run(*command: str, options: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*EXEC, *options, "--", *command], env={**os.environ, **environment}, capture_output=True, text=True, timeout=60
    )


def python(code: str, **options: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-c", code, **options)  # type: ignore[arg-type]


def answers(url: str) -> bool:
    place = urlsplit(url)
    with socket.socket() as client:
        return client.connect_ex((place.hostname, place.port)) == 0


def gone(url: str) -> bool:
    """Wait until nobody listens there any more; say whether it came to that."""
    deadline = time.monotonic() + 20
    while answers(url) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not answers(url)


def test_the_command_finds_the_emulator() -> None:
    other: dict[str, Any] = {
        "OS_CLOUD": "mine",
        "OS_TOKEN": "old",
        "OS_USER_DOMAIN_ID": "x",
        "OS_IMAGE_API_VERSION": "1",
    }
    done = run(sys.executable, "-c", SHOW, **other)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert (found["OS_USERNAME"], found["OS_PROJECT_NAME"], found["OS_AUTH_TYPE"]) == (
        "consumer",
        "consumer",
        "password",
    )
    assert not other.keys() & found.keys()
    assert not answers(found["OS_AUTH_URL"])


def test_clients_log_in_with_what_it_is_told(tmp_path: Path) -> None:
    code = (
        "import openstack; cloud = openstack.connect(); other = openstack.connect(cloud='producer');"
        "print(cloud.current_user_id != other.current_user_id, list(cloud.image.images()))"
    )
    done = python(code, options=("--persona", "reader"))
    assert done.stdout == "True []\n", done.stderr


def test_other_commands_mean_this_emulator() -> None:
    ours = f"{sys.executable} -m glance_emulator"
    done = run("sh", "-c", f'{ours} reset --yes && eval "$({ours} env producer)" && env')
    assert done.returncode == 0, done.stderr
    said, *variables = done.stdout.splitlines()
    found = dict(line.split("=", 1) for line in variables if "=" in line)
    assert said == f"{found['GLANCE_EMULATOR_URL']} is as new."
    assert found["OS_AUTH_URL"] == f"{found['GLANCE_EMULATOR_URL']}/identity/v3"
    assert found["OS_USERNAME"] == "producer"


@pytest.mark.parametrize(
    ("extensions", "host"),
    [
        pytest.param(["subjectAltName=IP:127.0.0.1"], "127.0.0.1", id="an address"),
        pytest.param(["subjectAltName=DNS:localhost"], "localhost", id="a name"),
        pytest.param(["subjectAltName=IP:127.0.0.1", "basicConstraints=critical,CA:FALSE"], "127.0.0.1", id="no CA"),
    ],
)
def test_what_runs_inside_trusts_the_certificate(tmp_path: Path, extensions: list[str], host: str) -> None:
    cert, key = certificate(tmp_path, *extensions)
    ours = f"{sys.executable} -m glance_emulator"
    client = (
        f'{sys.executable} -c "import openstack; print([list(cloud.image.images()) for cloud in '
        "(openstack.connect(), openstack.connect(cloud='producer'))])\""
    )
    typed = f'{client}; {ours} world list; eval "$({ours} env producer)"; {client}; {ours} clouds; {ours} reset --yes'
    done = run("sh", "-ec", typed, options=("--tls-cert", str(cert), "--tls-key", str(key)))
    assert done.returncode == 0, done.stderr
    first, _, world, again, *clouds, new = done.stdout.splitlines()
    assert first == again == "[[], []]"
    assert (urlsplit(world.split()[1]).scheme, urlsplit(world.split()[1]).hostname) == ("https", host)
    assert clouds.count(f'    cacert: "{cert}"') == 5
    assert new.endswith("is as new.")


def test_tests_that_run_inside_trust_the_certificate(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "def test_it(glance_cloud, glance_client):\n"
        "    assert list(glance_cloud().image.images()) == list(glance_client().images.list()) == []\n"
    )
    cert, key = certificate(tmp_path, "subjectAltName=IP:127.0.0.1")
    typed = f"cd {tmp_path}; {sys.executable} -m pytest -q --glance-emulator-url $GLANCE_EMULATOR_URL test_it.py"
    done = run("sh", "-ec", typed, options=("--tls-cert", str(cert), "--tls-key", str(key)))
    assert "1 passed" in done.stdout, done.stdout


def test_a_certificate_for_another_emulator_is_not_passed_on(tmp_path: Path) -> None:
    done = run(sys.executable, "-c", SHOW, GLANCE_EMULATOR_CACERT="other.pem", OS_CACERT="other.pem")
    assert not {"GLANCE_EMULATOR_CACERT", "OS_CACERT"} & json.loads(done.stdout).keys()


def test_the_emulator_has_the_settings_that_are_given() -> None:
    code = "import openstack; print([one.id for one in openstack.connect().image.stores()])"
    assert python(code, options=("--store", "fast", "--store", "cheap")).stdout == "['fast', 'cheap']\n"


def test_variables_are_settings_too() -> None:
    code = "import openstack; print([one.id for one in openstack.connect().image.stores()])"
    done = run(sys.executable, "-c", code, GLANCE_EMULATOR_STORES="fast cheap", GLANCE_EMULATOR_PORT="1")
    assert done.stdout == "['fast', 'cheap']\n"


def test_a_state_that_is_named_is_kept(tmp_path: Path) -> None:
    body = "name='kept', disk_format='raw', container_format='bare'"
    options = ("--state", str(tmp_path / "kept"))
    assert python(f"import openstack; openstack.connect().image.create_image({body})", options=options).returncode == 0
    done = python("import openstack; print(openstack.connect().image.find_image('kept').name)", options=options)
    assert done.stdout == "kept\n"


def test_a_state_of_the_servers_is_left_alone(tmp_path: Path) -> None:
    assert run("true", GLANCE_EMULATOR_STATE=str(tmp_path / "exported")).returncode == 0
    assert not (tmp_path / "exported").exists()


@pytest.mark.parametrize(
    ("code", "expected"),
    [("", 0), ("raise SystemExit(7)", 7), ("import os; os.kill(os.getpid(), 9)", 128 + 9)],
)
def test_the_exit_code_is_the_commands(code: str, expected: int) -> None:
    assert python(code).returncode == expected


def test_a_command_that_is_not_there() -> None:
    done = run("no-such-command")
    assert (done.returncode, done.stderr) == (
        127,
        "glance-emulator: cannot run no-such-command: No such file or directory\n",
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--persona", "nobody"), "there is no persona nobody"),
        (("--store", "x=ftp://example"), "the emulator did not start: "),
        (("--threads", "0"), "setting threads: at least 1 is needed"),
    ],
)
def test_what_cannot_start_says_why_and_runs_nothing(options: tuple[str, ...], said: str) -> None:
    done = python("print('run')", options=options)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr


def test_what_the_server_says_goes_to_a_file(tmp_path: Path) -> None:
    code = "import openstack; list(openstack.connect().image.images())"
    assert python(code, options=("--log", str(tmp_path / "log"))).returncode == 0
    assert "GET /v2/images 200" in (tmp_path / "log").read_text()


def begun(code: str) -> tuple[subprocess.Popen[str], str]:
    """Start a command that says where its emulator is, and goes on; return the process, and that."""
    process = subprocess.Popen(
        [*EXEC, "--", sys.executable, "-c", f"import os; print(os.environ['OS_AUTH_URL'], flush=True); {code}"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    return process, process.stdout.readline().strip()


def test_a_signal_is_for_the_command() -> None:
    listening = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(5)); print(1, flush=True)"
    process, url = begun(f"{listening}; signal.pause()")
    with process:
        assert process.stdout
        process.stdout.readline()
        assert answers(url)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 5
    assert not answers(url)


def test_the_server_ends_with_who_started_it_however_that_ends(temporary: Path) -> None:
    process, url = begun("import time; time.sleep(5)")
    with process:
        assert answers(url)
        process.kill()
        process.wait(10)
        assert gone(url)
    until(lambda: list(temporary.iterdir()) == [])  # the server removes its state, and what `exec` had begun


def test_who_is_ended_early_leaves_nothing(temporary: Path) -> None:
    with subprocess.Popen([*EXEC, "--", sys.executable, "-c", "print('run')"], stdout=subprocess.PIPE) as process:
        until(lambda: list(temporary.iterdir()))
        process.terminate()
        assert process.communicate(timeout=30)[0] == b""
        assert process.returncode == 128 + signal.SIGTERM
