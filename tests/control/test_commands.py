"""The commands for a running emulator's worlds: each verb, as it is typed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from glance_emulator import child
from glance_emulator.testing import Emulator, World
from tests.control.conftest import Persona

LogIn = Callable[[World, str], Persona]
Typed = Callable[..., str]


@pytest.fixture
def type_(glance: World) -> Typed:
    """Type a command for this test's world; return what it prints, or, where it is to fail, what it complains of."""
    root, _, name = glance.url.partition("/w/")

    def typed(*words: str, fails: bool = False) -> str:
        command = [sys.executable, "-m", "glance_emulator", *words, "--url", root, "--world", name]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr if fails else done.stdout

    return typed


def test_worlds(glance_emulator: Emulator) -> None:
    def typed(*words: str) -> str:
        command = [sys.executable, "-m", "glance_emulator", "world", *words, "--url", glance_emulator.url]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout

    made = json.loads(typed("create", "typed", "--quota", "image_count_total=1", "--json"))
    assert made["url"] == f"{glance_emulator.url}/w/typed"
    assert "typed" in typed("list")
    assert "copy" in typed("create", "copy", "--from", "typed")
    for name in ("typed", "copy"):
        assert "gone" in typed("delete", name)
    assert "typed" not in typed("list")


@pytest.mark.parametrize("words", [("create", "x"), ("list",), ("delete", "x")])
def test_worlds_are_made_at_the_root_alone(type_: Typed, words: tuple[str, ...]) -> None:
    assert "No such option" in type_("world", *words, fails=True)


def test_snapshots(type_: Typed, producer: Persona, tmp_path: Path) -> None:
    producer.image()
    type_("snapshot", "save", "then")
    producer.image()
    type_("snapshot", "restore", "then")
    assert producer.listed() == ["golden"]
    type_("snapshot", "export", "then", "-o", str(tmp_path / "kept.tar"))
    world = producer.world.url.partition("/w/")[2]
    told = type_("snapshot", "import", str(tmp_path / "kept.tar"))
    assert f"`glance-emulator snapshot restore kept --world {world}`" in told
    assert "kept" in type_("snapshot", "import", str(tmp_path / "kept.tar"), fails=True)
    assert {"then", "kept"} <= set(type_("snapshot", "list").split())
    type_("snapshot", "delete", "then")
    assert "then" not in type_("snapshot", "list").split()
    assert "no snapshot then" in type_("snapshot", "restore", "then", fails=True)
    assert "cannot read" in type_("snapshot", "import", str(tmp_path / "none.tar"), fails=True)
    assert "cannot write" in type_("snapshot", "export", "kept", "-o", str(tmp_path / "no" / "x.tar"), fails=True)


def test_seed_and_reset(type_: Typed, producer: Persona, tmp_path: Path) -> None:
    file = tmp_path / "seed.yaml"
    file.write_text("images:\n- {name: x, project: producer, file: data}\n")
    assert f"{file}, line 2, images[0].file: There is no file" in type_("seed", str(file), fails=True)
    (tmp_path / "data").write_bytes(b"bytes")
    assert type_("seed", str(file)) == "Made: 1 images.\n"
    assert producer.listed() == ["x"]
    type_("reset", "--yes")
    assert producer.listed() == []


def test_the_clock(type_: Typed) -> None:
    assert "real time" in type_("clock", "show")
    assert type_("clock", "freeze", "2030-01-01T00:00:00Z") == "2030-01-01T00:00:00.000000Z  (frozen)\n"
    assert type_("clock", "advance", "1h").startswith("2030-01-01T01:00:00")
    assert type_("clock", "advance", "2h30m0.5s").startswith("2030-01-01T03:30:00.5")
    assert "not a time" in type_("clock", "advance", "2h30", fails=True)
    assert "(running)" in type_("clock", "run")
    assert type_("clock", "set", "2031-01-01T00:00:00Z").startswith("2031")
    assert "real time" in type_("clock", "reset")
    assert "not a time" in type_("clock", "advance", "soon", fails=True)
    assert "at" in type_("clock", "set", "soon", fails=True)


