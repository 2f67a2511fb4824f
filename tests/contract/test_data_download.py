"""GET /v2/images/{id}/file: the data, or a part of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.contract.actors import Actor

CONTENT = bytes(range(256)) * 4
CHECKSUM = hashlib.md5(CONTENT).hexdigest()


@pytest.fixture(scope="module")
def owner(newcomer: Callable[..., Actor]) -> Actor:
    return newcomer()


@pytest.fixture(scope="module")
def file(owner: Actor) -> str:
    """The path of 1024 bytes; nobody changes them."""
    return str(owner.active_image(CONTENT)["file"])


# The whole


def test_a_download_is_what_was_uploaded(owner: Actor, file: str) -> None:
    answer = owner.get(file)
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Length"] == "1024"
    assert answer.headers["Content-MD5"] == CHECKSUM


@pytest.mark.parametrize("header", ["ETag", "Last-Modified", "Accept-Ranges", "Content-Range", "Content-Disposition"])
def test_a_download_says_no_more(owner: Actor, file: str, header: str) -> None:
    assert header not in owner.get(file).headers


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Accept": "application/json"}, id="accept-json"),
        pytest.param({"Accept": "image/png"}, id="accept-something-else"),
        pytest.param({"Accept-Encoding": "gzip"}, id="accept-encoding"),
        pytest.param({"If-None-Match": "*"}, id="if-none-match"),
        pytest.param({"If-None-Match": f'"{CHECKSUM}"'}, id="if-none-match-checksum"),
        pytest.param({"If-Modified-Since": "Thu, 01 Jan 2099 00:00:00 GMT"}, id="if-modified-since"),
    ],
)
def test_a_download_is_not_negotiated(owner: Actor, file: str, headers: dict[str, str]) -> None:
    answer = owner.get(file, headers=headers)
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert "Content-Encoding" not in answer.headers


def test_a_query_is_ignored(owner: Actor, file: str) -> None:
    assert owner.get(f"{file}?a=b").content == CONTENT


def test_empty_data_is_downloaded(producer: Actor) -> None:
    answer = producer.get(producer.active_image(b"")["file"])
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Length"] == "0"
    assert answer.headers["Content-MD5"] == hashlib.md5(b"").hexdigest()


def test_before_any_upload_there_is_no_content(producer: Actor) -> None:
    answer = producer.get(producer.image()["file"])
    assert (answer.status_code, answer.content) == (204, b"")
    assert "Content-MD5" not in answer.headers


@pytest.mark.parametrize("state", ["queued", "active"])
def test_the_head_alone_is_not_to_be_had(producer: Actor, state: str) -> None:
    image = producer.image() if state == "queued" else producer.active_image()
    answer = producer("HEAD", image["file"])
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "PUT"}


# Who may


@pytest.fixture(scope="module")
def callers(owner: Actor, newcomer: Callable[..., Actor]) -> dict[str, Actor]:
    return {
        "owner": owner,
        "reader": newcomer(roles="reader", project=owner.project),
        "pending": newcomer(),
        "accepted": newcomer(),
        "rejected": newcomer(),
        "outsider": newcomer(),
        "admin": newcomer(roles="admin,member,reader"),
        "mere admin": newcomer(roles="admin"),
        "nobody": newcomer(roles="", project=owner.project),
    }


@pytest.fixture(scope="module")
def files(owner: Actor, callers: dict[str, Actor]) -> Iterator[dict[str, str]]:
    """The path of an image's data, by visibility; of one without data, by its status."""
    images: dict[str, dict[str, Any]] = {
        kind: owner.active_image(visibility=kind) for kind in ("private", "shared", "community")
    }
    images["public"] = callers["admin"].active_image(visibility="public")
    images["queued"] = owner.image()
    for kind in ("shared", "queued"):
        for status in ("pending", "accepted", "rejected"):
            owner.offer(images[kind], callers[status], status)
    yield {kind: image["file"] for kind, image in images.items()}
    callers["admin"].delete(images["public"]["self"])


