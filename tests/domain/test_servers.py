"""Servers in the background: runs that were cut off, and what is deleted while something is done to it."""

from __future__ import annotations

import importlib
import itertools
from typing import Any

import pytest
from sqlalchemy import select

from glance_emulator.db.images import Blob, Image
from glance_emulator.db.servers import Server
from glance_emulator.db.tasks import Job
from glance_emulator.domain import background, blobs, images, recovery, server_images, server_runs, servers
from glance_emulator.domain.servers import Wish
from glance_emulator.domain.worlds import World
from tests.domain.people import CONSUMER, LATER, NOW, PRODUCER, add_image, offer, stored, upload

DATA = b"golden bytes"


@pytest.fixture
def image_id(world: World) -> str:
    """An image of the producer's that the consumer has accepted."""
    made = add_image(world, name="golden")
    upload(world, made, [DATA])
    offer(world, made, "accepted")
    return made


def boot(world: World, image_id: str) -> str:
    with world.writing() as session:
        return servers.boot(session, CONSUMER, Wish("web", image_id, "1"), NOW).id


def snapshot(world: World, server_id: str) -> str:
    with world.writing() as session:
        return server_images.create(session, CONSUMER, server_id, "snap", {}, LATER).id


def delete(world: World, server_id: str) -> None:
    with world.writing() as session:
        garbage = servers.delete(session, CONSUMER, server_id, LATER)
    blobs.remove(world.places, garbage)


def delete_image(world: World, image_id: str, caller: Any = PRODUCER) -> None:
    with world.writing() as session:
        garbage = images.delete(session, caller, image_id, LATER)
    blobs.remove(world.places, garbage)


def server(world: World, server_id: str) -> Server:
    with world.reading() as session:
        return session.get_one(Server, server_id)


def jobs(world: World) -> list[Job]:
    with world.reading() as session:
        return list(session.scalars(select(Job).order_by(Job.created_at)))


def work(world: World, *, cut_off: bool = False) -> None:
    """Do what waits; `cut_off`: as a process that dies before it can say that it has done it."""
    for job in jobs(world):
        importlib.import_module(background.KINDS[job.kind]).run(world, **job.arguments)
        if not cut_off:
            with world.writing() as session:
                session.delete(session.get_one(Job, job.id))


def references(world: World) -> list[int]:
    with world.reading() as session:
        return list(session.scalars(select(Blob.references)))


def bytes_of(world: World, image_id: str) -> bytes:
    location = stored(world, image_id).locations[0]
    with world.stores[location["store"]].open(location["blob"]) as file:
        return file.read()


def test_a_server_is_built_in_the_background(world: World, image_id: str) -> None:
    server_id = boot(world, image_id)
    assert (server(world, server_id).status, server(world, server_id).task_state) == ("BUILD", "scheduling")
    work(world)
    built = server(world, server_id)
    assert (built.status, built.task_state) == ("ACTIVE", None)
    assert built.launched_at is not None


@pytest.mark.parametrize("cut_off", [False, True], ids=["before it began", "when it was done"])
def test_a_build_that_was_cut_off_is_taken_up_again(world: World, image_id: str, cut_off: bool) -> None:
    server_id = boot(world, image_id)
    if cut_off:
        work(world, cut_off=True)
    recovery.after_stop(world)
    work(world)
    assert server(world, server_id).status == "ACTIVE"
    assert references(world) == [2]
    assert jobs(world) == []


@pytest.mark.parametrize("cut_off", [False, True], ids=["before it began", "when it was done"])
def test_a_snapshot_that_was_cut_off_is_taken_up_again(world: World, image_id: str, cut_off: bool) -> None:
    server_id = boot(world, image_id)
    work(world)
    snapshot_id = snapshot(world, server_id)
    assert (stored(world, snapshot_id).status, server(world, server_id).task_state) == ("queued", "image_snapshot")
    if cut_off:
        work(world, cut_off=True)
    recovery.after_stop(world)
    work(world)
    assert stored(world, snapshot_id).status == "active"
    assert server(world, server_id).task_state is None
    assert bytes_of(world, snapshot_id) == DATA
    assert references(world) == [3]


def test_a_server_that_is_deleted_while_it_is_built_stays_deleted(world: World, image_id: str) -> None:
    server_id = boot(world, image_id)
    delete(world, server_id)
    work(world)
    assert server(world, server_id).status == "DELETED"
    assert references(world) == [1]


def test_a_snapshot_of_a_server_that_is_deleted_meanwhile_comes_to_nothing(world: World, image_id: str) -> None:
    server_id = boot(world, image_id)
    work(world)
    snapshot_id = snapshot(world, server_id)
    delete(world, server_id)
    work(world)
    assert stored(world, snapshot_id).status == "deleted"
    assert references(world) == [1]


def test_a_snapshot_that_is_deleted_while_it_is_made_stays_deleted(world: World, image_id: str) -> None:
    server_id = boot(world, image_id)
    work(world)
    snapshot_id = snapshot(world, server_id)
    delete_image(world, snapshot_id, CONSUMER)
    work(world)
    assert stored(world, snapshot_id).status == "deleted"
    assert server(world, server_id).task_state is None
    assert references(world) == [2]


@pytest.mark.parametrize("kind", [server_runs, server_images])
def test_what_fails_does_not_stay_under_way(world: World, image_id: str, kind: Any) -> None:
    server_id = boot(world, image_id)
    arguments = {"server_id": server_id, "action": "build"}
    snapshot_id = ""
    if kind is server_images:
        work(world)
        snapshot_id = snapshot(world, server_id)
        arguments = {"server_id": server_id, "image_id": snapshot_id}
    kind.fail(world, RuntimeError("no disk"), **arguments)
    assert server(world, server_id).task_state is None
    assert server(world, server_id).status == ("ACTIVE" if snapshot_id else "ERROR")
    if snapshot_id:
        assert stored(world, snapshot_id).status == "deleted"


@pytest.mark.parametrize("order", list(itertools.permutations(["image", "server", "snapshot"])), ids="-".join)
def test_the_bytes_go_with_the_last_who_has_them(world: World, image_id: str, order: tuple[str, ...]) -> None:
    server_id = boot(world, image_id)
    work(world)
    snapshot_id = snapshot(world, server_id)
    work(world)
    go = {
        "image": lambda: delete_image(world, image_id),
        "server": lambda: delete(world, server_id),
        "snapshot": lambda: delete_image(world, snapshot_id, CONSUMER),
    }
    for left, thing in zip((2, 1, 0), order, strict=True):
        assert len(list(world.stores["local"].blobs())) == 1
        go[thing]()
        assert sum(references(world)) == left
    assert list(world.stores["local"].blobs()) == []


def test_recovery_leaves_the_bytes_of_servers_alone(world: World, image_id: str) -> None:
    server_id = boot(world, image_id)
    work(world)
    delete_image(world, image_id)
    recovery.after_stop(world)
    snapshot_id = snapshot(world, server_id)
    work(world)
    assert bytes_of(world, snapshot_id) == DATA
    with world.reading() as session:
        assert session.get_one(Image, image_id).status == "deleted"
