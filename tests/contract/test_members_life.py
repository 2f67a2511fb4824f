"""The life of a membership: duplicates, removal and return, the clock, visibility, quota, the image's end."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.actors import Actor

QUOTA = 128  # image_member_quota, unless the deployment says otherwise


def path_of(image: dict[str, Any]) -> str:
    return f"/v2/images/{image['id']}"


def set_visibility(caller: Actor, image: dict[str, Any], visibility: str) -> None:
    change = {"op": "replace", "path": "/visibility", "value": visibility}
    assert caller.patch(path_of(image), change).status_code == 200


def statuses(caller: Actor, image: dict[str, Any]) -> dict[str, str]:
    rows = caller.get(f"{path_of(image)}/members").json()["members"]
    return {row["member_id"]: row["status"] for row in rows}


@pytest.fixture
def image(producer: Actor) -> dict[str, Any]:
    return producer.image()


@pytest.fixture
def members(image: dict[str, Any]) -> str:
    return f"{path_of(image)}/members"


@pytest.mark.parametrize("status", ["pending", "accepted", "rejected"])
def test_second_offer_is_a_duplicate(
    producer: Actor, consumer: Actor, admin: Actor, image: dict[str, Any], members: str, status: str
) -> None:
    producer.offer(image, consumer, status)
    for caller in (producer, admin):
        assert caller.post(members, {"member": consumer.project}).status_code == 409
    assert statuses(producer, image) == {consumer.project: status}


@pytest.mark.parametrize("status", ["pending", "accepted", "rejected"])
def test_who_returns_after_removal_is_asked_again(
    producer: Actor, consumer: Actor, image: dict[str, Any], members: str, status: str
) -> None:
    producer.offer(image, consumer, status)
    member = f"{members}/{consumer.project}"
    assert producer.delete(member).status_code == 204
    assert producer.delete(member).status_code == 404
    assert consumer.get(member).status_code == 404
    assert consumer.get(path_of(image)).status_code == 404
    answer = producer.post(members, {"member": consumer.project})
    assert (answer.status_code, answer.json()["status"]) == (200, "pending")


def test_an_answer_can_be_changed_at_any_time(
    producer: Actor, consumer: Actor, image: dict[str, Any], members: str
) -> None:
    producer.offer(image, consumer)
    for status in ("rejected", "accepted", "pending", "accepted", "rejected", "pending"):
        answer = consumer.put(f"{members}/{consumer.project}", {"status": status})
        assert (answer.status_code, answer.json()["status"]) == (200, status)
        assert (image["id"] in consumer.listed("?visibility=shared")) == (status == "accepted")


def test_clock_of_a_membership(producer: Actor, consumer: Actor, image: dict[str, Any], members: str) -> None:
    member = f"{members}/{consumer.project}"
    added = producer.post(members, {"member": consumer.project}).json()
    time.sleep(1.1)
    answered = consumer.put(member, {"status": "accepted"}).json()
    time.sleep(1.1)
    repeated = consumer.put(member, {"status": "accepted"}).json()
    producer.delete(member)
    returned = producer.post(members, {"member": consumer.project}).json()
    assert answered["created_at"] == added["created_at"]
    assert answered["updated_at"] > added["updated_at"]
    assert repeated == answered
    # A return revives the old row, so it was created when it was first.
    assert returned["created_at"] == added["created_at"]
    assert returned["updated_at"] > answered["updated_at"]
    assert producer.get(path_of(image)).json()["updated_at"] == image["updated_at"]


def test_members_stand_in_the_order_of_their_first_offer(producer: Actor, image: dict[str, Any], members: str) -> None:
    names = [f"project-{number}" for number in (3, 1, 5, 2, 4)]
    for name in names:
        assert producer.post(members, {"member": name}).status_code == 200
    assert list(statuses(producer, image)) == names
    producer.delete(f"{members}/{names[1]}")
    producer.post(members, {"member": names[1]})
    assert list(statuses(producer, image)) == names


def test_a_project_can_be_member_of_its_own_image(producer: Actor, members: str) -> None:
    own = f"{members}/{producer.project}"
    assert producer.post(members, {"member": producer.project}).status_code == 200
    assert producer.get(own).json()["status"] == "pending"
    assert producer.put(own, {"status": "accepted"}).status_code == 403
    assert producer.delete(own).status_code == 204


def test_admin_may_answer_for_any_member(
    producer: Actor, consumer: Actor, admin: Actor, image: dict[str, Any], members: str
) -> None:
    assert admin.post(members, {"member": consumer.project}).status_code == 200
    assert admin.put(f"{members}/{consumer.project}", {"status": "accepted"}).status_code == 200
    assert image["id"] in consumer.listed()


def test_admin_in_the_project_of_a_member_sees_all_members(
    producer: Actor, consumer: Actor, outsider: Actor, image: dict[str, Any], newcomer: Callable[..., Actor]
) -> None:
    producer.offer(image, consumer)
    producer.offer(image, outsider)
    admin = newcomer(roles="admin,member,reader", project=consumer.project)
    assert set(statuses(admin, image)) == {consumer.project, outsider.project}


def test_member_passes_nothing_on_and_changes_nothing(producer: Actor, consumer: Actor) -> None:
    shared = producer.active_image()
    producer.offer(shared, consumer, "accepted")
    path = path_of(shared)
    attempts = [
        consumer.post(f"{path}/members", {"member": "a-friend"}),
        consumer.delete(f"{path}/members/{consumer.project}"),
        consumer.put(f"{path}/tags/mine"),
        consumer.post(f"{path}/actions/deactivate"),
        consumer.put(f"{path}/file", data=b"x", headers={"Content-Type": "application/octet-stream"}),
    ]
    assert [answer.status_code for answer in attempts] == [403] * 5


def test_owner_and_member_see_the_same_image(producer: Actor, consumer: Actor, image: dict[str, Any]) -> None:
    producer.offer(image, consumer)
    assert consumer.get(path_of(image)).json() == producer.get(path_of(image)).json()


def test_member_reads_the_same_bytes(producer: Actor, consumer: Actor) -> None:
    image = producer.active_image(b"what is shared")
    producer.offer(image, consumer)
    assert consumer.get(f"{path_of(image)}/file").content == b"what is shared"


# Visibility


@pytest.mark.parametrize("visibility", ["private", "community"])
def test_image_that_is_not_shared_takes_no_members(producer: Actor, consumer: Actor, visibility: str) -> None:
    image = producer.image(visibility=visibility)
    assert producer.post(f"{path_of(image)}/members", {"member": consumer.project}).status_code == 403
    assert producer.get(path_of(image)).json()["visibility"] == visibility


@pytest.mark.parametrize(("visibility", "seen"), [("private", 404), ("community", 200), ("public", 200)])
def test_memberships_outlive_a_change_of_visibility(
    producer: Actor,
    consumer: Actor,
    outsider: Actor,
    admin: Actor,
    image: dict[str, Any],
    visibility: str,
    seen: int,
) -> None:
    producer.offer(image, consumer, "accepted")
    producer.offer(image, outsider, "rejected")
    set_visibility(admin, image, visibility)
    assert consumer.get(path_of(image)).status_code == seen
    assert consumer.listed("?visibility=shared") == []
    set_visibility(admin, image, "shared")
    assert statuses(producer, image) == {consumer.project: "accepted", outsider.project: "rejected"}
    assert consumer.listed("?visibility=shared") == [image["id"]]


# Filters of the list


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("member_status=bogus", 400),
        ("member_status=", 400),
        ("member_status=ACCEPTED", 400),
        ("member_status=bogus&visibility=private", 400),
        ("visibility=bogus", 400),
        ("visibility=SHARED", 400),
        ("visibility=", 200),
        ("member_status=accepted&member_status=rejected", 200),
        ("visibility=shared&visibility=private", 200),
    ],
)
def test_values_of_filters(outsider: Actor, query: str, code: int) -> None:
    assert outsider.get(f"/v2/images?{query}").status_code == code


def test_status_concerns_the_callers_own_membership(
    producer: Actor, consumer: Actor, outsider: Actor, image: dict[str, Any]
) -> None:
    producer.offer(image, consumer, "rejected")
    producer.offer(image, outsider, "accepted")
    query = "?visibility=shared&member_status="
    assert [consumer.listed(query + status) for status in ("accepted", "rejected")] == [[], [image["id"]]]
    assert [outsider.listed(query + status) for status in ("accepted", "rejected")] == [[image["id"]], []]


# Quota


def test_quota(producer: Actor, admin: Actor, outsider: Actor, image: dict[str, Any], members: str) -> None:
    def add(name: str, caller: Actor = producer) -> int:
        return caller.post(members, {"member": name}).status_code

    assert [add(f"project-{number}") for number in range(QUOTA)] == [200] * QUOTA
    assert add("one-more") == 413
    assert add("one-more", admin) == 413
    assert add("project-1") == 413, "the quota is looked at before duplicates"
    assert add("") == 400
    assert add("one-more", outsider) == 404
    # A membership that was removed counts no more, nor twice when it returns.
    assert producer.delete(f"{members}/project-0").status_code == 204
    assert (add("one-more"), add("project-0")) == (200, 413)
    assert producer.delete(f"{members}/project-1").status_code == 204
    assert (add("project-1"), add("project-0")) == (200, 413)
    assert len(statuses(producer, image)) == QUOTA


# The image's end


def test_image_goes_with_its_members(
    producer: Actor, consumer: Actor, admin: Actor, image: dict[str, Any], members: str
) -> None:
    producer.offer(image, consumer, "accepted")
    member = f"{members}/{consumer.project}"
    assert producer.delete(path_of(image)).status_code == 204
    assert consumer.listed("?visibility=shared&member_status=all") == []
    for caller in (producer, consumer, admin):
        answers = [
            caller.get(members),
            caller.get(member),
            caller.post(members, {"member": "somebody"}),
            caller.put(member, {"status": "rejected"}),
            caller.delete(member),
        ]
        assert [answer.status_code for answer in answers] == [404] * 5
    again = producer.post("/v2/images", {"id": image["id"], "name": "again"})
    assert again.status_code == 409
