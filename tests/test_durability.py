"""What was answered is kept, whatever happens to the processes; what was not leaves no trace."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from tests.processes import PRODUCER, Process, running
from tests.transfers import UPLOAD, content, create, show, upload

CLIENTS = 4
PATCH = {**PRODUCER, "Content-Type": "application/openstack-images-v2.1-json-patch"}


@dataclass
class Promises:
    """What the server has answered, by image."""

    names: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    """The sha512 of uploads that were answered."""
    tried: dict[str, str] = field(default_factory=dict)
    """The sha512 of uploads that were begun."""
    members: dict[str, str] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    deleting: set[str] = field(default_factory=set)


def work(url: str, promises: Promises, seed: int, over: threading.Event) -> None:
    """Create, share, rename, upload and delete until the server is gone."""
    random_ = random.Random(seed)
    session = requests.Session()
    session.headers.update(PRODUCER)
    try:
        while not over.is_set():
            body = {"name": "first", "disk_format": "raw", "container_format": "bare"}
            answer = session.post(f"{url}/v2/images", json=body, timeout=20)
            assert answer.status_code == 201
            image_id, address = answer.json()["id"], f"{url}/v2/images/{answer.json()['id']}"
            promises.names[image_id] = "first"
            answer = session.post(f"{address}/members", json={"member": "consumer"}, timeout=20)
            assert answer.status_code == 200
            promises.members[image_id] = "consumer"
            data = content(random_.randrange(1, 3_000_000), seed * 1_000_000 + len(promises.tried))
            promises.tried[image_id] = hashlib.sha512(data).hexdigest()
            pieces = (data[start : start + 65536] for start in range(0, len(data), 65536))
            if session.put(f"{address}/file", data=pieces, headers=UPLOAD, timeout=20).status_code == 204:
                promises.data[image_id] = promises.tried[image_id]
            change = [{"op": "replace", "path": "/name", "value": "second"}]
            del promises.names[image_id]  # until it is answered, it may be either
            if session.patch(address, json=change, headers=PATCH, timeout=20).status_code == 200:
                promises.names[image_id] = "second"
            if random_.random() < 0.3:
                promises.deleting.add(image_id)
                if session.delete(address, timeout=20).status_code == 204:
                    promises.deleted.add(image_id)
    except requests.RequestException:
        return  # this is what the test is about
    finally:
        session.close()


def check(url: str, promises: Promises, state: Path) -> None:
    """Compare what the server has with what it promised."""
    for image_id in promises.tried.keys() | promises.names.keys() | promises.members.keys():
        answer = requests.get(f"{url}/v2/images/{image_id}", headers=PRODUCER, timeout=20)
        if image_id in promises.deleting and answer.status_code == 404:
            continue
        assert image_id not in promises.deleted
        assert answer.status_code == 200
        image = answer.json()
        assert image["name"] == promises.names.get(image_id, image["name"])
        if image_id in promises.members:
            members = requests.get(f"{url}/v2/images/{image_id}/members", headers=PRODUCER, timeout=20).json()
            assert [member["member_id"] for member in members["members"]] == ["consumer"]
        assert image["status"] in ({"active"} if image_id in promises.data else {"queued", "active"})
        if image["status"] == "active":
            data = requests.get(f"{url}/v2/images/{image_id}/file", headers=PRODUCER, timeout=20).content
            assert hashlib.sha512(data).hexdigest() == image["os_hash_value"] == promises.tried[image_id]
    with closing(sqlite3.connect(state / "world.sqlite")) as database:
        blobs = {blob for (blob,) in database.execute("SELECT id FROM blobs")}
    stored = {path.name for path in (state / "stores").glob("*/*/**/*") if path.is_file()}
    assert stored == blobs


def tear_down(process: Process, whole: bool) -> None:
    """Kill all processes at once, or the first, which the others are to follow."""
    if whole:
        os.killpg(process.pid, signal.SIGKILL)
    else:
        os.kill(process.pid, signal.SIGKILL)
    process.process.wait()


@pytest.mark.parametrize(
    ("workers", "whole"),
    [
        pytest.param("1", True, id="one worker"),
        pytest.param("2", True, id="two workers"),
        pytest.param("2", False, id="two workers, their arbiter killed"),
    ],
)
def test_what_was_answered_outlives_the_processes(tmp_path: Path, workers: str, whole: bool) -> None:
    options = ("serve", "--port", "0", "--auth", "trusted", "--state", str(tmp_path), "--workers", workers)
    promises = Promises()
    dice = random.Random(workers)
    for generation in range(4):
        with running(*options) as process:
            url = process.url()
            check(url, promises, tmp_path)
            over = threading.Event()
            clients = [
                threading.Thread(target=work, args=(url, promises, generation * CLIENTS + number, over))
                for number in range(CLIENTS)
            ]
            for client in clients:
                client.start()
            time.sleep(0.3 + dice.random())
            tear_down(process, whole)
            over.set()
            for client in clients:
                client.join()
    assert promises.data
    with running(*options) as process:
        check(process.url(), promises, tmp_path)
        process.stop()


def test_what_was_answered_outlives_a_worker(tmp_path: Path) -> None:
    promises, over = Promises(), threading.Event()
    with running("serve", "--port", "0", "--auth", "trusted", "--state", str(tmp_path), "--workers", "2") as process:
        url = process.url()
        clients = [threading.Thread(target=work, args=(url, promises, number, over)) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        for _ in range(3):
            time.sleep(0.5)
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            os.kill(int(children[0]), signal.SIGKILL)
        over.set()
        for client in clients:
            client.join()
        for image_id in promises.data.keys() - promises.deleting:
            assert show(url, image_id)["status"] == "active"
        process.stop()
    with running("serve", "--port", "0", "--auth", "trusted", "--state", str(tmp_path)) as process:
        check(process.url(), promises, tmp_path)
        process.stop()


def test_servers_and_snapshots_come_to_an_end_whatever_happens(tmp_path: Path) -> None:
    options = ("serve", "--port", "0", "--auth", "trusted", "--state", str(tmp_path))
    data, compute = content(300_000, 7), "compute/v2.1/servers"
    booted: list[str] = []
    pictured: list[str] = []
    for generation in range(6):
        with running(*options) as process:
            url = process.url()
            if not generation:
                image = create(url)
                upload(url, image, data)
            for server in booted[-1:]:
                settled(url, server)
                order = {"createImage": {"name": "snap"}}
                headers = {**PRODUCER, "OpenStack-API-Version": "compute 2.45"}
                answer = requests.post(f"{url}/{compute}/{server}/action", json=order, headers=headers, timeout=20)
                pictured.append(answer.json()["image_id"])
            wanted = {"server": {"name": "web", "imageRef": image, "flavorRef": "1"}}
            answer = requests.post(f"{url}/{compute}", json=wanted, headers=PRODUCER, timeout=20)
            assert answer.status_code == 202, answer.text
            booted.append(answer.json()["server"]["id"])
            tear_down(process, whole=True)
    with running(*options) as process:
        url = process.url()
        for server in booted:
            assert settled(url, server) == "ACTIVE"
        for picture in pictured:
            assert show(url, picture)["status"] == "active"
            assert requests.get(f"{url}/v2/images/{picture}/file", headers=PRODUCER, timeout=20).content == data
        process.stop()
    assert len(pictured) == 5


def settled(url: str, server_id: str) -> str:
    """Wait until nothing is done to a server; return its status."""
    deadline = time.monotonic() + 20
    while True:
        answer = requests.get(f"{url}/compute/v2.1/servers/{server_id}", headers=PRODUCER, timeout=20)
        server = answer.json()["server"]
        if server["OS-EXT-STS:task_state"] is None or time.monotonic() > deadline:
            return str(server["status"])
        time.sleep(0.02)
