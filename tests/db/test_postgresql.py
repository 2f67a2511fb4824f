"""PostgreSQL in SQLite's place; for these tests GLANCE_EMULATOR_TEST_DATABASE names a database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.actors import Actor
from tests.processes import TEST_DATABASE, Process, database, emulator, running

needed = pytest.mark.skipif(TEST_DATABASE not in os.environ, reason=f"{TEST_DATABASE} names no PostgreSQL")
SERVE = ("serve", "--port", "0", "--auth", "trusted")


@pytest.fixture
def chosen() -> Iterator[tuple[str, ...]]:
    """The options for a new database."""
    with database() as options:
        yield options


def refused(*arguments: str) -> str:
    """Run a command that has to fail; return the one line that it says."""
    with running(*arguments) as process:
        assert process.wait() == 1
        lines = process.output().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def stop(process: Process) -> None:
    process.url()
    process.stop()


@pytest.mark.parametrize(
    ("url", "line"),
    [
        pytest.param("nonsense", "is not a URL like postgresql://", id="no URL"),
        pytest.param("mysql://localhost/glance", "mysql is neither sqlite nor postgresql", id="another database"),
        pytest.param("postgresql+pg8000://localhost/glance", "postgresql+psycopg is", id="another driver"),
    ],
)
def test_a_database_that_cannot_be_used_is_refused(url: str, line: str) -> None:
    assert line in refused(*SERVE, "--ephemeral", "--database", url)


def test_a_missing_driver_is_named(tmp_path: Path) -> None:
    (tmp_path / "psycopg.py").write_text("raise ImportError('as if it were not installed')")
    with running(
        *SERVE, "--ephemeral", "--database", "postgresql://localhost/glance", env={"PYTHONPATH": str(tmp_path)}
    ) as process:
        assert process.wait() == 1
        assert "pip install 'glance-emulator[postgresql]'" in process.output()


@needed
def test_a_database_that_does_not_answer_is_named() -> None:
    line = refused(*SERVE, "--ephemeral", "--database", "postgresql://user:hidden@127.0.0.1:1/glance")
    assert "127.0.0.1:1/glance" in line
    assert "hidden" not in line


@needed
def test_a_state_is_kept(chosen: tuple[str, ...], tmp_path: Path) -> None:
    options = (*SERVE, *chosen, "--state", str(tmp_path))
    with running(*options) as process:
        image = Actor(process.url(), project="producer").active_image(b"kept")
        process.stop()
    with running(*options) as process:
        again = Actor(process.url(), project="producer").get(f"/v2/images/{image['id']}/file")
        assert again.content == b"kept"
        process.stop()


@needed
def test_one_server_has_the_database(chosen: tuple[str, ...], tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    with running(*SERVE, *chosen, "--state", str(first), "--workers", "2") as process:
        process.url()
        assert "is used by another server" in refused(*SERVE, *chosen, "--state", str(second))
        assert "is used by another server" in refused("reset", "--yes", *chosen, "--state", str(second))
        process.stop()


@needed
def test_the_image_data_belong_to_the_database(chosen: tuple[str, ...], tmp_path: Path) -> None:
    with running(*SERVE, *chosen, "--state", str(tmp_path / "first")) as process:
        Actor(process.url()).active_image()
        process.stop()
    assert "are not there: say --state" in refused(*SERVE, *chosen, "--state", str(tmp_path / "second"))
    assert "belongs to another state" in refused(*SERVE, "--state", str(tmp_path / "first"))


@needed
def test_an_ephemeral_state_leaves_nothing_and_touches_nothing(chosen: tuple[str, ...], tmp_path: Path) -> None:
    for _ in range(2):
        with running(*SERVE, *chosen, "--ephemeral") as process:
            stop(process)
    with running(*SERVE, *chosen, "--state", str(tmp_path)) as process:
        stop(process)
    assert "`glance-emulator reset" in refused(*SERVE, *chosen, "--ephemeral")
    with running("reset", "--yes", *chosen, "--state", str(tmp_path / "other")) as process:
        assert process.wait() == 0
    with running(*SERVE, *chosen, "--ephemeral") as process:
        stop(process)


@needed
def test_text_is_kept_sorted_and_found_as_on_sqlite() -> None:
    with emulator("--auth", "trusted") as url:
        producer = Actor(url)
        for name in ("b", "A", "a", "B", "_", "é"):
            producer.image(name=name)
        listed = producer.get("/v2/images?sort=name:asc").json()["images"]
        assert [image["name"] for image in listed] == ["A", "B", "_", "a", "b", "é"]
        # PostgreSQL knows no NUL in text, nor lets it be looked for.
        image = producer.image(name="a\0b", tags=["\0"], key="\0", other="\\u0000")
        shown = producer.get(f"/v2/images/{image['id']}").json()
        assert (shown["name"], shown["tags"], shown["key"], shown["other"]) == ("a␀b", ["␀"], "␀", "\\u0000")
        for query in ("name=a%00b", "tag=%00", "key=%00"):
            assert producer.listed(f"?{query}") == [image["id"]]


@needed
def test_what_the_database_cannot_keep_is_refused() -> None:
    with emulator("--auth", "trusted") as url:
        producer = Actor(url)
        name = os.urandom(5000).hex()  # too much for an index
        answer = producer.post(f"/v2/images/{producer.image()['id']}/members", {"member": name})
        assert answer.status_code == 400
