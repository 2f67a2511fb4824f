"""Requests that no well-behaved client sends: what comes back is a matter of the server below as well."""

from __future__ import annotations

import gzip
import re
import socket
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.actors import Actor

Newcomer = Callable[..., Actor]
LIST = "/v2/images?limit=0"


class Wire:
    """A way to send bytes as they are, in the name of an actor."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._address = actor.address

    def identity(self) -> str:
        return "".join(f"{name}: {value}\r\n" for name, value in self._actor.headers.items())

    def request(
        self, line: str, headers: str = "", body: str | bytes = b"", end: str = "Connection: close\r\n"
    ) -> bytes:
        host = "" if "Host:" in headers else "Host: h\r\n"
        head = f"{line}\r\n{host}{self.identity()}{headers}{end}\r\n".encode("latin-1")
        return head + (body if isinstance(body, bytes) else body.encode())

    def talk(self, *requests: bytes, cut: bool = False) -> list[int]:
        """Send requests on one connection; return the statuses of the answers. `cut`: say that nothing more comes."""
        return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", self.raw(*requests, cut=cut))]

    def raw(self, *requests: bytes, cut: bool = False) -> bytes:
        with socket.create_connection(self._address, timeout=30) as connection:
            connection.sendall(b"".join(requests))
            if cut:
                connection.shutdown(socket.SHUT_WR)
            found = b""
            while piece := connection.recv(65536):
                found += piece
            return found

    def ask(self, line: str, headers: str = "", body: str | bytes = b"", cut: bool = False) -> int:
        """Send one request; return the status of the one answer."""
        [status] = self.talk(self.request(line, headers, body), cut=cut)
        return status


@pytest.fixture
def wire(producer: Actor) -> Wire:
    return Wire(producer)


# The request line.


@pytest.mark.parametrize(
    ("line", "status"),
    [
        pytest.param(f"GET {LIST} HTTP/1.0", 200, id="HTTP/1.0"),
        pytest.param("GET /v2/images HTTP/2.0", 400, id="HTTP/2.0"),
        pytest.param("get /v2/images HTTP/1.1", 400, id="lower-case"),
        pytest.param("GE T /v2/images HTTP/1.1", 400, id="two-methods"),
        pytest.param("GET /v2/images/a b HTTP/1.1", 400, id="blank"),
        pytest.param(f"GET http://elsewhere{LIST} HTTP/1.1", 200, id="absolute"),
        pytest.param("GET v2/images HTTP/1.1", 400, id="no-slash"),
        pytest.param("GET /v2/images#x HTTP/1.1", 200, id="fragment"),
        pytest.param("GET /v2/images? HTTP/1.1", 200, id="empty-query"),
        pytest.param(f"GET /v2/images/{'a' * 4000} HTTP/1.1", 404, id="long"),
        pytest.param(f"GET /v2/images/{'a' * 4100} HTTP/1.1", 414, id="too-long"),
        pytest.param(f"GET /v2/images/{'a' * 70000} HTTP/1.1", 414, id="far-too-long"),
    ],
)
def test_request_lines(wire: Wire, line: str, status: int) -> None:
    assert wire.ask(line) == status


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("//v2/images", 200, id="slashes-first"),
        pytest.param("/v2//images", 200, id="slashes-within"),
        pytest.param("/v2/./images", 404, id="dot"),
        pytest.param("/v2/x/../images", 404, id="dots"),
        pytest.param("/v2/x/%2e%2e/images", 404, id="quoted-dots"),
        pytest.param("/v2/%69mages", 200, id="quoted-letter"),
        pytest.param("/%762/images", 200, id="quoted-version"),
        pytest.param("/v2%2Fimages", 200, id="quoted-slash"),
        pytest.param("/v2/images/%00", 404, id="NUL"),
        pytest.param("/v2/images/%01%0A", 404, id="control"),
        pytest.param("/v2/images/%zz", 404, id="bad-quoting"),
        pytest.param("/v2/images/\xc3\xa9", 400, id="UTF-8"),
        pytest.param("/v2/images;x=1", 404, id="semicolon"),
        pytest.param("/v2\\images", 300, id="backslash"),
        pytest.param("/v2/images?name=%FF", 400, id="query-not-UTF-8"),
        pytest.param("/v2/images?name=\xff", 400, id="query-raw"),
        pytest.param("/v2/images?name=%zz", 200, id="query-bad-quoting"),
        pytest.param("/v2/images?name=%00", 200, id="query-NUL"),
    ],
)
def test_paths(wire: Wire, path: str, status: int) -> None:
    assert wire.ask(f"GET {path} HTTP/1.1") == status


def test_tags_may_have_control_characters(producer: Actor, wire: Wire) -> None:
    image = producer.image()["self"]
    assert wire.ask(f"PUT {image}/tags/a%0Ab HTTP/1.1") == 204
    assert producer.get(image).json()["tags"] == ["a\nb"]


# Headers.


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param("X-A: " + "a" * 8000 + "\r\n", 200, id="long"),
        pytest.param("X-A: " + "a" * 70000 + "\r\n", 431, id="too-long"),
        pytest.param("".join(f"X-{number}: a\r\n" for number in range(120)), 431, id="too-many"),
        pytest.param("X A: a\r\n", 400, id="blank-in-name"),
        pytest.param("nonsense\r\n", 400, id="no-colon"),
        pytest.param("X-A: a\r\n b\r\n", 400, id="folded"),
        pytest.param("X-A: a\x00b\r\n", 400, id="NUL"),
        pytest.param("X-A: \xe9\r\n", 200, id="latin-1"),
        pytest.param("X_Roles: admin\r\n", 200, id="underscore"),
        pytest.param("Accept-Encoding: gzip\r\n", 200, id="gzip-accepted"),
    ],
)
def test_headers(wire: Wire, headers: str, status: int) -> None:
    assert wire.ask(f"GET {LIST} HTTP/1.1", headers) == status


def test_answers_are_not_compressed(producer: Actor) -> None:
    assert "Content-Encoding" not in producer.get(LIST, headers={"Accept-Encoding": "gzip, deflate, br"}).headers


@pytest.mark.parametrize("header", ["X_Roles", "X-Roles_", "X.Roles"])
def test_no_spelling_makes_an_admin(newcomer: Newcomer, producer: Actor, header: str) -> None:
    image = producer.image(visibility="private")["self"]
    assert Wire(newcomer()).ask(f"GET {image} HTTP/1.1", f"{header}: admin\r\n") == 404


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param('a b;"<>', 'req-a b;"<>', id="odd"),
        pytest.param("a\tb", "req-a\tb", id="tab"),
        pytest.param("req-" + "a" * 60, "req-" + "a" * 60, id="long"),
    ],
)
def test_odd_request_ids_come_back(wire: Wire, given: str, told: str) -> None:
    answer = wire.raw(wire.request(f"GET {LIST} HTTP/1.1", f"X-Openstack-Request-Id: {given}\r\n"))
    assert f"x-openstack-request-id: {told}\r\n".encode() in answer


def test_an_empty_request_id_is_none(wire: Wire) -> None:
    answer = wire.raw(wire.request(f"GET {LIST} HTTP/1.1", "X-Openstack-Request-Id: \r\n"))
    assert re.search(rb"x-openstack-request-id: req-[0-9a-f-]{36}\r\n", answer)


# The length of a body.


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        pytest.param("Content-Length: 2\r\n", "{}", 201, id="length"),
        pytest.param("Content-Length: 2\r\nContent-Length: 2\r\n", "{}", 400, id="twice"),
        pytest.param("Content-Length: 2\r\nContent-Length: 3\r\n", "{}x", 400, id="two-lengths"),
        pytest.param("Content-Length: 2, 2\r\n", "{}", 400, id="list"),
        pytest.param("Content-Length: -1\r\n", "{}", 400, id="negative"),
        pytest.param("Content-Length: +2\r\n", "{}", 400, id="plus"),
        pytest.param("Content-Length: 0x2\r\n", "{}", 400, id="hexadecimal"),
        pytest.param("Content-Length: \xb2\r\n", "{}", 400, id="superscript"),
        pytest.param("Content-Length: x\r\n", "{}", 400, id="no-number"),
        pytest.param("Content-Length:\r\n", "{}", 400, id="empty"),
        pytest.param("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n", 400, id="both"),
        pytest.param("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n", 201, id="chunked"),
        pytest.param("Transfer-Encoding: chunked\r\n", "2;a=b\r\n{}\r\n0\r\n\r\n", 201, id="extension"),
        pytest.param("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\nX-A: b\r\n\r\n", 201, id="trailer"),
        pytest.param("Transfer-Encoding: chunked, chunked\r\n", "2\r\n{}\r\n0\r\n\r\n", 400, id="chunked-twice"),
        pytest.param("Transfer-Encoding: gzip, chunked\r\n", "2\r\n{}\r\n0\r\n\r\n", 400, id="compressed"),
        pytest.param("Transfer-Encoding : chunked\r\n", "2\r\n{}\r\n0\r\n\r\n", 400, id="blank-before-colon"),
        pytest.param("Expect: 100-continue\r\nContent-Length: 2\r\n", "{}", 100, id="expect"),
    ],
)
def test_lengths(wire: Wire, headers: str, body: str, status: int) -> None:
    statuses = wire.talk(wire.request("POST /v2/images HTTP/1.1", headers, body))
    assert statuses == ([100, 201] if status == 100 else [status])


def test_what_follows_a_body_is_a_request_of_its_own(wire: Wire) -> None:
    create = wire.request("POST /v2/images HTTP/1.1", "Content-Length: 2\r\n", "{}", end="")
    assert wire.talk(create, wire.request(f"GET {LIST} HTTP/1.1")) == [201, 200]


# Bodies.


def encoded(text: str, charset: str) -> bytes:
    return text.encode(charset)


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        pytest.param({"Content-Encoding": "gzip"}, gzip.compress(b"{}"), 400, id="gzip"),
        pytest.param({"Content-Encoding": "identity"}, b"{}", 201, id="identity"),
        pytest.param({"Content-Type": "application/json; charset=latin-1"}, encoded('{"name": "\xe9"}', "latin-1"), 400,
                     id="latin-1"),
        pytest.param({"Content-Type": "application/json; charset=nonsense"}, b"{}", 201, id="no-charset-at-all"),
        pytest.param({"Content-Type": "application/json; charset=utf-16"}, encoded("{}", "utf-16"), 400, id="UTF-16"),
    ],
)  # fmt: skip
def test_bodies_are_utf_8_and_as_they_are(producer: Actor, headers: dict[str, str], body: bytes, status: int) -> None:
    assert producer("POST", "/v2/images", data=body, headers=headers).status_code == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        *(pytest.param({name: 1}, 403, id=name) for name in ("self", "file", "schema", "direct_url", "stores")),
        *(pytest.param({name: 1}, 400, id=name) for name in ("status", "checksum", "created_at", "id", "deleted", "k")),
        pytest.param({"name": 1, "self": "x"}, 403, id="self-and-a-bad-name"),
        pytest.param({"k": 1, "stores": "x"}, 403, id="stores-and-a-bad-property"),
    ],
)
def test_links_are_refused_before_values_are_looked_at(producer: Actor, body: dict[str, Any], status: int) -> None:
    assert producer.post("/v2/images", body).status_code == status


# Lists.


@pytest.mark.parametrize(
    ("query", "status"),
    [
        *(
            pytest.param(query, 400, id=query)
            for query in ("limit=x", "visibility=x", "sort_key=x", "sort_dir=x", "member_status=x", "os_hidden=x",
                          "protected=x", "changes-since=x", "name=%FF", "sort=name&sort_key=name")
        ),
        *(
            pytest.param(query, 403, id=query)
            for query in ("size_min=x", "created_at=x", "name=x:y", "name=in:%22a", f"marker={uuid.UUID(int=3)}")
        ),
    ],
)  # fmt: skip
def test_policy_is_asked_before_filters_are_read(newcomer: Newcomer, query: str, status: int) -> None:
    assert newcomer(roles="member").get(f"/v2/images?{query}").status_code == status


@pytest.mark.parametrize(
    ("query", "said"),
    [
        pytest.param("limit=1;limit=0", "limit=0", id="limit"),
        pytest.param("name=a;b=c", "name=a&b=c", id="two-filters"),
        pytest.param("name=a%3Bb", "name=a%3Bb", id="quoted"),
        pytest.param("sort_key=name;drop", "sort_key=name&drop=", id="sort-key"),
    ],
)
def test_a_semicolon_separates_parameters_too(producer: Actor, query: str, said: str) -> None:
    assert producer.get(f"/v2/images?{query}").json()["first"] == f"/v2/images?{said}"


@pytest.mark.parametrize(
    ("number", "found"),
    [
        pytest.param("1_0", 1, id="underscore"),
        pytest.param("1_1", 0, id="underscore-more"),
        pytest.param("%D9%A1%D9%A0", 1, id="arabic"),
        pytest.param("%2B10", 1, id="plus"),
        pytest.param("+10+", 1, id="blanks"),
    ],
)
def test_numbers_are_read_as_python_reads_them(producer: Actor, number: str, found: int) -> None:
    producer.active_image(b"0123456789")
    assert len(producer.get(f"/v2/images?owner={producer.project}&size_min={number}").json()["images"]) == found


# Data.


@pytest.mark.parametrize("below", ["/file", "//file", "%2Ffile"])
def test_downloading_asks_for_the_role_member_alone(producer: Actor, newcomer: Newcomer, below: str) -> None:
    image = producer.active_image(b"some bytes")["self"]
    member = newcomer(roles="member", project=producer.project)
    assert Wire(member).ask(f"GET {image}{below} HTTP/1.1") == 200
    assert member.get(image).status_code == 404


@pytest.mark.parametrize("roles", ["member,reader", "reader", ""])
def test_that_data_are_withheld_is_said_before_policy_is_asked(producer: Actor, newcomer: Newcomer, roles: str) -> None:
    image = producer.active_image(b"some bytes")["self"]
    assert producer.post(f"{image}/actions/deactivate").status_code == 204
    assert newcomer(roles=roles, project=producer.project).get(f"{image}/file").status_code == 403


@pytest.mark.parametrize(
    ("asked", "content"),
    [
        pytest.param("bytes=0-1-2", b"01", id="third-number"),
        pytest.param("bytes=0-1x", b"01", id="letter"),
        pytest.param("bytes=0-0_1", b"0", id="underscore"),
        pytest.param("bytes=0--1", b"0123456789", id="two-hyphens"),
        pytest.param("bytes=5-x", b"56789", id="no-end"),
        pytest.param("bytes=-5-6", b"56789", id="from-the-end"),
        pytest.param("bytes=3-4;", b"34", id="semicolon"),
        pytest.param("bytes= - 3", b"789", id="blanks"),
    ],
)
def test_what_follows_a_range_does_not_matter(producer: Actor, asked: str, content: bytes) -> None:
    image = producer.active_image(b"0123456789")["self"]
    answer = producer.get(f"{image}/file", headers={"Range": asked})
    assert (answer.status_code, answer.content) == (206, content)


@pytest.mark.parametrize("asked", ["bytes 0-1/10x", "bytes 0-1/*x", "bytes 0-1/10 "])
def test_nor_what_follows_an_old_one(producer: Actor, asked: str) -> None:
    image = producer.active_image(b"0123456789")["self"]
    assert Wire(producer).ask(f"GET {image}/file HTTP/1.1", f"Content-Range: {asked}\r\n") == 206


# Health.


@pytest.mark.parametrize("query", ["", "?detailed", "?detailed=true"])
@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        pytest.param("application/json", "application/json", id="json"),
        pytest.param("text/html", "text/html; charset=UTF-8", id="html"),
        pytest.param("*/*", "text/plain; charset=UTF-8", id="anything"),
        pytest.param("application/xml", "text/plain; charset=UTF-8", id="xml"),
    ],
)
def test_health_in_several_forms(producer: Actor, query: str, accept: str, media_type: str) -> None:
    answer = producer.get(f"/healthcheck{query}", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)
