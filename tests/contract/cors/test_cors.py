"""What browsers are told about pages of other sites."""

from __future__ import annotations

import uuid

import pytest
import requests

from tests.contract.actors import Actor

ORIGIN, OTHER = "http://web.example", "https://other.example:8443"
EXPOSED = "X-Image-Meta-Checksum,X-Auth-Token,X-Subject-Token,X-Service-Token,X-OpenStack-Request-ID"


def permissions(answer: requests.Response) -> dict[str, str]:
    """Return the headers that browsers look at."""
    found = {name.lower(): value for name, value in answer.headers.items()}
    start = "access-control-"
    return {name.removeprefix(start): value for name, value in found.items() if name.startswith(start)}


def preflight(
    url: str, path: str = "/v2/images", origin: str | None = ORIGIN, **asked: str | None
) -> requests.Response:
    named = {f"Access-Control-Request-{name.title()}": value for name, value in asked.items() if value is not None}
    headers = {**named, **({"Origin": origin} if origin is not None else {})}
    return requests.options(url + path, headers=headers, timeout=60)


@pytest.mark.parametrize("origin", [ORIGIN, OTHER])
@pytest.mark.parametrize("path", ["/v2/images", "/v2/images/x", "/v2/nothing", "/versions", "/"])
def test_pages_of_an_origin_may_read_answers_and_errors(producer: Actor, origin: str, path: str) -> None:
    answer = producer.get(path, headers={"Origin": origin})
    assert permissions(answer) == {"allow-origin": origin, "allow-credentials": "true", "expose-headers": EXPOSED}
    assert answer.headers["Vary"] == "Origin"


def test_strangers_are_told_so_legibly(url: str) -> None:
    answer = requests.get(f"{url}/v2/images", headers={"Origin": ORIGIN}, timeout=60)
    assert answer.status_code == 401
    assert permissions(answer)["allow-origin"] == ORIGIN


@pytest.mark.parametrize(
    "origin",
    [
        pytest.param("http://bad.example", id="another"),
        pytest.param("https://web.example", id="scheme"),
        pytest.param("http://web.example:80", id="port"),
        pytest.param("http://WEB.example", id="case"),
        pytest.param("http://web.example/", id="slash"),
        pytest.param("null", id="null"),
        pytest.param("*", id="star"),
        pytest.param(f"{ORIGIN},{OTHER}", id="two"),
        pytest.param(None, id="none"),
    ],
)
def test_other_pages_are_told_nothing(url: str, producer: Actor, origin: str | None) -> None:
    answer = producer.get("/v2/images", headers={"Origin": origin} if origin else {})
    assert answer.status_code == 200
    assert permissions(answer) == {}
    assert permissions(preflight(url, origin=origin, method="GET")) == {}


@pytest.mark.parametrize("path", ["/v2/images", f"/v2/images/{uuid.UUID(int=1)}/file", "/v2/nothing", "/"])
def test_a_preflight_request_needs_no_login(url: str, path: str) -> None:
    answer = preflight(url, path, method="PATCH", headers="X-Auth-Token, content-type")
    assert (answer.status_code, answer.content) == (200, b"")
    assert "Content-Type" not in answer.headers
    assert answer.headers["Vary"] == "Origin"
    assert permissions(answer) == {
        "allow-origin": ORIGIN,
        "allow-credentials": "true",
        "max-age": "3600",
        "allow-methods": "PATCH",
        "allow-headers": "X-Auth-Token,content-type",
    }


@pytest.mark.parametrize(
    ("method", "headers", "allowed"),
    [
        *(pytest.param(method, None, True, id=method) for method in ("GET", "PUT", "POST", "DELETE", "PATCH")),
        *(pytest.param(method, None, False, id=method) for method in ("HEAD", "OPTIONS", "TRACE", "get", "FOO")),
        pytest.param(None, None, False, id="no-method"),
        *(
            pytest.param("GET", header, True, id=header)
            for header in (
                "Accept", "Cache-Control", "Content-Language", "Content-Type", "Expires", "Last-Modified", "Pragma",
                "Accept-Encoding", "Content-MD5", "X-Auth-Token", "X-Identity-Status", "X-Image-Meta-Checksum",
                "X-OpenStack-Request-ID", "X-Roles", "X-Service-Catalog", "X-Storage-Token", "X-Tenant-ID", "X-User-Id",
                "x-auth-token,,",
            )
        ),
        *(
            pytest.param("GET", header, False, id=header)
            for header in ("X-Foo", "Origin", "Range", "Authorization", "X-Project-Id", "X-Auth-Token,X-Foo")
        ),
    ],
)  # fmt: skip
def test_what_a_page_may_send(url: str, method: str | None, headers: str | None, allowed: bool) -> None:
    answer = preflight(url, method=method, headers=headers)
    assert answer.status_code == 200
    assert bool(permissions(answer)) is allowed
    if allowed and headers:
        assert permissions(answer)["allow-headers"] == headers.rstrip(",")


def test_options_are_answered_whoever_asks(producer: Actor) -> None:
    answer = producer("OPTIONS", "/v2/images")
    assert (answer.status_code, answer.content, permissions(answer)) == (200, b"", {})
    assert "x-openstack-request-id" not in answer.headers


def test_health_is_not_for_pages(url: str) -> None:
    assert permissions(requests.get(f"{url}/healthcheck", headers={"Origin": ORIGIN}, timeout=60)) == {}
    assert permissions(preflight(url, "/healthcheck", method="GET")) == {}
