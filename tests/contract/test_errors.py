"""How a refusal looks: three media types, chosen by Accept; and the refusal of strangers."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.contract.actors import Actor

HTML = "text/html; charset=UTF-8"
PLAIN = "text/plain; charset=UTF-8"
JSON = "application/json"

UNKNOWN = f"/v2/images/{uuid.UUID(int=1)}"
PROPERTIES = {f"k{number}": "v" for number in range(129)}


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        pytest.param(None, PLAIN, id="none"),
        pytest.param("", PLAIN, id="empty"),
        pytest.param("*/*", HTML, id="anything"),
        pytest.param("text/html", HTML, id="html"),
        pytest.param("text/*", HTML, id="any-text"),
        pytest.param("text/plain", PLAIN, id="plain"),
        pytest.param("application/json", JSON, id="json"),
        pytest.param("application/JSON", JSON, id="json-upper-case"),
        pytest.param("application/*", JSON, id="any-application"),
        pytest.param("application/json, text/plain", JSON, id="json-or-plain"),
        pytest.param("text/plain, application/json", JSON, id="plain-or-json"),
        pytest.param("text/plain;q=0.5, application/json;q=0.4", JSON, id="plain-is-no-candidate"),
        pytest.param("application/json, */*", HTML, id="json-or-anything"),
        pytest.param("application/json, text/html", HTML, id="html-wins-a-tie"),
        pytest.param("application/json;q=0.5, text/html", HTML, id="html-preferred"),
        pytest.param("text/html;q=0.1, application/json", JSON, id="json-preferred"),
        pytest.param("*/*;q=0.1, application/json", JSON, id="json-over-anything"),
        pytest.param("text/html;q=0.5,text/plain;q=0.9", HTML, id="html-rather-than-plain"),
        pytest.param("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", HTML, id="browser"),
        pytest.param("application/json; charset=utf-8", PLAIN, id="json-with-charset"),
        pytest.param("application/json;q=0", PLAIN, id="json-unwanted"),
        pytest.param("application/xml", PLAIN, id="xml"),
        pytest.param("image/png", PLAIN, id="image"),
        pytest.param("application/openstack-images-v2.1-json-patch", PLAIN, id="vendor-type"),
        pytest.param("garbage", HTML, id="unreadable"),
        pytest.param(",", PLAIN, id="comma-for-nothing"),
        pytest.param(",text/html", HTML, id="comma-first"),
        pytest.param(", ,application/json,,", JSON, id="commas"),
    ],
)
def test_accept_chooses_the_form(producer: Actor, accept: str | None, media_type: str) -> None:
    answer = producer.get(UNKNOWN, headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == media_type


REFUSALS = [
    pytest.param(
        lambda actor, **options: actor.post("/v2/images", {"name": 1}, **options), 400, "Bad Request", id="400"
    ),
    pytest.param(
        lambda actor, **options: actor.post("/v2/images", {"visibility": "public"}, **options),
        403,
        "Forbidden",
        id="403",
    ),
    pytest.param(lambda actor, **options: actor.get(UNKNOWN, **options), 404, "Not Found", id="404-image"),
    pytest.param(lambda actor, **options: actor.get("/v2/nothing", **options), 404, "Not Found", id="404-route"),
    pytest.param(lambda actor, **options: actor.put("/v2/images", **options), 405, "Method Not Allowed", id="405"),
    pytest.param(
        lambda actor, **options: actor.post("/v2/images", {"id": actor.image()["id"]}, **options),
        409,
        "Conflict",
        id="409",
    ),
    pytest.param(
        lambda actor, **options: actor.post("/v2/images", PROPERTIES, **options),
        413,
        "Request Entity Too Large",
        id="413",
    ),
    pytest.param(lambda actor, **options: actor("PATCH", UNKNOWN, **options), 415, "Unsupported Media Type", id="415"),
    pytest.param(lambda actor, **options: actor("OPTIONS", "/v2/nothing", **options), 501, "Not Implemented", id="501"),
]
Refusal = Callable[..., requests.Response]


@pytest.mark.parametrize(("refused", "status", "title"), REFUSALS)
def test_json_form(producer: Actor, refused: Refusal, status: int, title: str) -> None:
    answer = refused(producer, headers={"Accept": "application/json"})
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == JSON
    error: dict[str, Any] = answer.json()
    assert list(error) == ["message", "code", "title"]
    assert (error["code"], error["title"]) == (f"{status} {title}", title)
    assert "<br /><br />\n" in error["message"]


@pytest.mark.parametrize(("refused", "status", "title"), REFUSALS)
def test_html_form(producer: Actor, refused: Refusal, status: int, title: str) -> None:
    answer = refused(producer, headers={"Accept": "text/html"})
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == HTML
    head = f"<html>\n <head>\n  <title>{status} {title}</title>\n </head>\n <body>\n  <h1>{status} {title}</h1>\n  "
    assert answer.text.startswith(head)
    assert answer.text.endswith("\n </body>\n</html>")
    assert "<br /><br />\n" in answer.text


@pytest.mark.parametrize(("refused", "status", "title"), REFUSALS)
def test_plain_form(producer: Actor, refused: Refusal, status: int, title: str) -> None:
    answer = refused(producer, headers={"Accept": "text/plain"})
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == PLAIN
    assert answer.text.startswith(f"{status} {title}\n\n")
    assert "<br" not in answer.text


def test_simple_refusal_is_the_same_explanation_in_every_form(producer: Actor) -> None:
    forms = {form: producer.get(UNKNOWN, headers={"Accept": form}).text for form in (JSON, "text/html", "text/plain")}
    explanation = forms["text/plain"].removeprefix("404 Not Found\n\n").removesuffix("\n\n   ")
    assert explanation
    assert "\n" not in explanation
    assert producer.get(UNKNOWN, headers={"Accept": JSON}).json() == {
        "message": f"{explanation}<br /><br />\n\n\n",
        "code": "404 Not Found",
        "title": "Not Found",
    }
    assert f"\n  {html.escape(explanation)}<br /><br />\n\n\n\n </body>" in forms["text/html"]


def test_what_the_caller_sent_is_escaped_in_html(producer: Actor) -> None:
    answer = producer.get("/v2/images/%3Cscript%3E", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "<script>" not in answer.text


@pytest.mark.parametrize(("refused", "status", "title"), REFUSALS)
def test_refusal_names_its_request_and_length(producer: Actor, refused: Refusal, status: int, title: str) -> None:
    answer = refused(producer)
    assert re.fullmatch(r"req-[0-9a-f-]{36}", answer.headers["x-openstack-request-id"])
    assert int(answer.headers["Content-Length"]) == len(answer.content)


# Strangers.

STRANGERS = [
    pytest.param({}, id="no-identity"),
    pytest.param({"X-User-Id": "u", "X-Project-Id": "p", "X-Roles": "admin"}, id="no-status"),
    pytest.param({"X-Identity-Status": "Invalid", "X-Roles": "admin"}, id="invalid"),
    pytest.param({"X-Identity-Status": "confirmed", "X-Roles": "admin"}, id="wrong-case"),
]


@pytest.mark.parametrize("path", ["/v2/images", UNKNOWN, "/v2/schemas/image", "/v2/nothing"])
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("identity", STRANGERS)
def test_unconfirmed_identity_is_unauthorized_everywhere(
    url: str, identity: dict[str, str], method: str, path: str
) -> None:
    assert requests.request(method, url + path, headers=identity, timeout=60).status_code == 401


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        pytest.param("application/json", JSON, id="json"),
        pytest.param("*/*", HTML, id="html"),
        pytest.param("text/plain", PLAIN, id="plain"),
    ],
)
def test_unauthorized_comes_in_the_same_forms(url: str, accept: str, media_type: str) -> None:
    answer = requests.get(f"{url}/v2/images", headers={"Accept": accept}, timeout=60)
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == media_type
    assert "x-openstack-request-id" not in answer.headers


def test_unauthorized_as_json(url: str) -> None:
    error = requests.get(f"{url}/v2/images", headers={"Accept": JSON}, timeout=60).json()
    assert list(error) == ["message", "code", "title"]
    assert (error["code"], error["title"]) == ("401 Unauthorized", "Unauthorized")
    assert error["message"].endswith("<br /><br />\n\n\n")