def test_ids(type_: Typed) -> None:
    assert type_("ids") == "Ids are random.\n"
    assert type_("ids", "--seed", "5") == "Ids follow from the seed 5.\n"
    assert "say one of" in type_("ids", "--seed", "5", "--random", fails=True)
    assert type_("ids", "--random") == "Ids are random.\n"


def test_work(type_: Typed, producer: Persona) -> None:
    type_("transition", "set", "server.build", "--by-hand")
    type_("transition", "set", "import", "--after", "2m")
    assert type_("transition", "list") == "server.build: by hand\nimport: after 120 s\n"
    assert "say one of" in type_("transition", "set", "import", fails=True)
    server = producer.boot(producer.image())
    assert server in type_("work")
    assert type_("advance", "--kind", "import") == "Done: nothing waited.\n"
    assert type_("advance") == "Done: server.build.\n"
    assert producer.server(server) == "ACTIVE"
    assert type_("transition", "clear") == type_("transition", "list")


def test_faults(type_: Typed, producer: Persona) -> None:
    told = type_("fault", "add", "--operation", "images.index", "--status", "503", "--nth", "1", "--nth", "2")
    fault = told.split()[2]
    assert producer("GET", "/v2/images").status_code == 503
    assert fault in type_("fault", "list")
    type_("fault", "remove", fault)
    type_("fault", "add", "--trickle", "1", "0.5", "--times", "1")
    type_("fault", "add", "--work", "import", "--fail", "No.", "--lasts", "1h")
    type_("fault", "clear")
    assert type_("fault", "list") == "There are none.\n"
    assert "Say what goes wrong" in type_("fault", "add", fails=True)
    assert "data.show " in type_("fault", "operations")
    for words, effect in (("--reset", "reset=after"), ("--reset before", "reset=before")):
        type_("fault", "add", *words.split(), "--times", "1")
        assert effect in type_("fault", "list")


def test_requests(type_: Typed, producer: Persona, consumer: Persona, tmp_path: Path) -> None:
    image = producer.image(visibility="private")
    name = consumer("GET", f"/v2/images/{image}").headers["x-openstack-request-id"]
    assert name in type_("requests", "--outcome", "4")
    assert "images.show" in type_("requests", "--operation", "images.s*")
    assert type_("requests", "--operation", "images.s") == "There are none.\n"
    assert "private" in type_("explain", name)
    assert "private" in type_("explain", "--image", image, "--project", "consumer")
    assert "say which request" in type_("explain", fails=True)
    assert "say which request" in type_("explain", name, "--project", "consumer", fails=True)
    assert "stands alone" in type_("requests", "--clear", "--outcome", "4", fails=True)
    for _ in range(30):
        consumer("GET", "/v2/images")
    assert len(type_("requests").splitlines()) == 1 + 25
    assert type_("requests", "--har", str(tmp_path / "x.har"), "-n", "2").endswith("x.har has the requests: 2.\n")
    type_("requests", "--har", str(tmp_path / "x.har"))
    assert len(json.loads((tmp_path / "x.har").read_text())["log"]["entries"]) > 30
    assert "cannot write" in type_("requests", "--har", str(tmp_path / "no" / "x.har"), fails=True)
    type_("requests", "--clear")
    assert type_("requests") == "There are none.\n"


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    with child.emulator("--state", str(tmp_path), "--port", "0"):
        yield tmp_path


def test_the_emulator_that_runs_on_a_state_is_found(state: Path, tmp_path: Path) -> None:
    def typed(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "glance_emulator", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert "default" in typed("world", "list", "--state", str(state)).stdout
    assert "is as new" in typed("reset", "--yes", "--state", str(state)).stdout
    assert "no server runs" in typed("world", "list", "--state", str(tmp_path / "none")).stderr
    assert "no emulator answers" in typed("world", "list", "--url", "http://127.0.0.1:1").stderr
