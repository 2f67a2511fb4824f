"""Imports being done: stores that fail, runs that are cut off, and what is left behind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from glance_emulator.caller import Caller
from glance_emulator.db.images import Blob, Image
from glance_emulator.db.tasks import Job, Task
from glance_emulator.domain import background, blobs, images, import_runs, imports, recovery, staging, transfer
from glance_emulator.domain.imports import FAILED, IMPORTING, TASK, Order
from glance_emulator.domain.worlds import World
from glance_emulator.storage import Store
from glance_emulator.storage.disk import Disk, Incoming
from tests.contract.importing import Web, web_server
from tests.domain.people import ADMIN, LATER, NOW, PRODUCER, add_image, put_image, stored, upload

CONTENT = b"some bytes"
BOTH = {"stores": ["local", "far"]}


class Broken(Disk):
    """A store that takes nothing while it is broken."""

    broken = True

    def receive(self, purpose: str) -> Incoming:
        if self.broken:
            raise OSError("the disk is full")
        return super().receive(purpose)


class Cut(BaseException):
    """The process ends here."""


class Cutting(Disk):
    """A store in which the process ends, once, when something is received."""

    cuts = True

    def receive(self, purpose: str) -> Incoming:
        if self.cuts:
            self.cuts = False
            raise Cut
        return super().receive(purpose)


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with web_server() as served:
        yield served


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def whole(world: World, folder: Path) -> World:
    """A world that can import."""
    return replace(world, staging=Disk(folder / "staging"))


def with_far(world: World, store: Store) -> World:
    """Put another store in the place of `far`."""
    return replace(world, stores={**world.stores, "far": store})


def stage(world: World, image_id: str, content: bytes = CONTENT) -> None:
    place = world.places[blobs.STAGING]
    with world.writing() as session:
        staging.begin(session, PRODUCER, image_id)
    incoming = place.receive(image_id)
    size = sum(map(len, transfer.written(incoming, [content], None)))
    with world.writing() as session:
        staging.finish(session, image_id, place, incoming, size, NOW)
    incoming.drop()


def submit(
    world: World, image_id: str, method: str, options: dict[str, Any], caller: Caller = PRODUCER, **source: Any
) -> None:
    order = Order({"method": {"name": method}, **options}, source=source)
    with world.writing() as session:
        imports.submit(session, caller, world, image_id, order, "req-1", NOW)


def do(world: World) -> None:
    """Do the only job there is, as the runner does it."""
    with world.writing() as session:
        job = session.scalars(select(Job)).one()
    try:
        import_runs.run(world, **job.arguments)
    except Exception as reason:
        import_runs.fail(world, reason, **job.arguments)
    with world.writing() as session:
        session.delete(session.merge(job))


def outcome(world: World, image_id: str) -> tuple[Any, ...]:
    image = stored(world, image_id)
    places = [location["store"] for location in image.locations]
    assert TASK not in image.properties
    return image.status, image.size, places, image.properties[IMPORTING], image.properties[FAILED]


def task_of(world: World, image_id: str) -> Task:
    with world.reading() as session:
        return session.scalars(select(Task).where(Task.image_id == image_id)).one()


def left(world: World) -> dict[str, int]:
    """Count the blobs in every place, having made sure that the database knows those in the stores."""
    with world.reading() as session:
        known = {(blob.store, blob.id) for blob in session.scalars(select(Blob))}
    found = {name: list(store.blobs()) for name, store in world.places.items()}
    assert {(name, blob) for name in world.stores for blob in found[name]} == known
    return {name: len(names) for name, names in found.items()}


# Stores that fail


@pytest.mark.parametrize(
    ("stores", "must", "status", "size", "places", "importing", "failed"),
    [
        pytest.param(["far"], True, "importing", 10, [], "", "far", id="one-must"),
        pytest.param(["far"], False, "queued", None, [], "", "far", id="one-may"),
        pytest.param(["local", "far"], True, "importing", None, [], "", "far", id="second-must"),
        pytest.param(["far", "local"], True, "importing", 10, [], "local", "far", id="first-must"),
        pytest.param(["local", "far"], False, "active", 10, ["local"], "", "far", id="second-may"),
        pytest.param(["far", "local"], False, "active", 10, ["local"], "", "far", id="first-may"),
    ],
)
def test_a_store_that_fails_a_staged_image(
    whole: World, folder: Path, stores: list[str], must: bool, status: str, size: int, places: list[str],
    importing: str, failed: str,
) -> None:  # fmt: skip
    world = with_far(whole, Broken(folder / "far"))
    image = add_image(world)
    stage(world, image)
    submit(world, image, "glance-direct", {"stores": stores, "all_stores_must_succeed": must})
    do(world)
    assert outcome(world, image) == (status, size, places, importing, failed)
    assert task_of(world, image).status == ("success" if status == "active" else "failure")
    expected = {"local": len(places), "far": 0, blobs.STAGING: int(status == "importing")}
    assert left(world) == expected


@pytest.mark.parametrize(
    ("stores", "must", "status", "places", "failed"),
    [
        pytest.param(["far"], True, "queued", [], "far", id="one-must"),
        pytest.param(["local", "far"], True, "queued", [], "far,local", id="second-must"),
        pytest.param(["far", "local"], True, "queued", [], "far,local", id="first-must"),
        pytest.param(["far"], False, "queued", [], "far", id="one-may"),
        pytest.param(["far", "local"], False, "active", ["local"], "far", id="first-may"),
    ],
)
def test_a_store_that_fails_a_download(
    whole: World, folder: Path, web: Web, stores: list[str], must: bool, status: str, places: list[str], failed: str
) -> None:
    world = with_far(whole, Broken(folder / "far"))
    image = add_image(world)
    url = web.put("/image", CONTENT)
    submit(world, image, "web-download", {"stores": stores, "all_stores_must_succeed": must}, url=url)
    do(world)
    assert outcome(world, image) == (status, 10 if places else None, places, "", failed)
    assert left(world) == {"local": len(places), "far": 0, blobs.STAGING: 0}


@pytest.mark.parametrize(("must", "status"), [(True, "failure"), (False, "success")])
def test_a_store_that_fails_a_copy(whole: World, folder: Path, must: bool, status: str) -> None:
    far = Broken(folder / "far")
    world = with_far(whole, far)
    image = add_image(world)
    upload(world, image, [CONTENT])
    submit(world, image, "copy-image", {"stores": ["far"], "all_stores_must_succeed": must}, ADMIN)
    do(world)
    assert outcome(world, image) == ("active", 10, ["local"], "", "far")
    assert task_of(world, image).status == status
    far.broken = False
    submit(world, image, "copy-image", {"stores": ["far"]}, ADMIN)
    do(world)
    assert outcome(world, image) == ("active", 10, ["local", "far"], "", "")


# Bytes


def test_a_file_is_put_into_several_stores_of_a_filesystem_without_being_copied(whole: World) -> None:
    image = add_image(whole)
    stage(whole, image)
    submit(whole, image, "glance-direct", BOTH)
    do(whole)
    files = set()
    for location in stored(whole, image).locations:
        with whole.stores[location["store"]].open(location["blob"]) as file:
            files.add(os.fstat(file.fileno()).st_ino)
    assert len(files) == 1
    assert left(whole) == {"local": 1, "far": 1, blobs.STAGING: 0}


def test_images_with_the_same_data_share_them(whole: World) -> None:
    first, second = add_image(whole), add_image(whole)
    upload(whole, first, [CONTENT])
    stage(whole, second)
    submit(whole, second, "glance-direct", {})
    do(whole)
    assert stored(whole, first).locations == stored(whole, second).locations
    with whole.writing() as session:
        garbage = images.delete(session, PRODUCER, first, LATER)
    blobs.remove(whole.places, garbage)
    assert left(whole)["local"] == 1


@pytest.mark.parametrize("method", ["glance-direct", "web-download"])
def test_an_image_that_was_deleted_leaves_nothing(whole: World, web: Web, method: str) -> None:
    image = add_image(whole)
    if method == "glance-direct":
        stage(whole, image)
    submit(whole, image, method, BOTH, url=web.put("/image", CONTENT))
    with whole.writing() as session:
        garbage = images.delete(session, PRODUCER, image, LATER)
    blobs.remove(whole.places, garbage)
    do(whole)
    assert left(whole) == {"local": 0, "far": 0, blobs.STAGING: 0}
    assert (task_of(whole, image).status, stored(whole, image).status) == ("failure", "deleted")


def test_a_staged_image_that_is_deleted_leaves_nothing(whole: World) -> None:
    image = add_image(whole)
    stage(whole, image)
    with whole.writing() as session:
        blobs.remove(whole.places, images.delete(session, PRODUCER, image, LATER))
    assert left(whole)[blobs.STAGING] == 0


def test_a_token_is_kept_no_longer_than_the_job(whole: World) -> None:
    world = replace(whole, features=replace(whole.features, import_methods=("glance-download",)))
    image = add_image(world)
    submit(world, image, "glance-download", {}, url=None, token="secret")
    do(world)
    with world.reading() as session:
        assert session.scalars(select(Job)).all() == []
    task = task_of(world, image)
    assert "secret" not in f"{task.input}{task.message}{stored(world, image).properties}"


# Cut off, and taken up again


@pytest.mark.parametrize("method", ["glance-direct", "web-download", "copy-image"])
@pytest.mark.parametrize("must", [True, False])
def test_a_run_that_was_cut_off_is_taken_up_again(
    whole: World, folder: Path, web: Web, method: str, must: bool
) -> None:
    world = with_far(whole, Cutting(folder / "far"))
    image = add_image(world)
    if method == "copy-image":
        upload(world, image, [CONTENT])
    elif method == "glance-direct":
        stage(world, image)
    stores = ["far"] if method == "copy-image" else BOTH["stores"]
    options = {"stores": stores, "all_stores_must_succeed": must}
    submit(world, image, method, options, ADMIN, url=web.put("/image", CONTENT))
    with suppress(Cut):
        do(world)
    recovery.after_stop(world)
    web.put("/image", b"something else meanwhile")
    do(world)
    assert outcome(world, image) == ("active", 10, ["local", "far"], "", "")
    assert left(world) == {"local": 1, "far": 1, blobs.STAGING: 0}
    assert task_of(world, image).status == "success"


@pytest.mark.parametrize("disk_format", ["raw", "qcow2"])
def test_a_run_that_was_whole_may_be_run_again(whole: World, disk_format: str) -> None:
    image = add_image(whole, disk_format=disk_format)
    stage(whole, image)
    submit(whole, image, "glance-direct", BOTH)
    with whole.reading() as session:
        arguments = session.scalars(select(Job)).one().arguments
    do(whole)
    before, staged = outcome(whole, image), left(whole)
    task = task_of(whole, image)
    import_runs.run(whole, **arguments)
    assert (outcome(whole, image), left(whole)) == (before, staged)
    assert (task_of(whole, image).status, task_of(whole, image).message) == (task.status, task.message)


def test_what_is_staged_anew_is_safe_from_a_run_that_had_failed(whole: World, web: Web) -> None:
    image = add_image(whole)
    submit(whole, image, "web-download", {}, url=f"{web.url}/none")
    with whole.reading() as session:
        arguments = session.scalars(select(Job)).one().arguments
    do(whole)
    stage(whole, image)
    import_runs.run(whole, **arguments)
    assert left(whole)[blobs.STAGING] == 1
    submit(whole, image, "glance-direct", {})
    do(whole)
    assert outcome(whole, image) == ("active", 10, ["local"], "", "")


@pytest.mark.parametrize(
    ("status", "size", "becomes", "kept"),
    [
        pytest.param("uploading", None, "queued", 0, id="half-staged"),
        pytest.param("uploading", 10, "uploading", 1, id="staged"),
        pytest.param("importing", 10, "importing", 1, id="importing"),
        pytest.param("active", 10, "active", 0, id="active"),
        pytest.param("queued", None, "queued", 0, id="queued"),
        pytest.param("deleted", 10, "deleted", 0, id="deleted"),
    ],
)
def test_after_a_stop_only_data_that_wait_stay_on_the_stage(
    whole: World, status: str, size: int | None, becomes: str, kept: int
) -> None:
    image = put_image(whole, status=status, size=size, deleted_at=NOW if status == "deleted" else None)
    incoming = whole.places[blobs.STAGING].receive(image)
    incoming.write(CONTENT)
    incoming.keep(image)
    recovery.after_stop(whole)
    assert (stored(whole, image).status, left(whole)[blobs.STAGING]) == (becomes, kept)


def test_after_a_process_what_it_was_staging_is_given_up(whole: World, folder: Path) -> None:
    dead = 999_999_999
    its = put_image(whole, status="uploading", size=None)
    others, fetched = put_image(whole, status="uploading", size=None), put_image(whole, status="importing")
    for process, image in ((dead, its), (os.getpid(), others), (dead, fetched)):
        (folder / "staging" / "incoming" / f"{process}.{image}.0").write_bytes(b"half")
    recovery.after_process(whole, dead)
    found = [stored(whole, image).status for image in (its, others, fetched)]
    assert found == ["queued", "uploading", "importing"]
    assert [path.name for path in (folder / "staging" / "incoming").iterdir()] == [f"{os.getpid()}.{others}.0"]


def test_the_runner_does_an_import(whole: World) -> None:
    image = add_image(whole)
    stage(whole, image)
    submit(whole, image, "glance-direct", {})
    assert background.KINDS["import"] == import_runs.__name__
    with whole.reading() as session:
        job = session.scalars(select(Job)).one()
        assert (job.kind, job.process) == ("import", None)
        assert session.get_one(Image, image).status == "importing"