@pytest.mark.parametrize(
    ("who", "private", "shared", "community", "public", "queued"),
    [
        pytest.param("owner", 200, 200, 200, 200, 204, id="owner"),
        pytest.param("reader", 403, 403, 403, 403, 403, id="reader"),
        pytest.param("pending", 404, 200, 200, 200, 204, id="pending"),
        pytest.param("accepted", 404, 200, 200, 200, 204, id="accepted"),
        pytest.param("rejected", 404, 200, 200, 200, 204, id="rejected"),
        pytest.param("outsider", 404, 404, 200, 200, 404, id="outsider"),
        pytest.param("admin", 200, 200, 200, 200, 204, id="admin"),
        pytest.param("mere admin", 200, 200, 200, 200, 204, id="mere-admin"),
        pytest.param("nobody", 404, 404, 404, 404, 404, id="without-a-role"),
    ],
)
def test_who_may_download(
    callers: dict[str, Actor],
    files: dict[str, str],
    who: str,
    private: int,
    shared: int,
    community: int,
    public: int,
    queued: int,
) -> None:
    """A reader may not, not even what is its own project's."""
    due = {"private": private, "shared": shared, "community": community, "public": public, "queued": queued}
    assert {kind: callers[who].get(files[kind]).status_code for kind in due} == due


def test_a_hidden_image_is_downloaded(producer: Actor) -> None:
    assert producer.get(producer.active_image(os_hidden=True)["file"]).status_code == 200


def test_a_deleted_image_is_not_found(producer: Actor) -> None:
    image = producer.active_image()
    producer.delete(f"/v2/images/{image['id']}")
    assert producer.get(image["file"]).status_code == 404
    assert producer.get("/v2/images/nonsense/file").status_code == 404


def test_a_member_keeps_nothing_when_the_image_is_taken_back(producer: Actor, consumer: Actor) -> None:
    image = producer.active_image()
    producer.offer(image, consumer, "accepted")
    producer.delete(f"/v2/images/{image['id']}/members/{consumer.project}")
    assert consumer.get(image["file"]).status_code == 404


# A part


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        pytest.param("bytes=0-9", 0, 9, id="beginning"),
        pytest.param("bytes=0-0", 0, 0, id="first-byte"),
        pytest.param("bytes=1023-1023", 1023, 1023, id="last-byte"),
        pytest.param("bytes=300-305", 300, 305, id="middle"),
        pytest.param("bytes=5-", 5, 1023, id="open"),
        pytest.param("bytes=0-", 0, 1023, id="open-from-the-beginning"),
        pytest.param("bytes=0-1023", 0, 1023, id="everything"),
        pytest.param("bytes=-5", 1019, 1023, id="end"),
        pytest.param("bytes=-2000", 0, 1023, id="end-longer-than-the-whole"),
        pytest.param("bytes=1000-5000", 1000, 1023, id="beyond-the-end"),
        pytest.param("Bytes=0-9", 0, 9, id="capitalised"),
        pytest.param("bytes= 0 - 9", 0, 9, id="blanks"),
    ],
)
def test_a_range_is_a_part(owner: Actor, file: str, asked: str, first: int, last: int) -> None:
    answer = owner.get(file, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (206, CONTENT[first : last + 1])
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/1024"
    assert answer.headers["Content-Length"] == str(last - first + 1)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-MD5"] == CHECKSUM  # of the whole


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        pytest.param("bytes=1024-", 416, id="open-from-the-end"),
        pytest.param("bytes=1024-1030", 416, id="after-the-end"),
        pytest.param("bytes=9-5", 416, id="backwards"),
        pytest.param("bytes=", 416, id="nothing"),
        pytest.param("bytes", 416, id="unit-alone"),
        pytest.param("bytes=5", 416, id="one-number"),
        pytest.param("bytes=a-b", 416, id="letters"),
        pytest.param("0-9", 416, id="no-unit"),
        pytest.param("items=0-9", 416, id="another-unit"),
        pytest.param("", 416, id="empty"),
        pytest.param("bytes=0-1,4-5", 400, id="two"),
        pytest.param("bytes=0-1, 4-5", 400, id="two-with-a-blank"),
        pytest.param("bytes=0-9,", 400, id="trailing-comma"),
    ],
)
def test_other_ranges_are_refused(owner: Actor, file: str, asked: str, status: int) -> None:
    answer = owner.get(file, headers={"Range": asked, "Accept": "application/json"})
    assert answer.status_code == status
    assert answer.json()["code"].startswith(str(status))
    assert "Content-Range" not in answer.headers
    assert "Content-MD5" not in answer.headers


