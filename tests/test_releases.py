"""Each behaviour of the table of releases is absent before its release, and present from it on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from glance_emulator import settings
from glance_emulator.app import create_app
from glance_emulator.domain import import_sources
from glance_emulator.domain.policy import POLICY
from glance_emulator.domain.releases import RELEASES, TABLE, Release, Row
from glance_emulator.domain.worlds import Features
from glance_emulator.errors import BadRequest, SetupError
from glance_emulator.settings import LATEST, Settings
from tests.contract.importing import web_server
from tests.worlds import resting_world

ORDER = list(RELEASES)
PAGE = Path(__file__).parents[1] / "contrib" / "docs" / "releases.md"
METHODS = ("glance-direct", "web-download", "copy-image", "glance-download")

ISO = bytearray(64 * 2048)
"""An image of a disc: of a volume of 64 blocks of 2048 bytes."""
ISO[32768:32774] = b"\x01CD001"
ISO[32768 + 80 : 32768 + 84] = (64).to_bytes(4, "little")
ISO[32768 + 128 : 32768 + 130] = (2048).to_bytes(2, "little")


class Service:
    """The emulator of a release, asked without a server."""

    def __init__(self, application: Any, lacks: frozenset[str]) -> None:
        self._client = application.test_client()
        self.lacks = lacks

    def __call__(self, method: str, path: str, body: Any = None, roles: str = "member,reader", **headers: str) -> Any:
        """Send one request as somebody of the project `p`; bytes are sent as they are, all else as JSON."""
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        given = body if body is None or isinstance(body, bytes) else json.dumps(body)
        who = {"X-Identity-Status": "Confirmed", "X-User-Id": "u", "X-Project-Id": "p", "X-Roles": roles}
        return self._client.open(path, method=method, data=given, headers={"Content-Type": kind, **who, **headers})

    def image(self, content: bytes | bytearray = b"12345", **attributes: Any) -> dict[str, Any]:
        """Make an image with data; return its document."""
        body = {"name": "x", "disk_format": "raw", "container_format": "bare", **attributes}
        path = self("POST", "/v2/images", body).json["self"]
        assert self("PUT", f"{path}/file", bytes(content)).status_code in (204, 415)
        document: dict[str, Any] = self("GET", path).json
        return document


def lists(version: str) -> Callable[[Service], bool]:
    return lambda service: version in [one["id"] for one in service("GET", "/versions").json["versions"]]


def routed(method: str, path: str) -> Callable[[Service], bool]:
    """Tell a route from none: a wrong method is 405 where there is one."""
    return lambda service: service(method, path).status_code == 405


def imports_to_stores(service: Service) -> bool:
    image = service("POST", "/v2/images", {"name": "x", "disk_format": "raw", "container_format": "bare"}).json
    service("PUT", f"{image['self']}/stage", b"12345")
    body = {"method": {"name": "glance-direct"}, "stores": ["nowhere"]}
    return bool(service("POST", f"{image['self']}/import", body).status_code == 409)


def knows_method(name: str) -> Callable[[Service], bool]:
    return lambda service: name in service("GET", "/v2/info/import").json["import-methods"]["value"]


def copying_is_the_admins(service: Service) -> bool:
    body = {"method": {"name": "copy-image"}, "all_stores": True}
    return bool(service("POST", f"{service.image()['self']}/import", body).status_code == 403)


def appends_tags(service: Service) -> bool:
    namespace = "/v2/metadefs/namespaces/N"
    service("POST", "/v2/metadefs/namespaces", {"namespace": "N"}, "admin")
    for name in ("a", "b"):
        service("POST", f"{namespace}/tags", {"tags": [{"name": name}]}, "admin", **{"X-OpenStack-Append": "true"})
    return len(service("GET", f"{namespace}/tags").json["tags"]) == 2


def store_detail(service: Service) -> Any:
    return service("GET", "/v2/info/stores/detail", roles="admin").json["stores"][0]


def properties_in_schema(service: Service) -> Any:
    return service("GET", "/v2/schemas/image").json["properties"]


def refuses_other_formats(service: Service) -> bool:
    return bool(service.image(b"no qcow2", disk_format="qcow2")["status"] == "queued")


def refuses_to_fetch(uri: str) -> Callable[[Service], bool]:
    def refuses(service: Service) -> bool:
        image = service("POST", "/v2/images", {"name": "x", "disk_format": "raw", "container_format": "bare"}).json
        body = {"method": {"name": "web-download", "uri": uri}}
        return bool(service("POST", f"{image['self']}/import", body).status_code == 400)

    return refuses


def looks_at_the_size(service: Service) -> bool:
    image = service("POST", "/v2/images", {"name": "x", "disk_format": "raw", "container_format": "bare"}).json
    size = {"x-openstack-image-size": "3"}
    return bool(service("PUT", f"{image['self']}/file", b"12345", **size).status_code == 400)


def fetches_what_has_no_length(service: Service) -> bool:
    with web_server() as web:
        source = {"url": web.put("/page", b"abc", headers={"Content-Length": ""})}
        try:
            return b"".join(import_sources.pieces(source, None, service.lacks)) == b"abc"
        except BadRequest:
            return False


def refuses_tasks_with_odd_input(service: Service) -> bool:
    body = {"type": "import", "input": {"import_from": "file:///etc/hosts"}}
    return bool(service("POST", "/v2/tasks", body, "admin").status_code == 400)


PRESENT: Mapping[str, Callable[[Service], bool]] = {
    "v2.6": lists("v2.6"),
    "v2.7": lists("v2.7"),
    "v2.8": lists("v2.8"),
    "image-hashes": lambda service: {"os_hash_algo", "os_hash_value"} <= service.image().keys(),
    "image-hidden": lambda service: "os_hidden" in service.image(),
    "image-stores": lambda service: "stores" in service.image(),
    "store-list": routed("POST", "/v2/info/stores"),
    "visibility-all": lambda service: service("GET", "/v2/images?visibility=all").status_code == 200,
    "v2.9": lists("v2.9"),
    "compressed": lambda service: (
        service("POST", "/v2/images", {"name": "x", "container_format": "compressed"}).status_code == 201
    ),
    "schema-stores": lambda service: "stores" in properties_in_schema(service),
    "v2.10": lambda service: service("GET", "/versions").json["versions"][0]["id"] == "v2.1" or lists("v2.10")(service),
    "copy-image": knows_method("copy-image"),
    "import-to-stores": imports_to_stores,
    "store-removal": routed("GET", "/v2/stores/local/x"),
    "v2.11": lists("v2.11"),
    "copy-policy": copying_is_the_admins,
    "virtual-size": lambda service: service.image()["virtual_size"] == 5,
    "v2.12": lists("v2.12"),
    "image-tasks": lambda service: service("GET", f"{service.image()['self']}/tasks").status_code == 200,
    "reserved-names": lambda service: (
        service("POST", "/v2/images", {"name": "x", "os_glance_y": "z"}).status_code == 403
    ),
    "metadef-admins": lambda service: service("POST", "/v2/metadefs/namespaces", {"namespace": "M"}).status_code == 403,
    "owner-first": lambda service: (
        service("PUT", f"{service.image()['self']}/members/nobody", {"status": "accepted"}).status_code == 403
    ),
    "v2.13": lists("v2.13"),
    "usage": lambda service: service("GET", "/v2/info/usage").status_code == 200,
    "store-detail": routed("POST", "/v2/info/stores/detail"),
    "cache-api": routed("POST", "/v2/cache"),
    "tags-appended": appends_tags,
    "glance-download": knows_method("glance-download"),
    "store-properties": lambda service: bool(store_detail(service)["properties"]),
    "roles": lambda service: service("POST", "/v2/images", {"name": "x"}, "reader").status_code == 403,
    "member-first": lambda service: (
        service("PUT", f"{service.image()['self']}/members/nobody", {"status": "accepted"}).status_code == 404
    ),
    "store-weight": lambda service: "weight" in store_detail(service),
    "iso-size": lambda service: service.image(ISO, disk_format="iso")["virtual_size"] == 64 * 2048,
    "v2.17": lists("v2.17"),
    "locations-api": lambda service: service("PUT", "/v2/images/x/locations").status_code == 405,
    "import-hosts": refuses_to_fetch("http://0x7f000001/x"),
    "format-match": refuses_other_formats,
    "size-header": looks_at_the_size,
    "service-role": lambda service: service("GET", "/v2/info/stores/detail", roles="service").status_code == 200,
    "import-unsized": fetches_what_has_no_length,
    "v2.18": lambda _: False,  # see test_versions_of_a_cache
    "import-inward": refuses_to_fetch("http://169.254.169.254/x"),
    "task-input": refuses_tasks_with_odd_input,
    "cache-upkeep": routed("PUT", "/v2/cache/nodes/x"),
}
"""By row: whether the behaviour is there."""


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Service]:
    release = Release(request.param)
    features = Features(release.methods(METHODS), release=release.name)
    with resting_world(tmp_path, monkeypatch, features=features) as world:
        yield Service(create_app(Settings(auth="trusted"), world), release.lacks)


def cases(shift: int) -> list[Any]:
    """Return each row with the release that it came with, or one beside that."""
    found = [(row, ORDER.index(row.came) + shift) for row in TABLE if row.name != "v2.18"]
    return [pytest.param(ORDER[age], row, id=f"{row.name}-{ORDER[age]}") for row, age in found if age >= 0]


def test_every_row_is_probed() -> None:
    assert [row.name for row in TABLE] == list(PRESENT)


@pytest.mark.parametrize(("service", "row"), cases(0), indirect=["service"])
def test_present_from_its_release_on(service: Service, row: Row) -> None:
    assert PRESENT[row.name](service)


@pytest.mark.parametrize(("service", "row"), cases(-1), indirect=["service"])
def test_absent_before(service: Service, row: Row) -> None:
    if row.name in ("store-properties", "store-weight", "service-role"):
        assert service("GET", "/v2/info/stores/detail", roles="admin").status_code == 200
    assert not PRESENT[row.name](service)


@pytest.mark.parametrize("name", RELEASES)
def test_versions_of_a_cache(name: str) -> None:
    told = Release(name).versions(cached=True)
    versions = dict(told)
    since = ORDER.index(name)
    assert ("v2.18" in versions) == (since >= ORDER.index("2026.2"))
    assert ("v2.16" in versions) == (since >= ORDER.index("yoga"))
    assert [status for _, status in told].count("CURRENT") == 1


def test_the_last_release_lacks_nothing() -> None:
    last = Release(ORDER[-1])
    assert (last.lacks, last.missing_routes, last.policy) == (frozenset(), frozenset(), POLICY)


def test_the_setting_takes_these_releases() -> None:
    assert (*RELEASES, LATEST) == settings.RELEASES
    with pytest.raises(SetupError, match="release"):
        Settings(release="pike")


def test_the_page_has_the_table() -> None:
    rows = [f"| {row.what} | {row.came} | [read]({row.source}) |" for row in TABLE]
    told = [line for line in PAGE.read_text().splitlines() if "| [read](" in line]
    assert told == rows
