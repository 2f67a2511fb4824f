"""Seed files: projects, users, images with data and members, and servers; all of it or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from marshmallow import fields, missing

from glance_emulator import child
from glance_emulator.domain.headers import BEGINNINGS
from glance_emulator.errors import SetupError
from glance_emulator.remote import Refused
from glance_emulator.testing import Emulator, World
from glance_schemas.seeds import Seed, SeedMember
from tests.control.conftest import Persona

LogIn = Callable[[World, str], Persona]
ID = "11111111-2222-4333-8444-555555555555"
SEED = """\
projects:
  - name: acme
    description: Those who build images
users:
  - {name: eve, password: pass, project: acme, roles: [member]}
images:
  - name: with text
    project: acme
    id: 11111111-2222-4333-8444-555555555555
    text: hello
    tags: [lts]
    properties: {os_distro: debian}
    members:
      - {project: consumer, status: accepted}
      - {project: outsider}
  - {name: with file, project: producer, file: disk.raw, visibility: community, min_disk: 2}
  - {name: made up, project: producer, size: 3 MiB}
  - {name: without, project: producer}
servers:
  - {name: box, project: consumer, image: with text}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "disk.raw").write_bytes(bytes(2004))
    (tmp_path / "seed.yaml").write_text(SEED)
    return tmp_path / "seed.yaml"


def test_what_a_file_says_is_there(glance: World, file: Path, log_in: LogIn) -> None:
    made = glance.seed(file)
    assert made == {"projects": 1, "users": 1, "images": 4, "servers": 1}
    consumer, producer = log_in(glance, "consumer"), log_in(glance, "producer")
    assert consumer.listed() == ["with text"]
    shown = consumer.show("11111111-2222-4333-8444-555555555555")
    assert (shown["tags"], shown["os_distro"], shown["status"]) == (["lts"], "debian", "active")
    assert consumer.content(shown["id"]) == b"hello"
    assert log_in(glance, "outsider").listed("?member_status=pending") == ["with text"]
    images = {one["name"]: one for one in producer("GET", "/v2/images?visibility=all").json()["images"]}
    assert (images["with file"]["size"], images["made up"]["size"]) == (2004, 3 << 20)
    assert (images["without"]["status"], images["with file"]["min_disk"]) == ("queued", 2)
    (server,) = consumer("GET", "/compute/v2.1/servers").json()["servers"]
    assert server["name"] == "box"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param("size: 3 MiB", "size: much", "line 17, images[2].size", id="a size"),
        pytest.param("status: accepted", "status: maybe", "line 14, images[0].members[0].status", id="a status"),
        pytest.param("visibility: community", "visibility: odd", "line 16, images[1].visibility", id="a visibility"),
        pytest.param("  - name: acme\n", "  - nome: acme\n", "line 2, projects[0].nome", id="a key"),
        pytest.param("description: Those", "name: ''\n    description: Those", "projects[0].name", id="a name"),
        pytest.param("file: disk.raw", "file: none.raw", "line 16, images[1].file", id="a file"),
        pytest.param("project: acme, roles", "project: nix, roles", "line 5, users[0].project", id="a project"),
        pytest.param("roles: [member]", "roles: [king]", "line 5, users[0].roles", id="a role"),
        pytest.param("image: with text", "image: other", "line 20, servers[0]", id="an image"),
        pytest.param("text: hello", "text: hello\n    size: 1M", "images[0].text", id="two kinds of data"),
        pytest.param("images:\n", "images: [\n", "not YAML", id="no YAML"),
        pytest.param("- {name: made up,", f"- {{name: made up, id: {ID},", "line 17, images[2]", id="an id twice"),
        pytest.param(
            "text: hello", "text: hello\n    text: bye", "line 11, images[0].text: This key", id="a key twice"
        ),
        pytest.param("users:\n", "projects: []\nusers:\n", "line 4, projects: This key", id="a list twice"),
        pytest.param(
            "{project: outsider}",
            "{project: nix}",
            "line 15, images[0].members[1].project: There is no project",
            id="a member",
        ),
        pytest.param(
            "{project: outsider}",
            "nix",
            "line 15, images[0].members[1].project: There is no project",
            id="a member by name alone",
        ),
        pytest.param(
            "{project: outsider}", "{project: consumer}", "line 15, images[0].members[1]: ", id="a member twice"
        ),
        pytest.param(
            "project: consumer, image: with text",
            "project: producer, image: without",
            "line 20, servers[0].image: For project producer: The image without is queued",
            id="an image without data",
        ),
        pytest.param(
            "image: with text",
            "image: other",
            "servers[0].image: For project consumer: There is no image other",
            id="no image",
        ),
        pytest.param(
            "os_distro: debian", "os_distro: 12", "line 12, images[0].properties.os_distro: Not a text", id="a property"
        ),
        pytest.param(
            "text: hello",
            "text: hello\n    disk_format: vdi",
            "line 10, images[0].text: The data are raw",
            id="other data",
        ),
        pytest.param(
            "size: 3 MiB",
            "size: 3 MiB, disk_format: vhdx",
            "images[2].size: No data can be made up for vhdx",
            id="made-up data of a format that is checked",
        ),
        pytest.param(
            "size: 3 MiB", "size: 100, disk_format: qcow2", "images[2].size: Made-up data", id="too few bytes"
        ),
        pytest.param(
            "- {name: without,",
            "- {status: deactivated, name: without,",
            "images[3].status: Only images with",
            id="nothing to withhold",
        ),
        pytest.param(
            "size: 3 MiB", "size: 1, created_at: soon", "line 17, images[2].created_at: Not a time", id="a time"
        ),
        pytest.param("size: 3 MiB", "size: 1, created_at: 2026-13-01", "not YAML", id="no date"),
        pytest.param("size: 3 MiB", "{[a]: b}: 1", "line 17", id="a key that is none"),
    ],
)
def test_a_fault_is_told_with_its_line_and_key_and_nothing_is_made(
    glance: World, file: Path, log_in: LogIn, before: str, after: str, said: str
) -> None:
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))
    with pytest.raises(Refused) as refusal:
        glance.seed(file)
    assert said in str(refusal.value)
    assert str(file) in str(refusal.value)
    admin = log_in(glance, "admin")
    assert admin.listed("?visibility=all&member_status=all") == []
    assert "acme" not in [one["name"] for one in admin("GET", "/identity/v3/projects").json()["projects"]]