def test_nothing_has_no_part(producer: Actor) -> None:
    file = producer.active_image(b"")["file"]
    assert producer.get(file, headers={"Range": "bytes=0-0"}).status_code == 416


def test_the_end_of_nothing_is_nothing(producer: Actor) -> None:
    answer = producer.get(producer.active_image(b"")["file"], headers={"Range": "bytes=-5"})
    assert (answer.status_code, answer.content) == (206, b"")
    assert answer.headers["Content-Range"] == "bytes 0--1/0"


@pytest.mark.parametrize(
    "header", [{"Range": "bytes=9-5"}, {"Range": "bytes=a"}, {"Content-Range": "bytes 9-5/10"}], ids=str
)
def test_what_is_no_range_is_refused_where_no_data_are(producer: Actor, header: dict[str, str]) -> None:
    assert producer.get(producer.image()["file"], headers=header).status_code == 416


@pytest.mark.parametrize("condition", ['"x"', f'"{CHECKSUM}"', "Wed, 01 Jan 2020 00:00:00 GMT"])
def test_a_condition_on_the_range_is_ignored(owner: Actor, file: str, condition: str) -> None:
    assert owner.get(file, headers={"Range": "bytes=0-9", "If-Range": condition}).status_code == 206


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        pytest.param("bytes 0-9/1024", 0, 9, id="beginning"),
        pytest.param("bytes 0-9/*", 0, 9, id="of-whatever"),
        pytest.param("bytes 0-1023/1024", 0, 1023, id="everything"),
    ],
)
def test_old_clients_ask_with_content_range(owner: Actor, file: str, asked: str, first: int, last: int) -> None:
    answer = owner.get(file, headers={"Content-Range": asked})
    assert (answer.status_code, answer.content) == (206, CONTENT[first : last + 1])
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/1024"


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param("bytes 0-9", id="of-nothing"),
        pytest.param("bytes 9-5/1024", id="backwards"),
        pytest.param("bytes 0-9/5", id="longer-than-the-whole"),
        pytest.param("bytes 1024-1030/1024", id="after-the-end"),
        pytest.param("bytes 5-*/*", id="open"),
        pytest.param("bytes=0-9", id="as-a-range"),
        pytest.param("junk", id="junk"),
    ],
)
def test_other_content_ranges_are_refused(owner: Actor, file: str, asked: str) -> None:
    assert owner.get(file, headers={"Content-Range": asked}).status_code == 416


def test_a_range_comes_before_a_content_range(owner: Actor, file: str) -> None:
    answer = owner.get(file, headers={"Content-Range": "bytes 0-9/1024", "Range": "bytes=5-6"})
    assert answer.content == CONTENT[5:7]


# Which refusal comes first


@pytest.mark.parametrize("asked", ["junk", "bytes=0-1,3-4", "bytes=9999-"])
def test_permission_comes_before_the_range(
    producer: Actor, reader: Actor, outsider: Actor, admin: Actor, asked: str
) -> None:
    image = producer.active_image()
    bad = {"Range": asked}
    assert reader.get(image["file"], headers=bad).status_code == 403
    assert outsider.get(image["file"], headers=bad).status_code == 404
    producer.post(f"/v2/images/{image['id']}/actions/deactivate")
    assert producer.get(image["file"], headers=bad).status_code == 403
    assert admin.get(image["file"], headers=bad).status_code in (400, 416)
