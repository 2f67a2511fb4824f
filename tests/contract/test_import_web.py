"""POST /v2/images/{id}/import: web-download, and what may be done while an import runs."""

from __future__ import annotations

import hashlib
import threading
import time
from typing import Any

import pytest

from tests.contract.actors import Actor
from tests.contract.importing import (
    FAILED,
    IMPORTING,
    OCTETS,
    TASK,
    Web,
    imported,
    order,
    outcome,
    settled,
    show,
    stage,
    tasks,
)
from tests.contract.stores import BY_NAME, FIRST, SECOND

EMPTY = ("queued", None, None, "", FIRST)


# What becomes of the image


def test_a_web_download_makes_the_image_active(producer: Actor, web: Web) -> None:
    content = b"from the web" * 1000
    image = producer.image()
    shown = imported(producer, image, "web-download", uri=web.put("/image", content))
    assert {key: value for key, value in shown.items() if image.get(key) != value and key != "updated_at"} == {
        "status": "active",
        "size": 12000,
        "virtual_size": 12000,
        "checksum": hashlib.md5(content).hexdigest(),
        "os_hash_algo": "sha512",
        "os_hash_value": hashlib.sha512(content).hexdigest(),
        "stores": FIRST,
        IMPORTING: "",
        FAILED: "",
    }
    assert producer.get(image["file"]).content == content


def test_the_task_tells_where_the_data_came_from(producer: Actor, web: Web) -> None:
    image, uri = producer.image(), web.put("/task", b"x")
    imported(producer, image, "web-download", uri=uri)
    (task,) = tasks(producer, image)
    assert task["input"]["import_req"] == {"method": {"name": "web-download", "uri": uri}}
    assert task["input"]["backend"] == [FIRST]


@pytest.mark.parametrize(
    ("page", "content"),
    [
        pytest.param({"content": b""}, b"", id="empty"),
        pytest.param({"content": b"", "status": 204}, b"", id="no-content"),
        pytest.param({"content": b"abc", "headers": {"Content-Length": ""}}, b"abc", id="without-a-length"),
        pytest.param({"content": b"abc", "headers": {"Content-Encoding": "gzip"}}, b"abc", id="encoded"),
        pytest.param({"content": b"abc", "headers": {"Content-Type": "text/html"}}, b"abc", id="another-type"),
        pytest.param(
            {"content": b"3\r\nabc\r\n0\r\n\r\n", "headers": {"Content-Length": "", "Transfer-Encoding": "chunked"}},
            b"abc",
            id="chunked",
        ),
    ],
)
def test_what_is_answered_is_the_image(producer: Actor, web: Web, page: dict[str, Any], content: bytes) -> None:
    image = producer.image()
    shown = imported(producer, image, "web-download", uri=web.put("/page", **page))
    assert outcome(shown) == ("active", len(content), FIRST, "", "")
    assert shown["checksum"] == hashlib.md5(content).hexdigest()


@pytest.mark.parametrize(
    ("options", "stores"),
    [
        pytest.param({"stores": [SECOND, FIRST]}, f"{SECOND},{FIRST}", id="two"),
        pytest.param({"all_stores": True}, f"{FIRST},{SECOND}", id="all"),
        pytest.param({"all_stores": True, "all_stores_must_succeed": False}, f"{FIRST},{SECOND}", id="some"),
    ],
)
def test_the_data_go_to_several_stores(producer: Actor, web: Web, options: dict[str, Any], stores: str) -> None:
    shown = imported(producer, producer.image(), "web-download", uri=web.put("/several", b"abc"), options=options)
    assert outcome(shown) == ("active", 3, stores, "", "")


# What fails


@pytest.mark.parametrize(
    "page",
    [
        pytest.param({"status": 404}, id="not-found"),
        pytest.param({"status": 403}, id="forbidden"),
        pytest.param({"status": 500}, id="broken"),
        pytest.param({"content": b"abc", "headers": {"Content-Length": "100"}}, id="shorter-than-announced"),
        pytest.param({"status": 302, "headers": {"Location": "ftp://0.0.0.0/"}}, id="redirect-to-ftp"),
        pytest.param({"status": 302, "headers": {"Location": "http://169.254.0.1/"}}, id="redirect-to-link-local"),
        pytest.param({"status": 302, "headers": {"Location": "/failing"}}, id="redirect-in-a-circle"),
    ],
)
def test_what_cannot_be_had_leaves_the_image_queued(producer: Actor, web: Web, page: dict[str, Any]) -> None:
    image = producer.image()
    assert outcome(imported(producer, image, "web-download", uri=web.put("/failing", **page))) == EMPTY
    assert [(task["status"], task["result"]) for task in tasks(producer, image)] == [("failure", None)]


