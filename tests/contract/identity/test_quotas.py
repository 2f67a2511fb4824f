"""Quotas of images: what Identity's unified limits say, and the image service holds.

Against a real cloud these run if its Glance is told to ask for limits, and its Keystone has registered them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import requests

from tests.contract.identity.cloud import Cloud, Newcomer, by_password, project
from tests.contract.identity.resources import Asker

MIB = 1 << 20
RESOURCES = ("image_size_total", "image_stage_total", "image_count_total", "image_count_uploading")
DATA = {"Content-Type": "application/octet-stream"}
REGION = "RegionOne"
Limit = Callable[..., None]


class Images:
    """The image service of the cloud, as somebody with a token sees it."""

    def __init__(self, cloud: Cloud, name: str, scope: Any) -> None:
        answer = cloud.ask(by_password(name), scope, "")
        catalog = answer.json()["token"]["catalog"]
        (service,) = [entry for entry in catalog if entry["type"] == "image"]
        self.url = next(entry["url"] for entry in service["endpoints"] if entry["interface"] == "public")
        self.token = answer.headers["X-Subject-Token"]
        self.session = requests.Session()

    def __call__(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"X-Auth-Token": self.token, **options.pop("headers", {})}
        return self.session.request(method, f"{self.url}/v2{path}", headers=headers, timeout=60, **options)

    def create(self, **attributes: Any) -> requests.Response:
        return self("POST", "/images", json={"disk_format": "raw", "container_format": "bare", **attributes})

    def image(self, **attributes: Any) -> str:
        answer = self.create(**attributes)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def status(self, image: str) -> str:
        return str(self("GET", f"/images/{image}").json()["status"])

    def upload(self, image: str, content: bytes | Iterable[bytes], announced: int | None = None) -> int:
        headers = DATA if announced is None else {**DATA, "x-openstack-image-size": str(announced)}
        return self("PUT", f"/images/{image}/file", data=content, headers=headers).status_code

    def usage(self, resource: str) -> tuple[int, int]:
        share = self("GET", "/info/usage").json()["usage"][resource]
        return share["usage"], share["limit"]


def chunks(size: int) -> Iterator[bytes]:
    """Return so many bytes in pieces, so that nobody knows how many will come."""
    for _ in range(size // MIB):
        yield b"x" * MIB
    yield b"x" * (size % MIB)


@pytest.fixture(scope="module")
def operator(cloud: Cloud) -> Asker:
    return Asker(cloud, cloud.token("admin", project("admin")))


@pytest.fixture(scope="module", autouse=True)
def service(cloud: Cloud, operator: Asker) -> Iterator[str]:
    """Register limits for the image service where there are none; return its id."""
    (found,) = operator.found("/services?type=image")
    known = operator.found(f"/registered_limits?service_id={found['id']}")
    if known:
        if not Images(cloud, "admin", project("admin"))("GET", "/info/usage").json()["usage"]:
            pytest.skip("this Glance does not ask for limits")
        yield found["id"]
        return
    if not operator.found("/endpoints?service_id=" + found["id"])[0]["url"].startswith(cloud.url.partition("/iden")[0]):
        pytest.skip("this Keystone has no limits registered for images")
    common = {"service_id": found["id"], "region_id": REGION, "default_limit": 1000}
    several = [{**common, "resource_name": name} for name in RESOURCES]
    made = operator("POST", "/registered_limits", {"registered_limits": several}).json()["registered_limits"]
    yield found["id"]
    for limit in operator.found(f"/limits?service_id={found['id']}"):
        operator("DELETE", f"/limits/{limit['id']}")
    for limit in made:
        operator("DELETE", f"/registered_limits/{limit['id']}")


@pytest.fixture
def limit(operator: Asker, newcomer: Newcomer, service: str) -> Limit:
    """Limit the newcomer's project, once for each resource."""

    def limited(**limits: int) -> None:
        body = {"service_id": service, "region_id": REGION, "project_id": newcomer.project_id}
        several = [{**body, "resource_name": f"image_{name}", "resource_limit": to} for name, to in limits.items()]
        answer = operator("POST", "/limits", {"limits": several})
        assert answer.status_code == 201, answer.text

    return limited


@pytest.fixture
def mine(cloud: Cloud, newcomer: Newcomer) -> Images:
    return Images(cloud, newcomer.name, project(newcomer.name))


@pytest.fixture
def admin(cloud: Cloud) -> Images:
    return Images(cloud, "admin", project("admin"))


def test_usage_tells_of_all_resources(mine: Images) -> None:
    answer = mine("GET", "/info/usage")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert list(answer.json()) == ["usage"]
    assert set(answer.json()["usage"]) == set(RESOURCES)
    assert all(set(share) == {"usage", "limit"} for share in answer.json()["usage"].values())
    for method in ("POST", "PUT", "PATCH", "DELETE", "HEAD"):
        assert mine(method, "/info/usage").status_code == 404


