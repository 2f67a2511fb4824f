"""Snapshots: all of a world as it was, its controls included; carried from one emulator to another as a file."""

from __future__ import annotations

import io
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import IncompleteRead
from pathlib import Path

import pytest

from glance_emulator.remote import Refused
from glance_emulator.testing import Emulator, World
from tests.control.conftest import Persona
from tests.processes import until

LogIn = Callable[[World, str], Persona]


def test_restoring_brings_everything_back(glance: World, producer: Persona, consumer: Persona) -> None:
    image = producer.image(b"before")
    producer("POST", f"/v2/images/{image}/members", {"member": consumer.project_id})
    server = producer.boot(image)
    glance.save("then")
    producer("PATCH", f"/v2/images/{image}", [{"op": "replace", "path": "/name", "value": "changed"}],
             headers={"Content-Type": "application/openstack-images-v2.1-json-patch"})  # fmt: skip
    producer("DELETE", f"/compute/v2.1/servers/{server}")
    producer("DELETE", f"/v2/images/{image}/members/{consumer.project_id}")
    later = producer.image(b"after", name="later")
    producer("DELETE", f"/v2/images/{image}")
    glance.restore("then")
    assert producer.listed() == ["golden"]
    assert producer.content(image) == b"before"
    assert consumer.listed("?member_status=pending") == ["golden"]
    assert producer.server(server) == "ACTIVE"
    assert producer("GET", f"/v2/images/{later}").status_code == 404


def test_a_name_that_is_taken_is_refused_before_the_file_is_sent(glance: World, tmp_path: Path) -> None:
    glance.save("then")
    large = tmp_path / "large.tar"
    with large.open("wb") as file:
        file.truncate(300 << 20)  # more than the server takes in of what it refuses
    with large.open("rb") as file, pytest.raises(Refused, match="then") as refusal:
        glance.control("PUT", "snapshots/then/file", data=file)
    assert refusal.value.status == 409


def test_restoring_twice_is_the_same(glance: World, producer: Persona) -> None:
    image = producer.image(b"bytes")
    glance.save("then")
    for _ in range(2):
        producer("DELETE", f"/v2/images/{image}")
        glance.restore("then")
        assert producer.content(image) == b"bytes"


def test_controls_are_a_part_of_it(glance: World, producer: Persona) -> None:
    glance.freeze("2030-01-01T00:00:00Z")
    glance.seed_ids(1)
    producer.log_in()
    first = producer.image(None)
    glance.save("then")
    second = producer.image(None)
    glance.fault({"status": 503})
    glance.run()
    glance.restore("then")
    assert glance.control("GET", "clock") == {"now": "2030-01-01T00:00:00.000000Z", "frozen": True, "real": False}
    assert producer.image(None) == second != first


def test_staged_data_are_a_part_of_it(glance: World, producer: Persona) -> None:
    image = producer.image(None)
    octets = {"Content-Type": "application/octet-stream"}
    producer("PUT", f"/v2/images/{image}/stage", data=b"staged", headers=octets)
    glance.save("then")
    producer("DELETE", f"/v2/images/{image}")
    glance.restore("then")
    ordered = producer("POST", f"/v2/images/{image}/import", {"method": {"name": "glance-direct"}})
    assert ordered.status_code == 202
    until(lambda: producer.content(image) == b"staged")


def test_a_user_who_was_made_since_is_gone_with_their_token(glance: World, log_in: LogIn) -> None:
    glance.save("then")
    glance.seed("users:\n- {name: eve, project: producer}\n")
    admin = log_in(glance, "admin")
    assert "eve" in [user["name"] for user in admin("GET", "/identity/v3/users").json()["users"]]
    glance.restore("then")
    assert "eve" not in [user["name"] for user in admin("GET", "/identity/v3/users").json()["users"]]


