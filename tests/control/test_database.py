"""Worlds beside one that is kept in another database; all of them made, used and deleted by many at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from glance_emulator.remote import Refused
from glance_emulator.testing import Emulator, World
from tests.control.conftest import Persona
from tests.processes import database, running

LogIn = Callable[[World, str], Persona]


def test_beside_postgresql_worlds_are_kept_in_sqlite(log_in: LogIn) -> None:
    with database() as chosen:
        if not chosen:
            pytest.skip("GLANCE_EMULATOR_TEST_DATABASE names no PostgreSQL")
        with running("serve", "--port", "0", "--ephemeral", *chosen) as process:
            emulator = Emulator(process.url())
            producer = log_in(emulator.default, "producer")
            producer.image()
            for act in (
                lambda: emulator.default.save("then"),
                lambda: emulator.world(source="default").__enter__(),
            ):
                with pytest.raises(Refused, match="SQLite") as refusal:
                    act()
                assert refusal.value.status == 409
            emulator.default.freeze("2030-01-01T00:00:00Z")
            emulator.default.reset()
            assert producer.listed() == []
            with emulator.world() as world:
                image = log_in(world, "producer").image(b"bytes")
                world.save("then")
                with emulator.world(source=world.name) as copy:
                    assert log_in(copy, "producer").content(image) == b"bytes"
            process.stop()


def test_a_database_elsewhere_is_saved_and_restored(tmp_path: Path, log_in: LogIn) -> None:
    elsewhere = ("--database", f"sqlite:///{tmp_path}/elsewhere", "--state", str(tmp_path / "state"))
    with running("serve", "--port", "0", *elsewhere) as process:
        world = Emulator(process.url()).default
        producer = log_in(world, "producer")
        image = producer.image(b"bytes")
        world.save("then")
        producer("DELETE", f"/v2/images/{image}")
        world.restore("then")
        assert producer.content(image) == b"bytes"
        process.stop()


def test_many_worlds_at_once_by_several_workers(log_in: LogIn) -> None:
    with running("serve", "--port", "0", "--ephemeral", "--workers", "2") as process:
        emulator = Emulator(process.url())

        def live(number: int) -> list[str]:
            with emulator.world() as world:
                producer = log_in(world, "producer")
                image = producer.image(b"bytes %d" % number, name=f"image {number}")
                world.save("then")
                producer("DELETE", f"/v2/images/{image}")
                world.restore("then")
                assert producer.content(image) == b"bytes %d" % number
                return producer.listed()

        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(live, range(40))) == [[f"image {number}"] for number in range(40)]
        assert [one["name"] for one in emulator.default.control("GET", "worlds")["worlds"]] == ["default"]
        process.stop()
