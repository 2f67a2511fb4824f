"""What a list is narrowed by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Dialect, bindparam, select
from sqlalchemy.dialects import postgresql

from glance_emulator.db.images import Image
from glance_emulator.db.rows import Reader
from glance_emulator.domain import listing
from glance_emulator.domain.filters import has_tag
from glance_emulator.domain.listing import Asked, parse
from glance_emulator.domain.worlds import World
from glance_emulator.errors import BadRequest
from tests.domain.people import NOW, PRODUCER, put_image
from tests.worlds import bare_world

POSTGRESQL: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = bare_world(Path(tmp_path_factory.mktemp("filters")))
    put_image(made, id="a", name="one", size=10, min_disk=1, properties={"os": "linux"}, tags=["x"])
    put_image(made, id="b", name="two, three", size=20, min_disk=2, properties={"os": "5"}, tags=["x", "y"])
    put_image(made, id="c", name='in:"q"', status="active", disk_format="raw", protected=True, checksum="c" * 32)
    put_image(made, id="d", name="", created_at=NOW + timedelta(hours=1), tags=["ä'"], properties={"os.name": "z"})
    yield made
    made.engine.dispose()


def found(world: World, *asked: tuple[str, str]) -> str:
    with Reader(world.engine) as reader:
        query = parse(Asked([*asked, ("sort", "id:asc")]))
        return "".join(image.id for image in listing.index(reader, PRODUCER, query))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("name", "one", "a"),
        ("name", "One", ""),
        ("name", "on", ""),
        ("name", "", "d"),
        ("name", "two, three", "b"),
        ("name", "eq:one", "a"),
        ("name", 'eq:in:"q"', "c"),
        ("name", "in:one", "a"),
        ("name", 'in:one,"two, three"', "ab"),
        ("name", "in:", ""),
        ("name", "in:,one,", "a"),
        ("id", "in:a,c,nothing", "ac"),
        ("status", "in:active,queued", "abcd"),
        ("status", "active", "c"),
        ("disk_format", "raw", "c"),
        ("container_format", "bare", ""),
        ("owner", "producer", "abcd"),
        ("owner", "in:producer", ""),
        ("checksum", "c" * 32, "c"),
        ("size", "10", "a"),
        ("size", " +10 ", "a"),
        ("size", "ten", ""),
        ("size", "9" * 30, ""),
        ("size_min", "10", "ab"),
        ("size_min", "11", "b"),
        ("size_min", "9" * 20, ""),
        ("size_max", "9" * 20, "ab"),
        ("size_max", "10", "a"),
        ("min_disk_min", "2", "b"),
        ("min_ram", "0", "abcd"),
        ("protected", "true", "c"),
        ("protected", "false", "abd"),
        ("created_at", "2026-01-31T12:00:00Z", "abc"),
        ("created_at", "gt:2026-01-31T12:00:00Z", "d"),
        ("created_at", "gte:2026-01-31T12:00:00", "abcd"),
        ("created_at", "lt:2026-01-31T13:00:00Z", "abc"),
        ("created_at", "lte:2026-01-31T14:00:00+02:00", "abc"),
        ("created_at", "neq:2026-01-31T12:00:00Z", "d"),
        ("updated_at", "eq:2026-01-31T12:00:00Z", "abcd"),
        ("tag", "x", "ab"),
        ("tag", "ä'", "d"),
        ("tag", "X", ""),
        ("tag", "", ""),
        ("os", "linux", "a"),
        ("os", "5", "b"),
        ("os.name", "z", "d"),
        ("os", "", ""),
        ("nothing", "x", ""),
        ('"; drop table images; --', "x", ""),
        ("deleted", "true", "abcd"),
        ("color_min", "1", ""),
    ],
)
def test_what_a_filter_finds(world: World, name: str, value: str, expected: str) -> None:
    assert found(world, (name, value)) == expected


def test_filters_narrow_together(world: World) -> None:
    assert found(world, ("tag", "x"), ("tag", "y")) == "b"
    assert found(world, ("tag", "x"), ("os", "linux"), ("size_max", "15")) == "a"
    assert found(world, ("size_min", "11"), ("size_max", "19")) == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("changes-since", "2026-01-31T12:00:00Z", id="of another version of the API"),
        pytest.param("name", "like:o", id="no operator"),
        pytest.param("name", "12:30", id="a colon without an operator"),
        pytest.param("name", 'in:"one', id="open quotation"),
        pytest.param("name", 'in:o"ne"', id="quotation within"),
        pytest.param("size_min", "ten", id="no number"),
        pytest.param("size_max", "", id="empty number"),
        pytest.param("created_at", "yesterday", id="no time"),
        pytest.param("created_at", "near:2026-01-31T12:00:00Z", id="no comparison"),
        pytest.param("protected", "True", id="no boolean"),
    ],
)
def test_what_a_filter_cannot_have(world: World, name: str, value: str) -> None:
    with pytest.raises(BadRequest):
        found(world, (name, value))


def test_tags_are_looked_for_in_the_databases_own_way() -> None:
    compiled = select(Image.id).where(has_tag(bindparam(None, "x"))).compile(dialect=POSTGRESQL)
    assert "json_array_elements_text(images.tags)" in str(compiled)
    assert list(compiled.params.values()) == ["x"]
