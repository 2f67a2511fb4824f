"""Tasks being done: the older import, which a real Glance does only where there is qemu-img, and what always fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from glance_emulator.db.images import Blob, Image
from glance_emulator.db.rows import Reader
from glance_emulator.db.tasks import Task
from glance_emulator.domain import task_runs, tasks
from glance_emulator.domain.worlds import World
from glance_emulator.errors import BadRequest
from glance_emulator.storage.disk import Disk
from tests.contract.importing import Web, web_server
from tests.domain.people import ADMIN, NOW, add_image, seen

NAMED = {"name": "an image", "disk_format": "raw", "container_format": "bare"}
ROLES = ["admin", "member", "reader"]


@pytest.fixture
def staged(world: World, tmp_path: Path) -> World:
    """A world that can import."""
    return replace(world, staging=Disk(tmp_path / "staging"))


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with web_server() as served:
        yield served


def order(world: World, type_: str, given: dict[str, Any]) -> str:
    with world.writing() as session:
        return tasks.create(session, ADMIN, type_, given, "req-1", NOW).id


def ended(world: World, task_id: str) -> Task:
    """Do the task as the runner does; return it as it is then."""
    try:
        task_runs.run(world, task_id, ROLES)
    except Exception as reason:
        task_runs.fail(world, reason, task_id, ROLES)
    with world.reading() as session:
        return session.get_one(Task, task_id)


def imported(world: World, url: str, properties: Any) -> Task:
    given = {"import_from": url, "import_from_format": "raw", "image_properties": properties}
    return ended(world, order(world, "import", given))


def test_an_import_makes_an_image_that_is_nobodys(staged: World, web: Web) -> None:
    properties = {**NAMED, "visibility": "public", "min_ram": 5, "tags": ["a"], "protected": True, "foo": 5}
    task = imported(staged, web.put("/image", b"some bytes"), properties)
    assert (task.status, task.message, task.image_id) == ("success", "", None)
    assert task.result is not None
    image = seen(staged, ADMIN, task.result["image_id"])
    assert (image.status, image.size, image.owner, image.min_ram, image.tags) == ("active", 10, None, 5, ["a"])
    assert image.properties == {"foo": "5"}
    assert [location["store"] for location in image.locations] == ["local"]
    with Reader(staged.engine) as reader:
        assert tasks.of_image(reader, ADMIN, image.id, NOW) == []


def test_an_import_that_was_cut_off_makes_no_second_image(staged: World, web: Web) -> None:
    url = web.put("/image", b"some bytes")
    task_id = order(staged, "import", {"import_from": url, "import_from_format": "raw", "image_properties": NAMED})
    with staged.writing() as session:
        task_runs._begin(
            session, staged, session.get_one(Task, task_id), task_runs._image_of(task_id), frozenset(ROLES)
        )
    assert ended(staged, task_id).status == "success"
    with staged.reading() as session:
        assert len(session.scalars(select(Image)).all()) == 1


@pytest.mark.parametrize(
    ("path", "properties"),
    [
        pytest.param("/nothing", NAMED, id="nothing there"),
        pytest.param("/image", {}, id="no formats"),
        pytest.param("/image", {"name": "n"}, id="only a name"),
        pytest.param("/image", [], id="no object"),
        pytest.param("/image", "s", id="string"),
        pytest.param("/image", {**NAMED, "size": 5}, id="size"),
        pytest.param("/image", {**NAMED, "status": "active"}, id="status"),
        pytest.param("/image", {**NAMED, "id": "11111111-1111-4111-8111-111111111111"}, id="id"),
        pytest.param("/image", {**NAMED, "min_ram": "5"}, id="wrong type"),
        pytest.param("/image", {**NAMED, "disk_format": "qcow2"}, id="another format"),
    ],
)
def test_an_import_that_fails_leaves_nothing(staged: World, web: Web, path: str, properties: Any) -> None:
    web.put("/image", b"some bytes")
    task = imported(staged, web.url + path, properties)
    assert (task.status, task.result, task.image_id) == ("failure", None, None)
    assert task.message
    with staged.reading() as session:
        assert [image.status for image in session.scalars(select(Image))] in ([], ["deleted"])
        assert session.scalars(select(Blob)).all() == []


@pytest.mark.parametrize(
    ("type_", "more"),
    [
        ("api_image_import", {}),
        ("api_image_import", {"import_req": {"method": {"name": "copy-image"}}}),
        ("location_import", {"loc_url": "http://nowhere.example/", "validation_data": {}}),
    ],
)
def test_the_services_own_types_fail(staged: World, type_: str, more: dict[str, Any]) -> None:
    image_id = add_image(staged)
    task = ended(staged, order(staged, type_, {"image_id": image_id, **more}))
    assert (task.status, task.image_id) == ("failure", image_id)
    assert seen(staged, ADMIN, image_id).status == "queued"


@pytest.mark.parametrize("source", [None, "", 5, [], "file:///etc/hosts", "ftp://host/x", "http:///x"])
def test_imports_from_nowhere_are_refused_at_once(source: Any) -> None:
    with pytest.raises(BadRequest):
        tasks.check(ADMIN, "import", {"import_from": source})
    tasks.check(ADMIN, "api_image_import", {"import_from": source})
