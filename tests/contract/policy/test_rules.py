"""The operator's rules: what policy.yaml overrides, and what it leaves as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.contract.actors import Actor

Newcomer = Callable[..., Actor]
BYTES = {"Content-Type": "application/octet-stream"}


@pytest.fixture
def colleague(newcomer: Newcomer, producer: Actor) -> Newcomer:
    """Make an actor of the producer's project, with other roles."""
    return lambda roles: newcomer(roles=roles, project=producer.project)


def named(image: dict[str, Any], what: str = "") -> str:
    return f"/v2/images/{image['id']}{what}"


# Whom the context makes an admin.


def test_whom_the_rules_make_an_admin_sees_and_does_everything(newcomer: Newcomer, producer: Actor) -> None:
    image = producer.image(visibility="private")
    boss = newcomer(roles="boss")
    assert boss.get(named(image)).status_code == 200
    assert image["id"] in boss.listed(f"?owner={producer.project}")
    assert boss.patch(named(image), {"op": "replace", "path": "/owner", "value": "x"}).json()["owner"] == "x"


@pytest.mark.parametrize("roles", ["manager", "staff", "service"])
def test_others_are_no_admins(newcomer: Newcomer, producer: Actor, roles: str) -> None:
    assert newcomer(roles=roles).get(named(producer.image(visibility="private"))).status_code == 404


# What may be seen.


def test_an_image_can_be_hidden_by_its_property(producer: Actor, colleague: Newcomer) -> None:
    image = producer.image(level="secret")
    assert producer.get(named(image)).status_code == 404
    assert image["id"] not in producer.listed()
    assert colleague("staff").get(named(image)).status_code == 200
    assert image["id"] in colleague("staff").listed()


@pytest.mark.parametrize(
    ("method", "below"),
    [
        pytest.param("GET", "", id="show"),
        pytest.param("GET", "/members", id="members"),
        pytest.param("GET", "/members/x", id="member"),
        pytest.param("POST", "/members", id="offer"),
        pytest.param("DELETE", "/members/x", id="take-back"),
        pytest.param("DELETE", "", id="delete"),
        pytest.param("POST", "/actions/deactivate", id="deactivate"),
    ],
)
def test_what_is_refused_is_not_there_if_it_may_not_even_be_seen(producer: Actor, method: str, below: str) -> None:
    body = {"member": "x"} if method == "POST" and below == "/members" else None
    seen, unseen = producer.image(), producer.image(level="secret")
    assert producer(method, named(unseen, below), json=body).status_code == 404
    if below in ("", "/actions/deactivate"):
        assert producer(method, named(seen, below), json=body).status_code == (200 if method == "GET" else 403)


@pytest.mark.parametrize("below", ["/tags/x", "/members"])
def test_what_is_allowed_may_be_done_to_what_may_not_be_seen_except_for_members(producer: Actor, below: str) -> None:
    image = producer.image(level="secret")
    if below == "/members":
        assert producer.post(named(image, below), {"member": "x"}).status_code == 404
    else:
        assert producer.put(named(image, below)).status_code == 204


def test_a_page_is_narrowed_after_it_was_cut(producer: Actor) -> None:
    first = producer.image()
    for _ in range(2):
        producer.image(level="secret")
    last = producer.image()
    page = producer.get("/v2/images?limit=3").json()
    assert [image["id"] for image in page["images"]] == [last["id"]]
    rest = producer.get(page["next"]).json()
    assert [image["id"] for image in rest["images"]] == [first["id"]]


# What may be done.


@pytest.mark.parametrize(
    ("attributes", "status"),
    [
        pytest.param({}, 201, id="default"),
        pytest.param({"visibility": "private"}, 201, id="private"),
        pytest.param({"visibility": "shared"}, 201, id="shared"),
        pytest.param({"visibility": "community"}, 403, id="community"),
        pytest.param({"visibility": "public"}, 403, id="public"),
        pytest.param({"owner": "another"}, 403, id="another's"),
    ],
)
def test_creation_is_judged_by_what_is_to_be(producer: Actor, attributes: dict[str, str], status: int) -> None:
    assert producer.post("/v2/images", attributes).status_code == status


def test_admins_need_what_a_rule_does_not_give_them(newcomer: Newcomer) -> None:
    assert newcomer(roles="admin").post("/v2/images", {}).status_code == 403


@pytest.mark.parametrize(("name", "status"), [("frozen", 403), ("thawed", 200)])
def test_a_change_is_judged_by_what_is(producer: Actor, name: str, status: int) -> None:
    image = producer.image(name=name)
    assert producer.patch(named(image), {"op": "replace", "path": "/min_ram", "value": 1}).status_code == status
    assert producer.put(named(image, "/tags/x")).status_code == {200: 204}.get(status, status)
    assert producer.put(named(image, "/stage"), data=b"x", headers=BYTES).status_code == {200: 204}.get(status, status)


