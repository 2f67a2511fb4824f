"""The versions documents, and what leads to them: `/`, `/versions`, versions that there are not."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
import requests

from tests.contract.actors import Actor

# In the order of the document.
VERSIONS = ["v2.15", "v2.13", "v2.12", "v2.11", "v2.10", "v2.9", "v2.8", "v2.17"]
VERSIONS += [f"v2.{minor}" for minor in range(7, -1, -1)]

ANYBODY = [
    pytest.param({}, id="no-identity"),
    pytest.param({"X-Identity-Status": "Invalid"}, id="invalid-identity"),
    pytest.param(
        {"X-Identity-Status": "Confirmed", "X-User-Id": "u", "X-Project-Id": "p", "X-Roles": "member,reader"},
        id="identity",
    ),
]

PATHS = [
    pytest.param("/", 300, id="root"),
    pytest.param("/versions", 200, id="versions"),
    pytest.param("/versions/", 200, id="versions-slash"),
    pytest.param("/versions/x", 200, id="below-versions"),
    pytest.param("/v1", 300, id="v1"),
    pytest.param("/v1/images", 300, id="v1-images"),
    pytest.param("/v3", 300, id="v3"),
    pytest.param("/v3/images", 300, id="v3-images"),
    pytest.param("/v2.14/images", 300, id="skipped-minor"),
    pytest.param("/v2.99/images", 300, id="future-minor"),
    pytest.param("/v2.x/images", 300, id="not-a-minor"),
    pytest.param("/V2/images", 300, id="upper-case"),
    pytest.param("/v02/images", 300, id="leading-zero"),
    pytest.param("/images", 300, id="no-version"),
    pytest.param("/foo", 300, id="unknown"),
    pytest.param("/foo/bar", 300, id="unknown-deep"),
]


def ask(url: str, method: str = "GET", **headers: str) -> requests.Response:
    return requests.request(method, url, headers=headers, allow_redirects=False, timeout=60)


@pytest.mark.parametrize(("path", "status"), PATHS)
@pytest.mark.parametrize("identity", ANYBODY)
def test_versions_are_told_to_anybody(url: str, identity: dict[str, str], path: str, status: int) -> None:
    answer = ask(url + path, **identity)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/json"
    assert list(answer.json()) == ["versions"]


@pytest.mark.parametrize("path", [pytest.param("/", id="root"), pytest.param("/versions", id="versions")])
def test_document_lists_versions_with_one_current(url: str, path: str) -> None:
    versions = ask(url + path).json()["versions"]
    assert [version["id"] for version in versions] == VERSIONS
    assert {version["id"]: version["status"] for version in versions} == {
        name: "CURRENT" if name == "v2.17" else "SUPPORTED" for name in VERSIONS
    }
    assert all(version["links"] == [{"rel": "self", "href": f"{url}/v2/"}] for version in versions)
    assert all(set(version) == {"id", "status", "links"} for version in versions)


@pytest.mark.parametrize("path", [pytest.param("/", id="root"), pytest.param("/versions", id="versions")])
@pytest.mark.parametrize(
    ("headers", "address"),
    [
        pytest.param({"Host": "images.example"}, "http://images.example", id="host"),
        pytest.param({"Host": "images.example:8080"}, "http://images.example:8080", id="host-and-port"),
        pytest.param(
            {"Host": "images.example", "X-Forwarded-Proto": "https"}, "https://images.example", id="behind-tls"
        ),
        pytest.param(
            {"Host": "images.example", "X-Forwarded-Host": "other.example"},
            "http://images.example",
            id="forwarded-host-ignored",
        ),
        pytest.param(
            {"Host": "images.example", "X-Forwarded-Port": "444"},
            "http://images.example",
            id="forwarded-port-ignored",
        ),
        pytest.param(
            {"Host": "images.example", "X-Forwarded-Prefix": "/image"},
            "http://images.example",
            id="forwarded-prefix-ignored",
        ),
        pytest.param(
            {"Host": "images.example", "Forwarded": "host=other.example;proto=https"},
            "http://images.example",
            id="forwarded-ignored",
        ),
    ],
)
def test_links_follow_the_address_the_client_used(url: str, path: str, headers: dict[str, str], address: str) -> None:
    versions = ask(url + path, **headers).json()["versions"]
    assert {version["links"][0]["href"] for version in versions} == {f"{address}{urlsplit(url).path}/v2/"}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    ("path", "status"), [pytest.param("/", 300, id="root"), pytest.param("/versions", 200, id="versions")]
)
def test_any_method_gets_the_versions(url: str, path: str, status: int, method: str) -> None:
    answer = ask(url + path, method)
    assert answer.status_code == status
    assert answer.json()["versions"]


@pytest.mark.parametrize(
    ("path", "status"), [pytest.param("/", 300, id="root"), pytest.param("/versions", 200, id="versions")]
)
def test_head_gets_the_versions_without_a_body(url: str, path: str, status: int) -> None:
    answer = ask(url + path, "HEAD")
    assert (answer.status_code, answer.content) == (status, b"")
    assert answer.headers["Content-Type"] == "application/json"
    assert int(answer.headers["Content-Length"]) == len(ask(url + path).content)


@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "text/html", "text/plain", "image/png"])
def test_versions_are_json_whatever_is_accepted(url: str, accept: str) -> None:
    answer = ask(url + "/", Accept=accept)
    assert (answer.status_code, answer.headers["Content-Type"]) == (300, "application/json")


def test_versions_carry_no_request_id_and_no_location(url: str) -> None:
    answer = ask(url + "/")
    assert "x-openstack-request-id" not in answer.headers
    assert "Location" not in answer.headers


@pytest.mark.parametrize("version", VERSIONS)
def test_every_listed_version_is_the_same_api(producer: Actor, version: str) -> None:
    image = producer.image()
    answer = producer.get(f"/{version}/images/{image['id']}")
    assert answer.status_code == 200
    assert answer.json()["self"] == f"/v2/images/{image['id']}"


def test_bare_v2_redirects_to_its_slash(producer: Actor) -> None:
    answer = producer.get("/v2")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{producer.url}/v2/"
    assert answer.content == b""


@pytest.mark.parametrize("path", ["/v2/", "/v2.5/", "/v2/nothing", "/v2/nothing/"])
def test_nothing_is_at_unknown_paths_of_v2(producer: Actor, path: str) -> None:
    assert producer.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/v2", "/v2/", "/v2.0", "/v2/nothing", "/v2/images"])
def test_v2_asks_for_an_identity_first(url: str, path: str) -> None:
    assert ask(url + path).status_code == 401


@pytest.mark.parametrize(
    ("accept", "path", "status"),
    [
        pytest.param("application/vnd.openstack.images-v2", "/images", 200, id="v2"),
        pytest.param("application/vnd.openstack.images-v2.5", "/images", 200, id="minor"),
        pytest.param("application/vnd.openstack.images-v2", "/v2/images", 404, id="version-told-twice"),
        pytest.param("application/vnd.openstack.images-v2", "/", 404, id="v2-root"),
        pytest.param("application/vnd.openstack.images-v1", "/images", 300, id="v1"),
        pytest.param("application/vnd.openstack.images-v3", "/v2/images", 300, id="v3-wins-over-path"),
    ],
)
def test_accept_may_name_the_version(producer: Actor, accept: str, path: str, status: int) -> None:
    assert producer.get(path, headers={"Accept": accept}).status_code == status


@pytest.mark.parametrize("path", ["//v2/images", "/v2//images"])
def test_repeated_slashes_are_one(producer: Actor, path: str) -> None:
    answer = producer.get(f"{path}?owner={producer.project}")
    assert answer.status_code == 200
    assert answer.json()["images"] == []