def test_they_are_listed_and_deleted(glance: World) -> None:
    for name in ("one", "two"):
        glance.save(name)
    assert [one["name"] for one in glance.control("GET", "snapshots")["snapshots"]] == ["one", "two"]
    glance.control("DELETE", "snapshots/one")
    assert [one["name"] for one in glance.control("GET", "snapshots")["snapshots"]] == ["two"]
    for method, path in (("GET", "snapshots/one"), ("DELETE", "snapshots/one"), ("POST", "snapshots/one/restore")):
        with pytest.raises(Refused) as refusal:
            glance.control(method, path)
        assert refusal.value.status == 404


@pytest.mark.parametrize(("name", "status"), [("again", 409), ("../up", 400), ("", 400)])
def test_what_is_no_snapshot(glance: World, name: str, status: int) -> None:
    glance.save("again")
    with pytest.raises(Refused) as refusal:
        glance.save(name)
    assert refusal.value.status == status


def test_an_exported_snapshot_is_imported_elsewhere(
    glance_emulator: Emulator, glance: World, producer: Persona, log_in: LogIn
) -> None:
    image = producer.image(b"carried" * 100_000)
    glance.save("then")
    file = b"".join(glance.control.pieces("snapshots/then/file"))
    with glance_emulator.world() as other:
        other.control("PUT", "snapshots/theirs/file", data=file)
        other.restore("theirs")
        assert log_in(other, "producer").content(image) == b"carried" * 100_000
        with pytest.raises(Refused, match="already"):
            other.control("PUT", "snapshots/theirs/file", data=file)


