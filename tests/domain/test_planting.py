"""What a seed file describes, made or not made in a world."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event, select

from glance_emulator import contents, seeds
from glance_emulator.db.images import Image
from glance_emulator.domain.worlds import World
from glance_emulator.errors import BadRequest
from glance_emulator.settings import Settings
from glance_emulator.storage.disk import Disk, Incoming
from tests.worlds import resting_world

IMAGES = """
images:
- {name: a, project: producer, text: hello}
- {name: b, project: producer, text: world}
"""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with resting_world(tmp_path, monkeypatch) as made:
        yield made


def test_what_comes_to_nothing_leaves_no_bytes_and_takes_none_of_others(world: World) -> None:
    store = world.stores["local"]
    assert isinstance(store, Disk)
    incoming = store.receive("x")  # an upload that is not committed yet
    incoming.write(b"theirs")
    incoming.keep("1234")
    incoming.drop()
    assert seeds.plant(world, IMAGES, None)["images"] == 2
    before = set(store.blobs())
    more = "- {name: c, project: producer, text: new}\n- {name: d, project: nowhere}\n"
    with pytest.raises(BadRequest, match="nowhere"):
        seeds.plant(world, IMAGES + more, None)
    assert set(store.blobs()) == before
    assert "1234" in before


FILES = """
images:
- {name: a, project: producer, file: disk.raw}
"""


def names(world: World) -> list[str]:
    with world.reading() as session:
        return sorted(filter(None, session.scalars(select(Image.name))))


def test_a_file_that_is_removed_when_it_is_to_be_read_is_named(world: World, tmp_path: Path) -> None:
    disk = tmp_path / "disk.raw"
    disk.write_bytes(b"data")

    class Late(Disk):
        """A store for which the file is gone when data begin to come, though it was there before."""

        def receive(self, name: str) -> Incoming:
            disk.unlink(missing_ok=True)
            return super().receive(name)

    late = replace(world, stores={"local": Late(tmp_path / "local")})
    said = r"line 3, images\[0\]\.file: The file .*/disk\.raw cannot be read: No such file"
    with pytest.raises(BadRequest, match=said):
        seeds.plant(late, FILES, tmp_path)
    assert names(world) == []
    assert set(late.places["local"].blobs()) == set()


def test_a_reset_reads_all_files_before_it_begins(tmp_path: Path) -> None:
    disk, file = tmp_path / "disk.raw", tmp_path / "seed.yaml"
    disk.write_bytes(b"data")
    file.write_text(FILES)
    settings = Settings(state=tmp_path / "state", seed_file=file)
    (tmp_path / "state").mkdir()
    world = contents.open_world(settings, tmp_path / "state")
    seeds.plant(world, "images:\n- {name: later, project: producer, text: bye}\n", None)
    event.listen(world.engine, "begin", lambda _: disk.unlink(missing_ok=True))
    contents.Maker(settings).reset(world)
    assert names(world) == ["a"]
    (blob,) = world.stores["local"].blobs()
    with world.stores["local"].open(blob) as data:
        assert data.read() == b"data"
    world.engine.dispose()