def test_a_server_that_is_not_there(producer: Actor) -> None:
    assert outcome(imported(producer, producer.image(), "web-download", uri="http://0.0.0.0:1/image")) == EMPTY


@pytest.mark.parametrize(
    ("first", "second", "failed"),
    [
        pytest.param({"all_stores": True}, {}, SECOND, id="the other failed before"),
        pytest.param({"all_stores": True}, {"stores": [SECOND]}, FIRST, id="the default failed before"),
        pytest.param({"all_stores": True}, {"all_stores": True}, "", id="all well now"),
        pytest.param({"stores": [SECOND]}, {}, SECOND, id="only the other failed"),
        pytest.param({"stores": [FIRST]}, {}, "", id="well now"),
    ],
)
def test_a_failure_is_told_until_the_store_has_the_data(
    producer: Actor, web: Web, first: dict[str, Any], second: dict[str, Any], failed: str
) -> None:
    image = producer.image()
    imported(producer, image, "web-download", uri=f"{web.url}/none", options=first)
    shown = imported(producer, image, "web-download", uri=web.put("/now", b"abc"), options=second)
    assert (shown["status"], shown[FAILED]) == ("active", failed)


@pytest.mark.parametrize("must", [True, False])
def test_all_stores_fail_with_the_download(producer: Actor, web: Web, must: bool) -> None:
    options = {"all_stores": True, "all_stores_must_succeed": must}
    shown = imported(producer, producer.image(), "web-download", uri=f"{web.url}/none", options=options)
    assert outcome(shown) == ("queued", None, None, "", BY_NAME)


def test_data_of_another_format_fail(producer: Actor, web: Web) -> None:
    image = producer.image(disk_format="qcow2")
    shown = imported(producer, image, "web-download", uri=web.put("/no-qcow2", b"abc"))
    assert outcome(shown) == EMPTY
    assert (shown["checksum"], shown["os_hash_value"]) == (None, None)


def test_after_a_failure_another_way_can_be_tried(producer: Actor, web: Web) -> None:
    failing, good = f"{web.url}/none", web.put("/good", b"good")
    images = [producer.image() for _ in range(3)]
    for image in images:
        imported(producer, image, "web-download", uri=failing)
    assert outcome(imported(producer, images[0], "web-download", uri=good)) == ("active", 4, FIRST, "", "")
    assert [task["status"] for task in tasks(producer, images[0])] == ["failure", "success"]
    assert stage(producer, images[1]).status_code == 204
    assert outcome(imported(producer, images[1])) == ("active", 6, FIRST, "", "")
    producer.upload(images[2], b"by hand")
    assert outcome(show(producer, images[2])) == ("active", 7, FIRST, "", FIRST)


# Where it may go


@pytest.mark.parametrize(
    "path", [pytest.param("http://{}/target", id="absolute"), pytest.param("/target", id="relative")]
)
@pytest.mark.parametrize("status", [301, 302, 303, 307])
def test_redirects_are_followed(producer: Actor, web: Web, path: str, status: int) -> None:
    web.put("/target", b"there")
    location = path.format(web.url.removeprefix("http://"))
    uri = web.put("/here", status=status, headers={"Location": location})
    assert outcome(imported(producer, producer.image(), "web-download", uri=uri))[:2] == ("active", 5)


@pytest.mark.parametrize(
    "needs",
    [
        pytest.param({}, id="none"),
        pytest.param({"uri": None}, id="null"),
        pytest.param({"uri": ""}, id="empty"),
        pytest.param({"uri": []}, id="list"),
        pytest.param({"uri": "ftp://0.0.0.0/x"}, id="ftp"),
        pytest.param({"uri": "file:///etc/passwd"}, id="file"),
        pytest.param({"uri": "image.raw"}, id="path"),
        pytest.param({"uri": "http://"}, id="no-host"),
        pytest.param({"uri": "//0.0.0.0/x"}, id="no-scheme"),
        pytest.param({"uri": "http:0.0.0.0"}, id="no-slashes"),
        pytest.param({"uri": "http://0.0.0.0:port/x"}, id="port-of-letters"),
        pytest.param({"uri": "http://0.0.0.0:99999/x"}, id="port-too-high"),
        pytest.param({"uri": "http://host.invalid/x"}, id="unknown-host"),
        pytest.param({"uri": "http://169.254.169.254/x"}, id="link-local"),
        pytest.param({"uri": "http://[fe80::1]/x"}, id="link-local-6"),
        pytest.param({"uri": "http://2130706433/x"}, id="address-as-number"),
        pytest.param({"uri": "http://0x7f000001/x"}, id="address-as-hexadecimal-number"),
        pytest.param({"uri": "http://010.8.8.8/x"}, id="address-with-octal-numbers"),
        pytest.param({"uri": "http://8.8.8/x"}, id="short-address"),
    ],
)
def test_what_is_nothing_to_be_fetched(producer: Actor, needs: dict[str, Any]) -> None:
    image = producer.image()
    assert order(producer, image, "web-download", **needs).status_code == 400
    assert order(producer, image, "web-download", store="nowhere", **needs).status_code == 409
    assert show(producer, image)["status"] == "queued"
    assert tasks(producer, image) == []


