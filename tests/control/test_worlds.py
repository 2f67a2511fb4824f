"""Worlds: made empty or as another is, apart from each other, deleted; the same for every worker, and after a crash."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from glance_emulator.remote import Refused
from glance_emulator.storage import locks
from glance_emulator.testing import Emulator, World
from tests.control.conftest import Persona
from tests.processes import running, until

LogIn = Callable[[World, str], Persona]


def test_a_new_world_is_as_a_new_emulator(glance: World, producer: Persona) -> None:
    assert producer.listed() == []
    (catalog,) = [
        one["endpoints"]
        for one in producer("GET", "/identity/v3/auth/catalog").json()["catalog"]
        if one["type"] == "image"
    ]
    assert {endpoint["url"] for endpoint in catalog} == {glance.url}
    versions = producer("GET", "/").json()["versions"]
    assert versions[0]["links"][0]["href"] == f"{glance.url}/v2/"


def test_worlds_know_nothing_of_each_other(glance_emulator: Emulator, producer: Persona, log_in: LogIn) -> None:
    producer.image()
    with glance_emulator.world() as other:
        stranger = log_in(other, "producer")
        assert stranger.listed() == []
        stranger.session.headers["X-Auth-Token"] = producer.session.headers["X-Auth-Token"]
        assert stranger("GET", "/v2/images").status_code == 401
    assert producer.listed() == ["golden"]
    assert log_in(glance_emulator.default, "producer")("GET", "/v2/images?name=golden").json()["images"] == []


@pytest.mark.parametrize("snapshot", [None, "then"])
def test_a_world_may_begin_as_another_is_or_was(
    glance_emulator: Emulator, glance: World, producer: Persona, log_in: LogIn, snapshot: str | None
) -> None:
    image = producer.image(b"shared bytes")
    glance.save("then")
    with glance_emulator.world(source=glance.name, snapshot=snapshot) as fork:
        there = log_in(fork, "producer")
        assert there.content(image) == b"shared bytes"
        assert there("DELETE", f"/v2/images/{image}").status_code == 204
        assert producer.content(image) == b"shared bytes"
        assert producer("DELETE", f"/v2/images/{image}").status_code == 204
        assert there.listed() == []
        there.session.headers["X-Auth-Token"] = producer.session.headers["X-Auth-Token"]
        assert there("GET", "/v2/images").status_code == 401


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        pytest.param({"name": "../x"}, 400, id="a name that leads elsewhere"),
        pytest.param({"name": ""}, 400, id="no name"),
        pytest.param({"name": "default"}, 409, id="the root's name"),
        pytest.param({"from": "nowhere"}, 404, id="no such world"),
        pytest.param({"from": "default", "snapshot": "never"}, 404, id="no such snapshot"),
        pytest.param({"snapshot": "never"}, 400, id="a snapshot of nothing"),
        pytest.param({"colour": "red"}, 400, id="an unknown key"),
        pytest.param({"quotas": {"images": 1}}, 400, id="an unknown quota"),
        pytest.param({"name": "vast", "quotas": {"image_count_total": 2**63}}, 400, id="a quota that is too large"),
        pytest.param({"rejected_members": "perhaps"}, 400, id="an unknown reading"),
    ],
)
def test_what_is_no_world(glance_emulator: Emulator, wanted: dict[str, object], status: int) -> None:
    before = glance_emulator.default.control("GET", "worlds")
    with pytest.raises(Refused) as refusal:
        glance_emulator.default.control("POST", "worlds", wanted or {"name": ""})
    assert refusal.value.status == status
    assert glance_emulator.default.control("GET", "worlds") == before


def test_a_name_is_given_once(glance_emulator: Emulator, glance: World) -> None:
    with pytest.raises(Refused, match="already"):
        glance_emulator.default.control("POST", "worlds", {"name": glance.name})


def test_a_deleted_world_is_gone_and_its_name_free(glance_emulator: Emulator, log_in: LogIn) -> None:
    with glance_emulator.world(name="again") as world:
        log_in(world, "producer").image()
    with pytest.raises(Refused, match="There is no world"):
        world.control("GET", "clock")
    with glance_emulator.world(name="again") as world:
        assert log_in(world, "producer").listed() == []


@pytest.fixture
def doomed(glance_emulator: Emulator) -> World:
    """A world that the test deletes."""
    made = glance_emulator.default.control("POST", "worlds", {})
    return World(made["name"], made["url"])


def assert_it_was_not_there(answer: requests.Response, world: World) -> None:
    told = {"error": {"code": 404, "message": f"There is no world {world.name}."}}
    assert (answer.status_code, answer.json()) == (404, told)


@pytest.mark.parametrize(
    ("service", "method", "path", "body"),
    [
        pytest.param("image", "GET", "/v2/images", None, id="a list"),
        pytest.param("image", "POST", "/v2/images", {"name": "late"}, id="a new image"),
        pytest.param("identity", "GET", "/identity/v3/projects", None, id="Identity"),
        pytest.param("compute", "GET", "/compute/v2.1/servers", None, id="Compute"),
        pytest.param("panel", "GET", "/panel/images", None, id="a page"),
    ],
)
def test_who_waits_while_a_world_is_deleted_is_told_so(
    glance_emulator: Emulator, doomed: World, log_in: LogIn, service: str, method: str, path: str, body: Any
) -> None:
    consumer = log_in(doomed, "consumer")
    seat = f"glance_panel_seat_{urlsplit(doomed.url).port}"
    consumer.session.cookies.set(seat, str(consumer.session.headers["X-Auth-Token"]))
    fault = doomed.fault({"latency": 60}, service=service)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(consumer, method, path, body)
        until(lambda: doomed.control("GET", f"faults/{fault}")["struck"])
        glance_emulator.default.control("DELETE", f"worlds/{doomed.name}")
        assert_it_was_not_there(answer.result(), doomed)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        pytest.param("PUT", "/v2/images/{}/file", b"data", id="data"),
        pytest.param("POST", "/_emulator/snapshots", b'{"name": "late"}', id="a snapshot"),
        pytest.param("POST", "/_emulator/faults", b'{"effect": {"status": 503}}', id="a fault"),
        pytest.param("POST", "/_emulator/seed", b"users:\n- {name: eve, project: producer}\n", id="a seed file"),
    ],
)
def test_who_sends_while_a_world_is_deleted_is_told_so(
    glance_emulator: Emulator, doomed: World, log_in: LogIn, method: str, path: str, body: bytes
) -> None:
    producer = log_in(doomed, "producer")

    def pieces() -> Iterator[bytes]:
        yield body[:1]
        time.sleep(0.3)  # so that the request is with the world
        glance_emulator.default.control("DELETE", f"worlds/{doomed.name}")
        yield body[1:]

    octets = {"Content-Type": "application/octet-stream"}
    answer = producer(method, path.format(producer.image(None)), data=pieces(), headers=octets)
    assert_it_was_not_there(answer, doomed)


def test_a_world_is_not_deleted_while_it_is_copied(tmp_path: Path) -> None:
    with killed(tmp_path) as emulator, ThreadPoolExecutor(2) as pool:
        emulator.default.control("POST", "worlds", {"name": "source"})
        with locks.alone(tmp_path / "worlds" / "source" / "snapshots.lock"):  # as who copies it
            gone = pool.submit(emulator.default.control, "DELETE", "worlds/source")
            with pytest.raises(TimeoutError):
                gone.result(0.5)
            assert (tmp_path / "worlds" / "source" / "world.sqlite").exists()
        gone.result()
        assert not (tmp_path / "worlds" / "source").exists()


def test_worlds_are_made_at_the_root_alone(glance: World) -> None:
    with pytest.raises(Refused, match="at the root"):
        glance.control("GET", "worlds")


def test_the_root_stays(glance_emulator: Emulator) -> None:
    with pytest.raises(Refused, match="stays"):
        glance_emulator.default.control("DELETE", "worlds/default")


@pytest.mark.glance(quota={"image_count_total": 1})
def test_a_world_has_quotas_of_its_own(producer: Persona) -> None:
    producer.image()
    assert producer("POST", "/v2/images", {"name": "second"}).status_code == 413


@pytest.mark.glance(rejected_members="lose-access")
def test_a_world_reads_rejections_its_own_way(producer: Persona, consumer: Persona) -> None:
    image = producer.image()
    producer("POST", f"/v2/images/{image}/members", {"member": consumer.project_id})
    consumer("PUT", f"/v2/images/{image}/members/{consumer.project_id}", {"status": "rejected"})
    assert consumer("GET", f"/v2/images/{image}").status_code == 404


def test_reset_leaves_nothing_but_who_is_logged_in(glance: World, producer: Persona) -> None:
    producer.image()
    glance.freeze("2030-01-01T00:00:00Z")
    glance.reset()
    assert producer.listed() == []
    assert glance.control("GET", "clock")["real"]


@contextmanager
def killed(state: Path) -> Iterator[Emulator]:
    """Give an emulator with two workers, which is killed at the end."""
    with running("serve", "--port", "0", "--state", str(state), "--workers", "2") as process:
        yield Emulator(process.url())


def test_every_worker_knows_every_world_and_a_crash_loses_none(tmp_path: Path, log_in: LogIn) -> None:
    with killed(tmp_path) as emulator:
        made = emulator.default.control("POST", "worlds", {"name": "kept"})
        world = World("kept", made["url"])
        image = log_in(world, "producer").image(b"kept bytes")
        world.save("before")
        for _ in range(20):  # each connection may meet another worker
            assert log_in(world, "producer").listed() == ["golden"]
    with killed(tmp_path) as emulator:
        world = World("kept", f"{emulator.url}/w/kept")
        producer = log_in(world, "producer")
        assert producer.content(image) == b"kept bytes"
        producer("DELETE", f"/v2/images/{image}")
        world.restore("before")
        for _ in range(20):
            assert log_in(world, "producer").content(image) == b"kept bytes"


def test_what_was_left_of_a_deleted_world_does_not_keep_its_name(tmp_path: Path) -> None:
    left = tmp_path / "worlds" / "left"
    with killed(tmp_path) as emulator:
        emulator.default.control("POST", "worlds", {"name": "other"})
        (left / "journal").mkdir(parents=True)
        with pytest.raises(Refused, match="There is no world"):
            emulator.default.control("DELETE", "worlds/left")
        emulator.default.control("POST", "worlds", {"name": "left"})
        emulator.default.control("DELETE", "worlds/left")
        (left / "journal").mkdir(parents=True)
    with killed(tmp_path):
        assert not left.exists()


def limited(producer: Persona) -> bool:
    producer.image(None)
    return producer("POST", "/v2/images", {"name": "second"}).status_code == 413


@pytest.mark.glance(rejected_members="lose-access", quota={"image_count_total": 1})
@pytest.mark.parametrize("how", ["as it is", "as it was", "imported"])
def test_a_fork_has_the_options_of_its_source_unless_it_is_given_others(
    glance_emulator: Emulator, glance: World, log_in: LogIn, how: str
) -> None:
    glance.save("then")
    file = b"".join(glance.control.pieces("snapshots/then/file"))
    with glance_emulator.world() as elsewhere:
        elsewhere.control("PUT", "snapshots/then/file", data=file)
        source = elsewhere.name if how == "imported" else glance.name
        wanted: dict[str, Any] = {"source": source, **({} if how == "as it is" else {"snapshot": "then"})}
        with glance_emulator.world(**wanted, quotas={"image_stage_total": 5}) as fork:
            producer, consumer = log_in(fork, "producer"), log_in(fork, "consumer")
            image = producer.image(None)
            producer("POST", f"/v2/images/{image}/members", {"member": consumer.project_id})
            consumer("PUT", f"/v2/images/{image}/members/{consumer.project_id}", {"status": "rejected"})
            assert consumer("GET", f"/v2/images/{image}").status_code == 404
            fork.reset()
            assert limited(log_in(fork, "producer"))


@pytest.mark.glance(quota={"image_count_total": 1})
def test_reset_keeps_the_quotas_that_the_world_was_made_with(glance: World, producer: Persona) -> None:
    glance.reset()
    assert limited(producer)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        pytest.param("users: [", "not YAML", id="no YAML"),
        pytest.param(
            "images:\n- {name: x, project: producer, file: gone.raw}", "There is no file .*/gone.raw", id="no file"
        ),
        pytest.param("users:\n- {name: eve, project: nowhere}", "There is no project nowhere", id="no project"),
    ],
)
def test_a_seed_file_that_was_broken_since_is_told_and_nothing_is_lost(
    tmp_path: Path, log_in: LogIn, broken: str, said: str
) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("users:\n- {name: eve, project: producer}\n")
    with running("serve", "--port", "0", "--ephemeral", "--seed-file", str(seed)) as process:
        world = Emulator(process.url()).default
        producer = log_in(world, "producer")
        image = producer.image()
        world.freeze()
        seed.write_text(broken)
        for path, body in (("reset", None), ("worlds", {"name": "w"})):
            with pytest.raises(Refused, match=said) as refusal:
                world.control("POST", path, body)
            assert refusal.value.status == 409
        assert producer.content(image) == b"some bytes"
        assert world.control("GET", "clock")["frozen"]
        seed.write_text("")
        world.reset()
        assert producer.listed() == []


@pytest.mark.parametrize("cut_off", ["restore", "reset"])
def test_what_a_crash_cut_off_is_completed(tmp_path: Path, log_in: LogIn, cut_off: str) -> None:
    with killed(tmp_path) as emulator:
        for name in ("kept", "default"):
            if name == "kept":
                emulator.default.control("POST", "worlds", {"name": name})
            world = World(name, emulator.url + ("/w/kept" if name == "kept" else ""))
            image = log_in(world, "producer").image(b"kept bytes")
            world.save("then")
            log_in(world, "producer")("DELETE", f"/v2/images/{image}")
            log_in(world, "producer").image(name="later")
            world.freeze("2030-01-01T00:00:00Z")
    for folder in (tmp_path, tmp_path / "worlds" / "kept"):
        (folder / "under-way").write_text("then" if cut_off == "restore" else "")
    with killed(tmp_path) as emulator:
        for url in (emulator.url, f"{emulator.url}/w/kept"):
            world = World("", url)
            assert world.control("GET", "clock")["real"]
            assert log_in(world, "producer").listed() == (["golden"] if cut_off == "restore" else [])
        assert not list(tmp_path.rglob("under-way*"))