def repacked(file: bytes, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> bytes:
    """Return an exported snapshot with each of its files changed, or left out."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(file)) as source, tarfile.open(fileobj=packed, mode="w") as target:
        for entry in source:
            content = source.extractfile(entry)
            assert content is not None
            changed = change(entry.name, content.read())
            if changed is not None:
                entry.name, entry.size = changed[0], len(changed[1])
                target.addfile(entry, io.BytesIO(changed[1]))
    return packed.getvalue()


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda file: b"",
    "no tar": lambda file: b"x" * 5000,
    "cut off": lambda file: file[: len(file) // 2],
    "outside": lambda file: repacked(file, lambda name, content: (f"../{name}", content)),
    "absolute": lambda file: repacked(file, lambda name, content: (f"/tmp/{name}", content)),
    "no database": lambda file: repacked(file, lambda n, content: None if n.endswith("sqlite") else (n, content)),
    "no data": lambda file: repacked(file, lambda name, content: None if "blobs" in name else (name, content)),
    "not SQLite": lambda file: repacked(file, lambda n, c: (n, b"x" * 9999 if n.endswith("sqlite") else c)),
    "empty database": lambda file: repacked(file, lambda n, c: (n, b"" if n.endswith("sqlite") else c)),
    "foreign database": lambda file: repacked(file, lambda n, c: (n, foreign() if n.endswith("sqlite") else c)),
    "a counter that leads elsewhere": lambda file: added(file, "counters/..", b"1"),
    "a counter that does not count": lambda file: added(file, "counters/x", b"one"),
    "a NUL in a name": lambda file: added(file, "stores/local/blobs/\0a/x", b""),
    "the same twice": lambda file: added(added(file, "controls.json", b"{}"), "controls.json", b"{}"),
    "deep controls": lambda file: added(file, "controls.json", b"[" * 100_000),
    "no controls": lambda file: added(file, "controls.json", b"[]"),
    "strange faults": lambda file: added(file, "controls.json", b'{"faults": [{"id": "a", "effect": 1}]}'),
    "a strange clock": lambda file: added(file, "controls.json", b'{"clock": {"frozen": "noon", "offset": 0}}'),
    "deep options": lambda file: added(file, "options.json", b'{"a":' * 100_000),
    "strange options": lambda file: added(file, "options.json", b'{"rejected_members": 1}'),
    "holes": lambda file: added(file, "controls.json", b"{}", tarfile.GNUTYPE_SPARSE),
    "another store": lambda file: repacked(file, lambda n, c: (n, other_store(c) if n.endswith("sqlite") else c)),
}


def added(file: bytes, name: str, content: bytes, kind: bytes = tarfile.REGTYPE) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size, entry.type = len(content), kind
    packed = io.BytesIO(file)
    with tarfile.open(fileobj=packed, mode="a", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def foreign() -> bytes:
    with tempfile.NamedTemporaryFile() as file:
        with closing(sqlite3.connect(file.name)) as connection, connection:
            connection.execute("CREATE TABLE other (name TEXT)")
        return Path(file.name).read_bytes()


def other_store(content: bytes) -> bytes:
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(content)
        with closing(sqlite3.connect(file.name)) as connection, connection:
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("UPDATE blobs SET store = 'elsewhere'")
        return Path(file.name).read_bytes()


@pytest.mark.parametrize("how", BROKEN)
def test_a_file_that_is_no_snapshot_is_refused_and_leaves_nothing(glance: World, producer: Persona, how: str) -> None:
    producer.image()
    glance.save("then")
    file = BROKEN[how](b"".join(glance.control.pieces("snapshots/then/file")))
    with pytest.raises(Refused) as refusal:
        glance.control("PUT", "snapshots/broken/file", data=file)
    assert refusal.value.status == 400
    assert [one["name"] for one in glance.control("GET", "snapshots")["snapshots"]] == ["then"]


def test_snapshots_cost_no_bytes(tmp_path: Path, log_in: LogIn) -> None:
    from glance_emulator import child

    with child.emulator("--state", str(tmp_path), "--port", "0") as server:
        world = Emulator(server.url).default
        producer = log_in(world, "producer")
        producer.image(b"x" * 5_000_000)
        for number in range(5):
            world.save(f"s{number}")
        with Emulator(server.url).world(source="default"):
            files = {path.stat().st_ino: path.stat().st_size for path in tmp_path.rglob("blobs/*/*")}
            names = list(tmp_path.rglob("blobs/*/*"))
        assert (len(files), sum(files.values()), len(names)) == (1, 5_000_000, 7)


def test_restored_and_reset_side_by_side_it_has_all_data_and_no_id_twice(glance: World, producer: Persona) -> None:
    glance.seed_ids(1)
    producer.log_in()
    images = {"one": producer.image(b"one")}
    glance.save("one")
    producer("DELETE", f"/v2/images/{images['one']}")
    images["two"] = producer.image(b"two")
    glance.save("two")

    def restore(number: int) -> None:
        (glance.restore, glance.restore, lambda _: glance.reset())[number % 3](("one", "two", "")[number % 3])

    with ThreadPoolExecutor(4) as pool:
        creating = [pool.submit(producer.image, None) for _ in range(20)]
        list(pool.map(restore, range(18)))
        for one in creating:
            one.result()
    for name, image in images.items():
        glance.restore(name)
        assert producer.content(image) == name.encode()


def test_what_is_set_is_carried_with_a_snapshot(glance_emulator: Emulator, glance: World) -> None:
    glance.freeze("2030-01-01T00:00:00Z")
    glance.seed_ids(1)
    glance.control("PUT", "transitions", {"transitions": {"import.web-download": {"after": 1.5}, "*": {"polls": 2}}})
    for effect in (
        {"status": 503, "message": "no", "retry_after": 3},
        {"latency": {"distribution": "normal", "mean": 0, "deviation": 0}},
        {"reset": "before"},
        {"trickle": {"bytes": 5, "delay": 0.1}, "corrupt": True},
    ):
        glance.fault({**effect}, operation="images.show", share=0.5, nth=[1, 2], lasts=60)
    glance.fault({"fail": "no"}, work="import")
    glance.save("then")
    file = b"".join(glance.control.pieces("snapshots/then/file"))
    with glance_emulator.world() as other:
        other.control("PUT", "snapshots/theirs/file", data=file)
        other.restore("theirs")
        for part in ("clock", "ids", "transitions", "faults"):
            assert other.control("GET", part) == glance.control("GET", part)


def test_an_export_whose_snapshot_is_deleted_breaks_off(glance: World, producer: Persona) -> None:
    for size in (1, 2):
        producer.image(bytes([size]) * 30_000_000)
    glance.save("then")
    pieces = glance.control.pieces("snapshots/then/file")
    next(pieces)
    glance.control("DELETE", "snapshots/then")
    with pytest.raises(IncompleteRead):
        list(pieces)