@pytest.mark.parametrize(("roles", "status"), [("member,reader", 403), ("admin", 403), ("killer", 204)])
def test_deletion_is_another_roles(producer: Actor, colleague: Newcomer, roles: str, status: int) -> None:
    assert colleague(roles).delete(named(producer.image())).status_code == status


@pytest.mark.parametrize(
    ("roles", "visibility", "status"),
    [
        pytest.param("member,reader", "public", 403, id="member-public"),
        pytest.param("admin", "public", 403, id="admin-public"),
        pytest.param("staff,member,reader", "public", 200, id="staff-public"),
        pytest.param("suspended,staff,member,reader", "public", 403, id="suspended-public"),
        pytest.param("member,reader", "community", 403, id="member-community"),
        pytest.param("admin", "community", 403, id="admin-community"),
        pytest.param("member,reader", "private", 200, id="member-private"),
    ],
)
def test_opening_to_all(producer: Actor, colleague: Newcomer, roles: str, visibility: str, status: int) -> None:
    change = {"op": "replace", "path": "/visibility", "value": visibility}
    assert colleague(roles).patch(named(producer.image()), change).status_code == status


@pytest.mark.parametrize(("disk_format", "status"), [("raw", 204), ("iso", 403)])
def test_an_upload_is_judged_by_the_image(producer: Actor, disk_format: str, status: int) -> None:
    image = producer.image(disk_format=disk_format)
    assert producer.put(named(image, "/file"), data=b"x", headers=BYTES).status_code == status


def test_a_download_without_any_role(producer: Actor, consumer: Actor, newcomer: Newcomer) -> None:
    image = producer.active_image()
    producer.offer(image, consumer)

    def download(project: str, roles: str) -> requests.Response:
        return newcomer(project=project, roles=roles).get(named(image, "/file"), headers={"Connection": "close"})

    assert download(producer.project, "").status_code == 200
    assert download(consumer.project, "").status_code == 200
    assert download("another", "").status_code == 404


@pytest.mark.parametrize(("roles", "status"), [("member,reader", 403), ("staff", 204), ("staff,suspended", 403)])
def test_deactivation_is_anothers(producer: Actor, colleague: Newcomer, roles: str, status: int) -> None:
    image = producer.active_image()
    assert colleague(roles).post(named(image, "/actions/deactivate")).status_code == status
    assert colleague("").post(named(image, "/actions/reactivate")).status_code == 204


# Members.


def test_members_are_for_the_owner_to_see(producer: Actor, consumer: Actor) -> None:
    image = producer.image()
    producer.offer(image, consumer)
    membership = named(image, f"/members/{consumer.project}")
    assert [one["member_id"] for one in producer.get(named(image, "/members")).json()["members"]] == [consumer.project]
    assert consumer.get(named(image, "/members")).json()["members"] == []
    assert consumer.get(membership).status_code == 404
    assert consumer.put(membership, {"status": "accepted"}).status_code == 403
    assert consumer.delete(membership).status_code == 403
    assert producer.delete(membership).status_code == 204


# The rest of the service.


@pytest.mark.parametrize(
    ("roles", "path", "status"),
    [
        pytest.param("reader", "/v2/tasks", 200, id="tasks"),
        pytest.param("member", "/v2/tasks", 403, id="tasks-refused"),
        pytest.param("reader", "/v2/info/stores/detail", 200, id="stores"),
        pytest.param("service", "/v2/info/stores/detail", 403, id="stores-refused"),
        pytest.param("staff", "/v2/images", 200, id="images"),
        pytest.param("member", "/v2/images", 403, id="images-refused"),
        pytest.param("staff,reader", "/v2/metadefs/namespaces", 200, id="namespaces"),
        pytest.param("reader", "/v2/metadefs/namespaces", 403, id="namespaces-refused"),
    ],
)
def test_who_may_list_what(newcomer: Newcomer, roles: str, path: str, status: int) -> None:
    assert newcomer(roles=roles).get(path).status_code == status


@pytest.mark.parametrize(("roles", "status"), [("staff", 201), ("admin", 403)])
def test_who_may_define(newcomer: Newcomer, producer: Actor, roles: str, status: int) -> None:
    body = {"namespace": f"of-{producer.project}", "visibility": "public"}
    assert newcomer(roles=roles).post("/v2/metadefs/namespaces", body).status_code == status