def test_what_is_there_is_not_counted(glance: World, file: Path) -> None:
    glance.seed(file)
    file.write_text(file.read_text().partition("images:")[0])
    assert glance.seed(file) == {"projects": 0, "users": 0, "images": 0, "servers": 0}


def test_a_list_may_contain_itself(glance: World) -> None:
    with pytest.raises(Refused, match=r"images\[0\]"):
        glance.seed("images: &all [*all]\n")


def test_a_member_may_be_a_project_alone(glance: World, log_in: LogIn) -> None:
    glance.seed("images:\n- {name: x, project: producer, members: [consumer]}\n")
    assert log_in(glance, "consumer").listed("?member_status=pending") == ["x"]


@pytest.mark.parametrize("disk_format", sorted(BEGINNINGS))
def test_made_up_data_are_of_the_format_that_the_image_has(glance: World, log_in: LogIn, disk_format: str) -> None:
    glance.seed(f"images:\n- {{name: x, project: producer, size: 1 MiB, disk_format: {disk_format}}}\n")
    (image,) = log_in(glance, "producer")("GET", "/v2/images").json()["images"]
    assert (image["status"], image["size"], image["virtual_size"]) == ("active", 1 << 20, 1 << 20)


@pytest.mark.parametrize("moment", ["2024-05-06T07:08:09Z", "'2024-05-06T07:08:09'", "2024-05-06T09:08:09+02:00"])
def test_an_image_may_be_old_and_withheld(glance: World, log_in: LogIn, moment: str) -> None:
    glance.seed(
        "images:\n- {name: x, project: producer, text: x, status: deactivated, members: [consumer], "
        f"created_at: {moment}}}\n"
    )
    (image,) = log_in(glance, "producer")("GET", "/v2/images").json()["images"]
    assert image["status"] == "deactivated"
    assert image["created_at"] == image["updated_at"] == "2024-05-06T07:08:09Z"


