"""/v2/cache where there is a cache: filled by downloads and by admins, cleared, and gone with the image."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.actors import Actor

HERE = "/v2/cache"
TARGET = "x-image-cache-clear-target"
Document = dict[str, Any]


@pytest.fixture(autouse=True)
def cleared(admin: Actor) -> None:
    assert admin.delete(HERE).status_code == 204


def cached(admin: Actor) -> list[Document]:
    answer = admin.get(HERE)
    assert answer.status_code == 200
    found: list[Document] = answer.json()["cached_images"]
    return found


def download(actor: Actor, image: Document, **headers: str) -> bytes:
    answer = actor.get(image["file"], headers=headers)
    assert answer.status_code in (200, 206)
    return answer.content


def soon(question: Callable[[], Any]) -> Any:
    """Ask until the answer is true; return that."""
    deadline = time.monotonic() + 20
    while not (found := question()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def fill(admin: Actor, actor: Actor, image: Document) -> Document:
    """Have an image cached by a download; return its entry."""
    download(actor, image)
    (entry,) = soon(lambda: [entry for entry in cached(admin) if entry["image_id"] == image["id"]])
    return dict(entry)


def test_nothing_is_cached(admin: Actor) -> None:
    answer = admin.get(HERE)
    assert answer.json() == {"cached_images": [], "queued_images": []}
    assert answer.headers["Content-Type"] == "application/json"


def test_a_download_fills_the_cache(producer: Actor, admin: Actor) -> None:
    before = time.time()
    image = producer.active_image(b"some bytes")
    entry = fill(admin, producer, image)
    assert entry == {
        "id": entry["id"],
        "image_id": image["id"],
        "last_accessed": entry["last_accessed"],
        "last_modified": entry["last_modified"],
        "size": 10,
        "hits": 0,
        "checksum": None,
    }
    assert isinstance(entry["id"], int)
    assert before < entry["last_accessed"] < time.time()
    assert entry["last_accessed"] == pytest.approx(entry["last_modified"], abs=1)


def test_later_downloads_are_hits(producer: Actor, admin: Actor) -> None:
    image = producer.active_image(b"some bytes")
    entry = fill(admin, producer, image)
    assert download(producer, image) == b"some bytes"
    (later,) = soon(lambda: [entry for entry in cached(admin) if entry["hits"]])
    assert later["hits"] == 1
    assert later["last_accessed"] > entry["last_accessed"]
    assert later["last_modified"] == entry["last_modified"]


def test_what_comes_from_the_cache_is_announced(producer: Actor, admin: Actor) -> None:
    image = producer.active_image(b"some bytes")
    first = producer.get(image["file"])
    assert (first.status_code, first.content, first.headers["Content-MD5"]) == (200, b"some bytes", image["checksum"])
    assert first.headers["Transfer-Encoding"] == "chunked"
    soon(lambda: cached(admin))
    second = producer.get(image["file"])
    assert (second.status_code, second.content, second.headers["Content-MD5"]) == (
        200,
        b"some bytes",
        image["checksum"],
    )
    assert second.headers["Content-Length"] == "10"
    assert {first.headers["Content-Type"], second.headers["Content-Type"]} == {"application/octet-stream"}


def test_a_part_fills_nothing_and_is_no_hit(producer: Actor, admin: Actor) -> None:
    image = producer.active_image(b"some bytes")
    assert download(producer, image, Range="bytes=5-9") == b"bytes"
    assert cached(admin) == []
    fill(admin, producer, image)
    assert download(producer, image, Range="bytes=5-9") == b"bytes"
    assert [entry["hits"] for entry in cached(admin)] == [0]


def test_no_bytes_are_cached_as_well(producer: Actor, admin: Actor) -> None:
    assert fill(admin, producer, producer.active_image(b""))["size"] == 0


def test_an_admin_has_an_image_cached(producer: Actor, admin: Actor) -> None:
    image = producer.active_image(b"some bytes")
    answer = admin.put(f"{HERE}/{image['id']}")
    assert (answer.status_code, answer.content) == (202, b"")
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
    (entry,) = soon(lambda: cached(admin))
    assert (entry["image_id"], entry["size"], entry["hits"]) == (image["id"], 10, 0)
    assert admin.get(HERE).json()["queued_images"] == []
    assert download(producer, image) == b"some bytes"
    assert soon(lambda: [entry for entry in cached(admin) if entry["hits"]])


def test_what_is_cached_is_not_queued(producer: Actor, admin: Actor) -> None:
    image = producer.active_image()
    entry = fill(admin, producer, image)
    assert admin.put(f"{HERE}/{image['id']}").status_code == 202
    assert admin.get(HERE).json() == {"cached_images": [entry], "queued_images": []}
    # The real service fetches it all the same, a moment later, and one image after another:
    # once the next is there, this one cannot come back during the next test.
    assert admin.put(f"{HERE}/{producer.active_image()['id']}").status_code == 202
    soon(lambda: len(cached(admin)) == 2)


def test_the_order_is_that_of_coming(producer: Actor, admin: Actor) -> None:
    images = [producer.active_image() for _ in range(3)]
    for image in reversed(images):
        fill(admin, producer, image)
    download(producer, images[1])
    assert [entry["image_id"] for entry in cached(admin)] == [image["id"] for image in reversed(images)]


@pytest.mark.parametrize("status", ["queued", "deactivated"])
def test_only_active_images_are_queued(producer: Actor, admin: Actor, status: str) -> None:
    image = producer.active_image() if status == "deactivated" else producer.image()
    if status == "deactivated":
        admin.post(f"{image['self']}/actions/deactivate")
    assert admin.put(f"{HERE}/{image['id']}").status_code == 400


def test_an_image_is_taken_out(producer: Actor, admin: Actor) -> None:
    image, other = producer.active_image(), producer.active_image()
    fill(admin, producer, image)
    fill(admin, producer, other)
    answer = admin.delete(f"{HERE}/{image['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert [entry["image_id"] for entry in cached(admin)] == [other["id"]]
    assert admin.delete(f"{HERE}/{image['id']}").status_code == 204
    assert download(producer, image) == b"some bytes"


@pytest.mark.parametrize(
    ("target", "status", "left"),
    [
        pytest.param(None, 204, 0, id="nothing said"),
        pytest.param("", 204, 0, id="nothing named"),
        pytest.param("cache", 204, 0, id="cache"),
        pytest.param("CACHE", 204, 0, id="capitals"),
        pytest.param("queue", 204, 1, id="queue"),
        pytest.param("both", 400, 1, id="something else"),
    ],
)
def test_what_is_cleared(producer: Actor, admin: Actor, target: str | None, status: int, left: int) -> None:
    fill(admin, producer, producer.active_image())
    answer = admin.delete(HERE, headers={} if target is None else {TARGET: target})
    assert answer.status_code == status
    assert len(cached(admin)) == left


def test_cleaning_and_pruning_leave_what_is_in_order(producer: Actor, admin: Actor) -> None:
    entry = fill(admin, producer, producer.active_image())
    answer = admin.post(f"{HERE}/clean")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
    answer = admin.post(f"{HERE}/prune")
    assert (answer.status_code, answer.json()) == (200, {"total_files_pruned": 0, "total_bytes_pruned": 0})
    assert cached(admin) == [entry]


def test_nodes_are_those_that_have_the_image(producer: Actor, admin: Actor) -> None:
    image = producer.active_image()
    assert admin.get(f"{HERE}/nodes/{image['id']}").json() == []
    fill(admin, producer, image)
    answer = admin.get(f"{HERE}/nodes/{image['id']}")
    assert (answer.status_code, answer.json()) == (200, [admin.url])


def test_a_deleted_image_is_cached_no_more(producer: Actor, admin: Actor) -> None:
    image = producer.active_image()
    fill(admin, producer, image)
    producer.delete(image["self"])
    assert cached(admin) == []
    assert producer.get(image["file"]).status_code == 404
    assert admin.delete(f"{HERE}/{image['id']}").status_code == 404


def test_the_cache_gives_to_nobody_what_the_image_does_not(producer: Actor, admin: Actor, outsider: Actor) -> None:
    image = producer.active_image()
    fill(admin, producer, image)
    assert outsider.get(image["file"]).status_code == 404
    admin.post(f"{image['self']}/actions/deactivate")
    assert producer.get(image["file"]).status_code == 403
    assert download(admin, image) == b"some bytes"


# Who may


@pytest.mark.parametrize("roles", ["member,reader", "reader", "service"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""), ("DELETE", ""), ("POST", "/clean"), ("POST", "/prune"),
        ("GET", "/nodes/{image}"), ("PUT", "/{image}"), ("DELETE", "/{image}"),
    ],
)  # fmt: skip
def test_the_cache_is_for_admins(producer: Actor, method: str, path: str, roles: str) -> None:
    image = producer.active_image()
    actor = Actor(producer.url, roles, project=producer.project)
    assert actor(method, HERE + path.format(image=image["id"])).status_code == 403


@pytest.mark.parametrize("who", ["producer", "admin"])
@pytest.mark.parametrize(("method", "path"), [("PUT", "/"), ("DELETE", "/"), ("GET", "/nodes/")])
def test_an_image_that_there_is_not(request: pytest.FixtureRequest, method: str, path: str, who: str) -> None:
    actor: Actor = request.getfixturevalue(who)
    status = 403 if (method, who) == ("GET", "producer") else 404
    assert actor(method, f"{HERE}{path}{uuid.uuid4()}").status_code == status


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("", {"GET", "DELETE"}),
        ("/clean", {"POST"}),
        ("/prune", {"POST"}),
        ("/nodes", {"PUT", "DELETE"}),
        ("/some-image", {"PUT", "DELETE"}),
        ("/nodes/some-image", {"GET"}),
    ],
)
def test_other_methods(admin: Actor, path: str, allowed: set[str]) -> None:
    for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} - allowed:
        answer = admin(method, HERE + path)
        assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, allowed), method


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""), ("DELETE", ""), ("POST", "/clean"), ("POST", "/prune"),
        ("GET", "/nodes/{image}"), ("PUT", "/{image}"), ("DELETE", "/{image}"),
    ],
)  # fmt: skip
def test_there_are_no_bodies(producer: Actor, admin: Actor, method: str, path: str) -> None:
    image = producer.active_image()
    assert admin(method, HERE + path.format(image=image["id"]), data=b"x").status_code == 400


def test_the_current_version_is_that_of_the_cache(admin: Actor) -> None:
    versions = admin.get("/versions").json()["versions"]
    assert [version["id"] for version in versions] == [f"v2.{minor}" for minor in range(18, -1, -1)]
    assert [version["id"] for version in versions if version["status"] == "CURRENT"] == ["v2.18"]
    assert admin.get("/v2.18/cache").status_code == 200
    assert admin.get("/cache", headers={"Accept": "application/vnd.openstack.images-v2.14"}).status_code == 200
    assert admin.get("/v2.19/cache").status_code == 300
