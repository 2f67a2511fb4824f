"""The commands around the server."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from glance_emulator import __version__, cli, clouds, personas, settings
from glance_emulator.domain.seed import PERSONAS
from glance_emulator.errors import SetupError
from tests.processes import running
from tests.transfers import create, upload

Run = Callable[..., tuple[object, str, str]]
URL = "http://127.0.0.1:1"
EVERYBODY = [personas.access(name, URL) for name in PERSONAS]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in settings.FIELDS:
        monkeypatch.delenv(settings.PREFIX + name.upper(), raising=False)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command here; returns exit code, stdout and stderr."""

    def command(*arguments: str) -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", ["glance-emulator", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
        return end.value.code, *capsys.readouterr()

    return command


def test_version(run: Run) -> None:
    assert run("--version") == (0, f"glance-emulator {__version__}\n", "")


def test_help_names_every_setting(run: Run) -> None:
    code, text, _ = run("serve", "--help")
    assert code == 0
    for name in settings.FIELDS:
        assert settings.option(name) in text
    for default in ("[default: 127.0.0.1]", "[default: 9292]", "[default: local]", "[keystone|trusted]"):
        assert default in " ".join(text.split())


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param(["nonsense"], 2, "No such command 'nonsense'", id="command"),
        pytest.param(
            ["env", "nobody", "--url", URL], 1, "there is no persona nobody; there are: admin, ", id="persona"
        ),
        pytest.param(["env"], 1, "no server runs on ", id="env without a server"),
        pytest.param(["clouds"], 1, "start one with `glance-emulator serve`", id="clouds without a server"),
        pytest.param(["status", "--state", "/x", "--colour"], 2, "No such option", id="option"),
        pytest.param(["completion", "csh"], 2, "'csh' is not one of 'bash', 'zsh', 'fish'", id="shell"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(run: Run, arguments: list[str], code: int, said: str) -> None:
    found, out, err = run(*arguments)
    assert (found, out, err.count("\n")) == (code, "", 1)
    assert said in err


def test_env_makes_a_shell_the_personas(run: Run) -> None:
    _, script, _ = run("env", "reader", "--url", URL + "/")
    shell = subprocess.run(
        ["/bin/sh", "-c", f"{script}\nenv"], env={"OS_CLOUD": "mine"}, capture_output=True, check=True
    )
    found = dict(line.split("=", 1) for line in shell.stdout.decode().splitlines() if line.startswith("OS_"))
    assert found == {
        "OS_AUTH_TYPE": "password",
        "OS_AUTH_URL": f"{URL}/identity/v3",
        "OS_USERNAME": "reader",
        "OS_PASSWORD": "secret",
        "OS_PROJECT_NAME": "producer",
        "OS_USER_DOMAIN_NAME": "Default",
        "OS_PROJECT_DOMAIN_NAME": "Default",
        "OS_REGION_NAME": "RegionOne",
        "OS_IDENTITY_API_VERSION": "3",
    }


def test_env_knows_the_password_that_it_is_told_for_admin_only(run: Run) -> None:
    options = ("--url", URL, "--admin-password", "it's mine")
    assert "export OS_PASSWORD='it'\"'\"'s mine'" in run("env", "admin", *options)[1]
    assert "export OS_PASSWORD=secret" in run("env", "consumer", *options)[1]


def test_commands_find_the_server_of_the_state(run: Run, tmp_path: Path) -> None:
    state = tmp_path / "state" / "glance-emulator"
    assert json.loads(run("status", "--json")[1]) == {
        "running": False, "url": None, "pid": None, "state": str(state),
        "images": 0, "members": 0, "users": 0, "bytes": 0,
    }  # fmt: skip
    with running("serve", "--port", "0", "--auth", "trusted") as process:
        url = process.url()
        upload(url, create(url), b"12345")
        assert f"OS_AUTH_URL={url}/identity/v3" in run("env")[1]
        assert json.loads(run("status", "--json")[1]) == {
            "running": True, "url": url, "pid": process.pid, "state": str(state),
            "images": 1, "members": 0, "users": 5, "bytes": 5,
        }  # fmt: skip
        assert run("reset", "--yes") == (0, f"{url} is as new.\n", "")
        process.stop()
    text = run("status")[1]
    assert "Running  no" in text
    assert "Images   0" in text


def test_reset_removes_images_and_their_bytes(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = tmp_path / "state" / "glance-emulator"
    assert run("reset") == (0, f"There is no state in {state}.\n", "")
    with running("serve", "--port", "0", "--auth", "trusted") as process:
        url = process.url()
        upload(url, create(url), b"12345")
        process.stop()
    monkeypatch.setattr("click.confirm", lambda *_, **__: sys.exit(130))
    assert run("reset")[0] == 130
    assert json.loads(run("status", "--json")[1])["images"] == 1
    assert run("reset", "--yes") == (0, f"The state in {state} is gone.\n", "")
    assert [path for path in state.rglob("*") if path.is_file() and path.name != "lock"] == []
    assert json.loads(run("status", "--json")[1])["images"] == 0


def test_reset_empties_a_database_elsewhere(run: Run, tmp_path: Path) -> None:
    elsewhere = ("--database", f"sqlite:///{tmp_path}/elsewhere")
    for _ in range(2):
        with running("serve", "--port", "0", "--auth", "trusted", *elsewhere) as process:
            create(process.url())
            process.stop()
        assert json.loads(run("status", "--json", *elsewhere)[1])["images"] == 1
        assert run("reset", "--yes", *elsewhere)[0] == 0


def test_reset_that_is_not_confirmed_does_nothing(run: Run, tmp_path: Path) -> None:
    with running("serve", "--port", "0") as process:
        process.url()
        process.stop()
    with running("reset") as command:  # nothing comes from its stdin
        assert command.wait() == 130
    assert json.loads(run("status", "--json")[1])["users"] == 5


def test_clouds_prints_what_clients_read(run: Run) -> None:
    found = yaml.safe_load(run("clouds", "--url", URL)[1])
    assert list(found["clouds"]) == ["admin", "producer", "consumer", "outsider", "reader"]
    assert found["clouds"]["reader"] == {
        "auth_type": "password",
        "auth": {
            "auth_url": f"{URL}/identity/v3",
            "username": "reader",
            "password": "secret",
            "project_name": "producer",
            "user_domain_name": "Default",
            "project_domain_name": "Default",
        },
        "region_name": "RegionOne",
        "identity_api_version": "3",
    }


def test_clouds_are_written_where_clients_look(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "config" / "openstack" / "clouds.yaml"
    _, out, _ = run("clouds", "--write", "--url", URL)
    assert str(path) in out
    assert "consumer" in yaml.safe_load(path.read_text())["clouds"]
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("", id="empty"),
        pytest.param("# nothing yet\n", id="only a comment"),
        pytest.param("clouds:\n", id="no clouds"),
        pytest.param("clouds:\n  mine:\n    auth: {}  # keep\n", id="a cloud"),
        pytest.param(
            "---\nclouds:  # all\n\n    # first\n    mine: {a: 1}\n\ncache:\n    auth: true\n", id="deep, more after"
        ),
        pytest.param("cache:\n  auth: true", id="other things, no end of line"),
        pytest.param('cache: {}\nclouds:\n "mine": {b: 2}\n', id="clouds last, shallow"),
    ],
)
def test_clouds_leave_what_is_there(tmp_path: Path, before: str) -> None:
    path = tmp_path / "clouds.yaml"
    path.write_text(before)
    path.chmod(0o640)
    clouds.write(path, EVERYBODY)
    once = path.read_text()
    clouds.write(path, [personas.access(name, "http://127.0.0.1:2") for name in PERSONAS])
    twice = path.read_text()
    assert twice == once.replace(URL, "http://127.0.0.1:2")
    said, theirs = yaml.safe_load(twice), yaml.safe_load(before) or {}
    assert said == {**theirs, "clouds": {**(theirs.get("clouds") or {}), **said["clouds"]}}
    assert PERSONAS.keys() <= said["clouds"].keys()
    assert [line for line in before.splitlines() if line not in twice.splitlines()] == []
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("before", "said"),
    [
        pytest.param("clouds:\n  admin: {}\n", "has clouds named admin that are not the emulator's", id="same name"),
        pytest.param("clouds: {mine: {}}\n", "cannot be added to", id="flow style"),
        pytest.param("clouds: [\n", "is not YAML", id="syntax"),
        pytest.param("- a\n", "is not a clouds.yaml", id="a list"),
        pytest.param("clouds: text\n", "is not a clouds.yaml", id="a text"),
    ],
)
def test_clouds_refuse_what_they_might_destroy(tmp_path: Path, before: str, said: str) -> None:
    path = tmp_path / "clouds.yaml"
    path.write_text(before)
    with pytest.raises(SetupError, match=said):
        clouds.write(path, EVERYBODY)
    assert path.read_text() == before
    assert list(tmp_path.iterdir()) == [path]


