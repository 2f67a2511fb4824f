"""The work that both servers are given: each function does it for a while and returns what it measured."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from contrib.bench.client import BLOCK_BYTES, Connection, chunked_block, request
from contrib.bench.memory import proportional_set
from contrib.bench.servers import Server, Starter

MEBIBYTE = 1 << 20
WARM_UP = 5  # repetitions that do not count
MEMBERS = 5
SETTLES = 0.3  # seconds a server is left alone before its memory is read

Figures = dict[str, float]


@dataclass(frozen=True)
class Effort:
    """How much is done."""

    rounds: int
    seconds: float  # of repeating one measure in one round
    images: int  # that stand in the database
    transfer_rounds: int
    transfer_bytes: int


FULL = Effort(rounds=5, seconds=1.5, images=1000, transfer_rounds=3, transfer_bytes=1 << 30)
QUICK = Effort(rounds=3, seconds=0.5, images=1000, transfer_rounds=1, transfer_bytes=1 << 26)


@dataclass(frozen=True)
class Stage:
    """A server with its images: what the work needs to know."""

    server: Server
    effort: Effort
    listed: str  # an image with MEMBERS members
    offered: str  # an image without any


Work = Callable[[Stage], Figures]


def start(starter: Starter) -> Figures:
    """Start a server, ask it the first few things, and read how long it took and what memory it holds."""
    with starter() as server:
        with connected(server) as connection:
            image = create(connection, server)
            for path in (f"/v2/images/{image}", "/v2/images", "/v2/schemas/image"):
                connection.exchange(request("GET", path, server.producer.headers))
            remove(connection, server, image)
        time.sleep(SETTLES)
        return {"start": server.seconds, "memory": proportional_set(server.pid)}


def populate(server: Server, effort: Effort) -> Stage:
    """Fill a server with images of the producer."""
    with connected(server) as connection:
        made = [create(connection, server) for _ in range(effort.images)]
        for number in range(MEMBERS):
            offer = {"member": f"bench-member-{number}"}
            connection.exchange(request("POST", f"/v2/images/{made[-1]}/members", server.producer.headers, offer))
    return Stage(server, effort, listed=made[-1], offered=made[-2])


def get_image(stage: Stage) -> Figures:
    """GET an image by its owner."""
    return {"get": _rate_of_get(stage, f"/v2/images/{stage.listed}")}


def list_images(stage: Stage) -> Figures:
    """GET a page of 20 images."""
    return {"list": _rate_of_get(stage, "/v2/images?limit=20")}


def list_members(stage: Stage) -> Figures:
    """GET the members of an image by its owner."""
    return {"members": _rate_of_get(stage, f"/v2/images/{stage.listed}/members")}


def share(stage: Stage) -> Figures:
    """Offer an image, accept it as the consumer, look at the membership, take the offer back."""
    producer, consumer = stage.server.producer, stage.server.consumer
    members = f"/v2/images/{stage.offered}/members"
    member = f"{members}/{consumer.project}"
    offer = request("POST", members, producer.headers, {"member": consumer.project})
    accept = request("PUT", member, consumer.headers, {"status": "accepted"})
    look = request("GET", member, producer.headers)
    revoke = request("DELETE", member, producer.headers)

    with connected(stage.server) as connection:

        def cycle() -> None:
            connection.exchange(offer)
            connection.exchange(accept)
            connection.exchange(look)
            connection.exchange(revoke, 204)

        return {"share": rate(cycle, stage.effort.seconds)}


def create_images(stage: Stage) -> Figures:
    """Create images, and remove them when the clock is stopped."""
    made: list[bytes] = []
    sent = creation(stage.server)
    with connected(stage.server) as connection:
        figures = {"create": rate(lambda: made.append(connection.exchange(sent, 201)), stage.effort.seconds)}
        for answer in made:
            remove(connection, stage.server, json.loads(answer)["id"])
    return figures


def transfer(stage: Stage) -> Figures:
    """Upload an image in chunks, as glanceclient does, and download it."""
    block = chunked_block()
    size = stage.effort.transfer_bytes
    headers = stage.server.producer.headers
    with connected(stage.server) as connection:
        image = create(connection, stage.server)
        path = f"/v2/images/{image}/file"
        began = time.perf_counter()
        connection.upload(path, headers, block, size // BLOCK_BYTES)
        uploaded = time.perf_counter()
        length = connection.download(request("GET", path, headers))
        downloaded = time.perf_counter()
        remove(connection, stage.server, image)
    if length != size:
        raise AssertionError(f"uploaded {size} bytes, downloaded {length}")
    return {"upload": size / MEBIBYTE / (uploaded - began), "download": size / MEBIBYTE / (downloaded - uploaded)}


def rate(action: Callable[[], object], seconds: float) -> float:
    """Repeat an action for some seconds; return how often a second."""
    for _ in range(WARM_UP):
        action()
    done = 0
    began = now = time.perf_counter()
    while now - began < seconds:
        action()
        done += 1
        now = time.perf_counter()
    return done / (now - began)


@contextlib.contextmanager
def connected(server: Server) -> Iterator[Connection]:
    """Hold a connection to a server for the time of the block."""
    with contextlib.closing(Connection(server.port)) as connection:
        yield connection


def creation(server: Server) -> bytes:
    """Return the request that creates an image as users describe theirs."""
    described = {
        "name": "bench",
        "disk_format": "raw",
        "container_format": "bare",
        "min_ram": 512,
        "os_distro": "debian",
        "architecture": "x86_64",
        "tags": ["bench"],
    }
    return request("POST", "/v2/images", server.producer.headers, described)


def create(connection: Connection, server: Server) -> str:
    """Create an image; return its id."""
    return str(json.loads(connection.exchange(creation(server), 201))["id"])


def remove(connection: Connection, server: Server, image: str) -> None:
    """Delete an image."""
    connection.exchange(request("DELETE", f"/v2/images/{image}", server.producer.headers), 204)


def _rate_of_get(stage: Stage, path: str) -> float:
    sent = request("GET", path, stage.server.producer.headers)
    with connected(stage.server) as connection:
        return rate(lambda: connection.exchange(sent), stage.effort.seconds)