def test_images_are_counted_as_they_come_and_go(mine: Images, limit: Limit) -> None:
    limit(count_total=1)
    image = mine.image()
    assert mine.usage("image_count_total") == (1, 1)
    assert mine.create().status_code == 413
    mine("DELETE", f"/images/{image}")
    assert mine.usage("image_count_total") == (0, 1)
    mine.image()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"container_format": "nope"}, 400),
        ({"os_glance_x": "y"}, 403),
        ({"visibility": "public"}, 403),
        ({"owner": "another"}, 403),
        ({"file": "/x"}, 403),
        ({"size": 1}, 413),
        ({"created_at": "2026-01-31T12:00:00Z"}, 413),
        ({"locations": []}, 413),
        ({"visibility": "community"}, 413),
        ({"min_disk": -1}, 413),
        ({"tags": [str(number) for number in range(200)]}, 413),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_comes_before_counting(mine: Images, limit: Limit, body: dict[str, Any], code: int) -> None:
    limit(count_total=0)
    assert mine.create(**body).status_code == code


def test_whoever_makes_an_image_is_counted_not_its_owner(
    mine: Images, admin: Images, newcomer: Newcomer, limit: Limit
) -> None:
    limit(count_total=1)
    for _ in range(2):
        admin.image(owner=newcomer.project_id)
    assert mine.usage("image_count_total") == (2, 1)
    assert mine.create().status_code == 413


def test_a_limit_of_minus_one_is_none(mine: Images, limit: Limit) -> None:
    limit(count_total=-1, size_total=-1)
    assert mine.upload(mine.image(), b"x" * 2 * MIB) == 204
    assert mine.usage("image_size_total") == (2, -1)


@pytest.mark.parametrize(
    ("size", "code", "used"),
    [(MIB - 1, 204, 0), (MIB, 204, 1), (2 * MIB - 1, 204, 1), (2 * MIB, 413, 0)],
)
def test_sizes_are_whole_mebibytes(mine: Images, limit: Limit, size: int, code: int, used: int) -> None:
    limit(size_total=1)
    image = mine.image()
    assert mine.upload(image, b"x" * size) == code
    assert mine.status(image) == ("active" if code == 204 else "queued")
    assert mine.usage("image_size_total") == (used, 1)


def test_sizes_that_nobody_announced_are_not_known(mine: Images, limit: Limit) -> None:
    limit(size_total=1)
    assert mine.upload(mine.image(), chunks(3 * MIB)) == 204
    assert mine.usage("image_size_total") == (3, 1)
    assert mine.upload(mine.image(), chunks(1)) == 413


def test_an_announced_size_counts_whatever_comes(mine: Images, limit: Limit) -> None:
    limit(size_total=1)
    for content in (b"x", chunks(1)):
        assert mine.upload(mine.image(), content, 2 * MIB) == 413


def test_a_full_project_is_refused_before_all_else(mine: Images, admin: Images, limit: Limit) -> None:
    image = mine.image()
    assert mine.upload(image, b"x" * MIB) == 204
    limit(size_total=0)
    formless = mine.image(disk_format=None, container_format=None)
    assert [mine.upload(id_, b"x") for id_ in (image, formless, "nope")] == [413] * 3
    assert mine("PUT", f"/images/{formless}/file", data=b"x").status_code == 415
    assert mine("GET", f"/images/{image}/file").content == b"x" * MIB
    assert admin.upload(mine.image(), b"x") == 204


def test_uploads_at_a_time(mine: Images, admin: Images, limit: Limit) -> None:
    active = mine.image()
    assert mine.upload(active, b"x") == 204
    limit(count_uploading=0)
    queued = mine.image()
    formless = mine.image(disk_format=None, container_format=None)
    assert [mine.upload(id_, b"x") for id_ in (queued, active, formless, "nope")] == [413, 409, 400, 404]
    assert mine.status(queued) == "queued"
    assert admin.upload(queued, b"x") == 204


def test_staged_data_weigh_until_they_are_imported(mine: Images, limit: Limit) -> None:
    limit(stage_total=1, count_uploading=1)
    image, other = mine.image(), mine.image()

    def stage(image: str, content: bytes | Iterable[bytes]) -> int:
        return mine("PUT", f"/images/{image}/stage", data=content, headers=DATA).status_code

    assert stage(other, b"x" * 2 * MIB) == 413
    assert mine.status(other) == "queued"
    assert stage(image, chunks(2 * MIB)) == 204
    assert mine.usage("image_stage_total") == (2, 1)
    assert mine.usage("image_count_uploading") == (1, 1)
    assert mine.usage("image_size_total")[0] == 0
    assert [stage(id_, b"x") for id_ in (other, "nope")] == [413, 413]
    assert mine.upload(other, b"x") == 413
    mine("DELETE", f"/images/{image}")
    assert mine.usage("image_stage_total") == (0, 1)
    assert stage(other, b"x") == 204
