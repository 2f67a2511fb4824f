"""After a crash: uploads that were cut off can be made again, and nothing lies about."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from glance_emulator.clock import system_clock
from glance_emulator.db.images import Blob, Image
from glance_emulator.domain import recovery
from glance_emulator.domain.worlds import World
from glance_emulator.storage.disk import Disk
from tests.worlds import new_world

DEAD = 999_999_999
LIVING = os.getpid()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = new_world(tmp_path)
    yield World(made.engine, {"local": Disk(tmp_path / "local"), "far": Disk(tmp_path / "far")})
    made.engine.dispose()


def add_image(world: World, name: str, status: str) -> None:
    now = system_clock() - timedelta(hours=1)
    with world.writing() as session:
        session.add(
            Image(
                id=name,
                status=status,
                visibility="shared",
                os_hidden=False,
                protected=False,
                min_disk=0,
                min_ram=0,
                created_at=now,
                updated_at=now,
                properties={},
                tags=[],
                locations=[],
            )
        )


def add_incoming(world: World, process: int, image_id: str, store: str = "local") -> Path:
    disk = world.stores[store]
    assert isinstance(disk, Disk)
    path = disk.path("x").parents[2] / "incoming" / f"{process}.{image_id}.0"
    path.write_bytes(b"half")
    return path


def add_blob(world: World, name: str, references: int | None, store: str = "local") -> None:
    """Keep a blob; None references is none in the database."""
    incoming = world.stores[store].receive("image")
    incoming.write(b"bytes")
    incoming.keep(name)
    if references is not None:
        with world.writing() as session:
            session.add(Blob(id=name, store=store, digest=name, size=5, references=references))


def statuses(world: World) -> dict[str, str]:
    with world.reading() as session:
        return {image.id: image.status for image in session.query(Image)}


def test_after_a_stop_every_upload_that_was_cut_off_waits_for_data_again(world: World) -> None:
    for name, status in (("cut", "saving"), ("whole", "active"), ("gone", "deleted"), ("new", "queued")):
        add_image(world, name, status)
    half = add_incoming(world, DEAD, "cut", "far")
    recovery.after_stop(world)
    assert statuses(world) == {"cut": "queued", "whole": "active", "gone": "deleted", "new": "queued"}
    assert not half.exists()


@pytest.mark.parametrize(
    ("references", "left"),
    [
        pytest.param(1, ["blob"], id="referred to"),
        pytest.param(0, [], id="without references"),
        pytest.param(None, [], id="unknown"),
    ],
)
@pytest.mark.parametrize("store", ["local", "far"])
def test_after_a_stop_only_blobs_that_are_referred_to_are_left(
    world: World, references: int | None, left: list[str], store: str
) -> None:
    add_blob(world, "blob", references, store)
    recovery.after_stop(world)
    assert list(world.stores[store].blobs()) == left
    with world.reading() as session:
        assert [blob.id for blob in session.query(Blob)] == left


def test_a_blob_is_known_in_its_own_store_only(world: World) -> None:
    add_blob(world, "blob", 1, "far")
    add_blob(world, "blob", None, "local")
    recovery.after_stop(world)
    assert list(world.stores["far"].blobs()) == ["blob"]
    assert list(world.stores["local"].blobs()) == []


def test_after_a_process_only_its_own_uploads_are_given_up(world: World) -> None:
    for name in ("its", "others"):
        add_image(world, name, "saving")
    its, others = add_incoming(world, DEAD, "its"), add_incoming(world, LIVING, "others")
    add_blob(world, "just kept", None)
    recovery.after_process(world, DEAD)
    assert statuses(world) == {"its": "queued", "others": "saving"}
    assert (its.exists(), others.exists()) == (False, True)
    assert list(world.stores["local"].blobs()) == ["just kept"]


def test_an_upload_that_had_ended_otherwise_stays_so(world: World) -> None:
    add_image(world, "deleted meanwhile", "deleted")
    add_incoming(world, DEAD, "deleted meanwhile")
    recovery.after_process(world, DEAD)
    assert statuses(world) == {"deleted meanwhile": "deleted"}