def keys() -> Iterator[tuple[str, str]]:
    """Yield each key of a seed file, and how its page is to give what holds without it."""
    lists = {kind: cast(fields.List[Any], one).inner for kind, one in Seed().fields.items()}
    kinds = {kind: cast(fields.Nested, inner).schema for kind, inner in lists.items()}
    for kind, schema in {**kinds, "members": SeedMember()}.items():
        for name, one in schema.fields.items():
            default = one.load_default() if callable(one.load_default) else one.load_default
            told = "needed" if one.required else "" if default in (missing, []) else str(default).replace("'", "")
            yield f"`{kind}`: `{name}`", f"`{told}`" if told not in ("", "needed") else told


def test_the_page_has_every_key_and_its_default() -> None:
    page = (Path(__file__).parents[2] / "contrib" / "docs" / "seeds.md").read_text()
    found = dict(re.findall(r"^\| (`\w+`: `\w+`) \| ([^|]*?) ?\|", page, re.MULTILINE))
    assert found == dict(keys())


@pytest.mark.glance(seed=42)
def test_made_up_data_follow_from_the_seed_of_ids(glance: World, glance_emulator: Emulator, log_in: LogIn) -> None:
    text = "images:\n- {name: x, project: producer, size: 100}\n"
    glance.seed(text)
    (mine,) = log_in(glance, "producer")("GET", "/v2/images").json()["images"]
    with glance_emulator.world() as other:
        other.seed_ids(42)
        other.seed(text)
        (theirs,) = log_in(other, "producer")("GET", "/v2/images").json()["images"]
    assert (mine["id"], mine["checksum"]) == (theirs["id"], theirs["checksum"])
    glance.seed(text.replace("x", "y"))
    assert len({image["checksum"] for image in log_in(glance, "producer")("GET", "/v2/images").json()["images"]}) == 2


def test_a_state_may_begin_with_one(file: Path, tmp_path: Path, log_in: LogIn) -> None:
    options = ("--port", "0", "--state", str(tmp_path / "state"), "--seed-file", str(file))
    for _ in range(2):  # the second start finds it there
        with child.emulator(*options) as server:
            emulator = Emulator(server.url)
            assert log_in(emulator.default, "consumer").listed() == ["with text"]
            with emulator.world() as world:
                assert log_in(world, "consumer").listed() == ["with text"]
                log_in(world, "producer").image()
                world.reset()
                assert log_in(world, "producer").listed("?name=golden") == []
                assert log_in(world, "consumer").listed() == ["with text"]


def test_a_state_does_not_begin_with_a_broken_one(file: Path, tmp_path: Path) -> None:
    file.write_text("images:\n- {name: x}\n")
    with (
        pytest.raises(SetupError, match=r"line 2, images\[0\]\.project"),
        child.emulator("--port", "0", "--state", str(tmp_path / "state"), "--seed-file", str(file)),
    ):
        pass


def test_from_elsewhere_no_files_are_read(glance: World, log_in: LogIn) -> None:
    admin = log_in(glance, "admin")
    path, headers = "/_emulator/seed?base=/etc", {"X-Forwarded-For": "192.0.2.1"}
    text = b"images:\n- {name: x, project: producer}\n"
    assert admin("POST", path, data=text, headers=headers).status_code == 201
    made = admin("POST", path, data=text.replace(b"r}", b"r, file: hostname}"), headers=headers)
    assert (made.status_code, "images[0].file" in made.json()["error"]["message"]) == (400, True)
