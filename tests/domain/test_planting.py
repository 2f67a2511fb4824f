"""What a seed file describes, made or not made in a world."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from glance_emulator import seeds
from glance_emulator.domain.worlds import World
from glance_emulator.errors import BadRequest
from glance_emulator.storage.disk import Disk
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
