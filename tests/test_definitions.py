"""The setting `metadefs`: a folder of metadata definitions for a new state."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from glance_emulator import contents
from glance_emulator.app import create_app
from glance_emulator.domain.metadefs.resource_types import USUAL
from glance_emulator.domain.worlds import World
from glance_emulator.errors import SetupError
from glance_emulator.settings import Settings

EXAMPLE = Path(__file__).parent / "metadefs"
ADMIN = {"X-Identity-Status": "Confirmed", "X-User-Id": "a", "X-Project-Id": "a", "X-Roles": "admin"}
NAMESPACES = "/v2/metadefs/namespaces"


def opened(folder: Path, metadefs: Path | None) -> World:
    folder.mkdir(exist_ok=True)
    world = contents.open_world(Settings(state=folder, metadefs=metadefs), folder)
    world.engine.dispose()
    return world


def shown(world: World, path: str) -> Any:
    client = create_app(Settings(auth="trusted"), world).test_client()
    answer = client.get(path, headers=ADMIN)
    world.engine.dispose()
    assert answer.status_code == 200
    return answer.get_json()


def kinds(world: World) -> list[str]:
    return [kind["name"] for kind in shown(world, "/v2/metadefs/resource_types")["resource_types"]]


def test_a_new_state_knows_the_usual_kinds_of_resources(tmp_path: Path) -> None:
    world = opened(tmp_path, None)
    assert kinds(world) == list(USUAL)
    assert shown(world, NAMESPACES)["namespaces"] == []


def test_a_folder_says_all_that_there_is(tmp_path: Path) -> None:
    world = opened(tmp_path, EXAMPLE)
    found = shown(world, f"{NAMESPACES}?sort_key=id&sort_dir=asc")["namespaces"]
    assert [(one["namespace"], one["owner"]) for one in found] == [
        ("Example::Apart", "somebody"), ("Example::Crew", "admin"),
    ]  # fmt: skip
    assert kinds(world) == ["OS::Glance::Image", "OS::Nova::Server"]


def test_nothing_of_a_namespace_is_lost(tmp_path: Path) -> None:
    given = json.loads((EXAMPLE / "crew.json").read_text())
    found = shown(opened(tmp_path, EXAMPLE), f"{NAMESPACES}/Example::Crew")
    simple = ("namespace", "display_name", "description", "visibility", "protected", "properties")
    assert {name: found[name] for name in simple} == {name: given[name] for name in simple}
    for kind in ("resource_type_associations", "objects"):
        assert [{name: one[name] for name in mine} for mine, one in zip(given[kind], found[kind], strict=True)] == (
            given[kind]
        )
    assert sorted(tag["name"] for tag in found["tags"]) == ["abroad", "on-call"]


def test_an_empty_folder_defines_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert kinds(opened(tmp_path / "state", tmp_path / "empty")) == []


def test_a_state_keeps_the_definitions_that_it_has(tmp_path: Path) -> None:
    opened(tmp_path, None)
    world = opened(tmp_path, EXAMPLE)
    assert kinds(world) == list(USUAL)
    assert shown(world, NAMESPACES)["namespaces"] == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param(b'{\n"namespace":\n', "line 3 column 1", id="no-json"),
        pytest.param(b"\xff", "not JSON", id="no-text"),
        pytest.param(b"[" * 100_000, "not JSON", id="too-deep"),
        pytest.param(b"[]", "body", id="list"),
        pytest.param(b"{}", "namespace: Missing", id="nameless"),
        pytest.param(b'{"namespace": "n", "colour": "red"}', "colour: Unknown", id="unknown"),
        pytest.param(
            b'{"namespace": "n", "objects": [{"name": "o"}, {"name": "p", "required": 1}]}',
            r"objects\.1\.required",
            id="place",
        ),
        pytest.param(
            b'{"namespace": "n", "properties": {"p": {"type": "string"}}}', r"properties\.p\..*title", id="property"
        ),
        pytest.param(b'{"namespace": "n", "tags": [{"name": "t"}, {"name": "t"}]}', "tags: t", id="twice"),
        pytest.param(b'{"namespace": "Example::Apart"}', "Example::Apart already", id="taken"),
    ],
)
def test_bad_files_are_refused_by_name_and_place(tmp_path: Path, text: bytes, fault: str) -> None:
    folder = tmp_path / "metadefs"
    folder.mkdir()
    (folder / "apart.json").write_bytes((EXAMPLE / "apart.json").read_bytes())
    (folder / "bad.json").write_bytes(text)
    with pytest.raises(SetupError, match=rf"setting metadefs: \S*bad\.json .*{fault}"):
        opened(tmp_path / "state", folder)
    (folder / "bad.json").unlink()
    assert kinds(opened(tmp_path / "state", folder)) == [], "nothing was begun"


@pytest.mark.parametrize("kind", ["absent", "file"])
def test_the_folder_must_be_one(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "metadefs"
    if kind == "file":
        place.touch()
    with pytest.raises(SetupError, match="cannot read the folder"):
        opened(tmp_path / "state", place)