def test_what_is_fetched_is_judged_last(producer: Actor, reader: Actor) -> None:
    assert order(reader, producer.image(), "web-download", uri="ftp://x").status_code == 403
    assert order(producer, producer.active_image(), "web-download", uri="ftp://x").status_code == 409


# While it runs


@pytest.fixture
def running(producer: Actor, web: Web) -> dict[str, Any]:
    """An image whose import waits for the second half of its data, until `web.pages["/slow"].gate` opens."""
    uri = web.put("/slow", b"slowly", gate=threading.Event())
    image = producer.image()
    assert order(producer, image, "web-download", uri=uri).status_code == 202
    deadline = time.monotonic() + 10
    while show(producer, image)["status"] != "importing":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return image


def go_on(web: Web) -> None:
    gate = web.pages["/slow"].gate
    assert gate is not None
    gate.set()


def test_while_an_import_runs_the_image_tells_of_it(producer: Actor, web: Web, running: dict[str, Any]) -> None:
    shown = show(producer, running)
    assert outcome(shown) == ("importing", None, None, FIRST, "")
    (task,) = tasks(producer, running)
    assert shown[TASK] == task["id"]
    assert (task["status"], task["result"], task["expires_at"]) == ("processing", None, None)
    assert producer.listed("?status=importing") == producer.listed() == [running["id"]]
    go_on(web)
    assert outcome(settled(producer, running)) == ("active", 6, FIRST, "", "")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        pytest.param("PUT", "/file", b"data", 409, id="upload"),
        pytest.param("PUT", "/stage", b"data", 409, id="stage"),
        pytest.param("GET", "/file", None, 204, id="download"),
        pytest.param("POST", "/actions/deactivate", None, 403, id="deactivate"),
    ],
)
def test_what_may_not_be_done_while_an_import_runs(
    producer: Actor, web: Web, running: dict[str, Any], method: str, path: str, body: bytes | None, status: int
) -> None:
    headers = {"Content-Type": OCTETS, "Connection": "close"} if body else {}
    assert producer(method, running["self"] + path, data=body, headers=headers).status_code == status
    go_on(web)
    assert settled(producer, running)["status"] == "active"


def test_one_import_at_a_time(producer: Actor, admin: Actor, web: Web, running: dict[str, Any]) -> None:
    assert order(producer, running, "web-download", uri=f"{web.url}/none").status_code == 409
    assert order(producer, running).status_code == 409
    assert order(admin, running, "copy-image", options={"stores": [SECOND]}).status_code == 409
    go_on(web)
    assert settled(producer, running)["status"] == "active"
    assert len(tasks(producer, running)) == 1


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        pytest.param("name", "new", "active", id="name"),
        pytest.param("disk_format", "qcow2", "queued", id="disk_format"),
        pytest.param("disk_format", "ami", "active", id="disk_format-that-anything-has"),
    ],
)
def test_what_is_changed_while_an_import_runs(
    producer: Actor, web: Web, running: dict[str, Any], name: str, value: str, expected: str
) -> None:
    change = {"op": "replace", "path": f"/{name}", "value": value}
    assert producer.patch(running["self"], change).status_code == 200
    go_on(web)
    shown = settled(producer, running)
    assert (shown["status"], shown[name]) == (expected, value)


def test_an_image_is_deleted_while_its_import_runs(producer: Actor, web: Web, running: dict[str, Any]) -> None:
    assert producer.delete(running["self"]).status_code == 204
    go_on(web)
    time.sleep(0.5)
    assert producer.get(running["self"]).status_code == 404
    again = producer.image()
    assert outcome(imported(producer, again, "web-download", uri=web.put("/again", b"a"))) == (
        "active",
        1,
        FIRST,
        "",
        "",
    )


def test_a_protected_image_is_not_deleted_while_its_import_runs(
    producer: Actor, web: Web, running: dict[str, Any]
) -> None:
    change = {"op": "replace", "path": "/protected", "value": True}
    assert producer.patch(running["self"], change).status_code == 200
    assert producer.delete(running["self"]).status_code == 403
    go_on(web)
    settled(producer, running)  # the real service has thrown away what was staged: what it ends with is no example
