"""An image's data: claimed, given, abandoned, downloaded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image
from glance_emulator.db.rows import Reader
from glance_emulator.domain import actions, data, images
from glance_emulator.domain.worlds import World
from glance_emulator.errors import BadRequest, Conflict, Forbidden, Gone, NotFound, Refusal, UnsupportedMediaType
from tests.domain.people import (
    ADMIN,
    CONSUMER,
    LATER,
    OUTSIDER,
    PRODUCER,
    READER,
    add_image,
    offer,
    put_image,
    stored,
    upload,
)

CONTENT = b"some bytes"


def download(world: World, caller: Caller, image_id: str) -> bytes:
    with Reader(world.engine) as reader:
        image = data.find(reader, caller, image_id)
    with data.open_blob(world.stores, image) as file:
        return file.read()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "world.sqlite" not in path.name]


def test_an_upload_makes_the_image_active(world: World) -> None:
    image_id = add_image(world)
    upload(world, image_id, [CONTENT[:3], b"", CONTENT[3:]], len(CONTENT), "far")
    image = stored(world, image_id)
    assert (image.status, image.size, image.virtual_size, image.updated_at) == ("active", 10, 10, LATER)
    assert image.checksum == hashlib.md5(CONTENT).hexdigest()
    assert (image.os_hash_algo, image.os_hash_value) == ("sha512", hashlib.sha512(CONTENT).hexdigest())
    assert [location["store"] for location in image.locations] == ["far"]
    assert download(world, PRODUCER, image_id) == CONTENT


def test_no_bytes_are_data_too(world: World) -> None:
    image_id = add_image(world)
    upload(world, image_id, [])
    image = stored(world, image_id)
    assert (image.status, image.size, image.virtual_size) == ("active", 0, None)
    assert download(world, PRODUCER, image_id) == b""


@pytest.mark.parametrize("status", ["saving", "active", "deactivated", "importing", "killed"])
def test_only_a_queued_image_takes_data(world: World, status: str) -> None:
    image_id = put_image(world, status=status, disk_format="raw", container_format="bare")
    with pytest.raises(Conflict), world.writing() as session:
        data.begin(session, PRODUCER, image_id)
    assert stored(world, image_id).status == status


@pytest.mark.parametrize("name", ["disk_format", "container_format"])
def test_an_image_needs_its_formats_before_it_takes_data(world: World, name: str) -> None:
    image_id = add_image(world, **{name: None})
    with pytest.raises(BadRequest), world.writing() as session:
        data.begin(session, PRODUCER, image_id)
    assert stored(world, image_id).status == "queued"


def test_one_upload_at_a_time(world: World) -> None:
    image_id = add_image(world)
    with world.writing() as session:
        data.begin(session, PRODUCER, image_id)
    with pytest.raises(Conflict), world.writing() as session:
        data.begin(session, PRODUCER, image_id)


def breaking() -> Iterator[bytes]:
    yield CONTENT
    raise BadRequest("The data broke off.")


@pytest.mark.parametrize(
    ("formats", "pieces", "declared", "refusal"),
    [
        pytest.param({}, breaking, None, BadRequest, id="broke off"),
        pytest.param({}, lambda: iter([CONTENT]), 11, BadRequest, id="less than announced"),
        pytest.param({}, lambda: iter([CONTENT]), 9, BadRequest, id="more than announced"),
        pytest.param(
            {"disk_format": "qcow2"}, lambda: iter([CONTENT]), None, UnsupportedMediaType, id="not its format"
        ),
    ],
)
def test_a_failed_upload_leaves_the_image_waiting_and_no_file(
    world: World,
    tmp_path: Path,
    formats: dict[str, str],
    pieces: Callable[[], Iterator[bytes]],
    declared: int | None,
    refusal: type[Refusal],
) -> None:
    image_id = add_image(world, **formats)
    with pytest.raises(refusal):
        upload(world, image_id, pieces(), declared)
    image = stored(world, image_id)
    assert (image.status, image.size, image.checksum, image.locations) == ("queued", None, None, [])
    assert files(tmp_path) == []


def deleting(world: World, image_id: str) -> Iterator[bytes]:
    yield CONTENT
    with world.writing() as session:
        images.delete(session, PRODUCER, image_id, LATER)


def test_data_of_an_image_that_was_deleted_meanwhile_are_gone(world: World, tmp_path: Path) -> None:
    image_id = add_image(world)
    with pytest.raises(Gone):
        upload(world, image_id, deleting(world, image_id))
    assert stored(world, image_id).status == "deleted"
    assert files(tmp_path) == []


class TestDownload:
    @pytest.fixture
    def image_id(self, world: World) -> str:
        made = add_image(world)
        upload(world, made, [CONTENT])
        return made

    @pytest.mark.parametrize(
        ("caller", "refusal"),
        [
            pytest.param(PRODUCER, None, id="owner"),
            pytest.param(CONSUMER, None, id="whom it is offered to"),
            pytest.param(ADMIN, None, id="admin"),
            pytest.param(READER, Forbidden, id="reader"),
            pytest.param(OUTSIDER, NotFound, id="outsider"),
        ],
    )
    def test_who_may_have_the_data(
        self, world: World, image_id: str, caller: Caller, refusal: type[Refusal] | None
    ) -> None:
        offer(world, image_id)
        if refusal is None:
            assert download(world, caller, image_id) == CONTENT
        else:
            with pytest.raises(refusal):
                download(world, caller, image_id)

    @pytest.mark.parametrize(
        ("caller", "served"),
        [
            pytest.param(PRODUCER, False, id="owner"),
            pytest.param(CONSUMER, False, id="member"),
            pytest.param(ADMIN, True, id="admin"),
        ],
    )
    def test_data_are_withheld_and_given_again(self, world: World, image_id: str, caller: Caller, served: bool) -> None:
        offer(world, image_id, "accepted")
        with world.writing() as session:
            actions.act(session, PRODUCER, image_id, "deactivate", LATER)
        if served:
            assert download(world, caller, image_id) == CONTENT
        else:
            with pytest.raises(Forbidden):
                download(world, caller, image_id)
        with world.writing() as session:
            actions.act(session, PRODUCER, image_id, "reactivate", LATER)
        assert download(world, caller, image_id) == CONTENT

    def test_who_began_to_read_reads_on_when_the_image_is_deleted(self, world: World, image_id: str) -> None:
        with Reader(world.engine) as reader:
            found = data.find(reader, PRODUCER, image_id)
        with data.open_blob(world.stores, found) as file:
            with world.writing() as session:
                garbage = images.delete(session, PRODUCER, image_id, LATER)
            for store, blob in garbage:
                world.stores[store].remove(blob)
            assert file.read() == CONTENT
        with pytest.raises(NotFound):
            data.open_blob(world.stores, found)


def test_abandoning_an_upload_that_ended_otherwise_changes_nothing(world: World) -> None:
    image_id = add_image(world)
    upload(world, image_id, [CONTENT])
    with world.writing() as session:
        data.abandon(session, image_id)
        data.abandon(session, "none")
    with world.reading() as session:
        assert session.get_one(Image, image_id).status == "active"