def test_clouds_follow_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "dotfiles")
    (tmp_path / "dotfiles").write_text("clouds:\n  mine: {}\n")
    clouds.write(tmp_path / "link", EVERYBODY)
    assert (tmp_path / "link").is_symlink()
    assert "mine" in yaml.safe_load((tmp_path / "dotfiles").read_text())["clouds"]


def test_clouds_that_cannot_be_written_are_an_error() -> None:
    with pytest.raises(SetupError, match=r"cannot write /proc/nowhere/clouds.yaml: "):
        clouds.write(Path("/proc/nowhere/clouds.yaml"), EVERYBODY)


def test_clouds_say_what_to_do_without_a_yaml_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "clouds.yaml"
    monkeypatch.setitem(sys.modules, "yaml", None)
    for _ in range(2):
        clouds.write(path, EVERYBODY)  # a file with nothing else needs none
    path.write_text("clouds:\n  mine: {}\n")
    with pytest.raises(SetupError, match="needs PyYAML"):
        clouds.write(path, EVERYBODY)


@pytest.mark.parametrize(("name", "found"), [("clouds.yml", "clouds.yml"), ("clouds.txt", "clouds.yaml")])
def test_the_file_that_clients_read_is_the_one(tmp_path: Path, name: str, found: str) -> None:
    folder = tmp_path / "config" / "openstack"
    folder.mkdir(parents=True)
    (folder / name).touch()
    assert clouds.user_file() == folder / found


def test_a_json_file_is_not_hidden_by_a_yaml_one(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "config" / "openstack"
    folder.mkdir(parents=True)
    (folder / "clouds.json").write_text("{}")
    code, _, err = run("clouds", "--write", "--url", URL)
    assert code == 1
    assert "clouds.json is not YAML" in err
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(run: Run, shell: str) -> None:
    code, script, _ = run("completion", shell)
    assert code == 0
    assert "_GLANCE_EMULATOR_COMPLETE" in script


def test_personas_are_completed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_GLANCE_EMULATOR_COMPLETE", "zsh_complete")
    monkeypatch.setenv("COMP_WORDS", "glance-emulator env ")
    monkeypatch.setenv("COMP_CWORD", "2")
    assert run()[1].split()[1::3] == list(PERSONAS)


def test_the_command_is_imported_quickly() -> None:
    """What takes long, the commands that need it import: completion and --version would wait for it otherwise."""
    script = "import sys, glance_emulator.cli; print(sorted({'sqlalchemy', 'flask', 'gunicorn'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout == b"[]\n"
