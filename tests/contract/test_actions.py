"""/v2/images/{id}/actions: take an image's data out of use, and bring it back."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.actors import Actor
from tests.contract.stores import FIRST

BOTH = pytest.mark.parametrize("action", ["deactivate", "reactivate"])
BECOMES = {"deactivate": "deactivated", "reactivate": "active"}


def act(actor: Actor, image: dict[str, Any], action: str) -> int:
    return actor.post(f"/v2/images/{image['id']}/actions/{action}").status_code


def status(actor: Actor, image: dict[str, Any]) -> str:
    return str(actor.get(f"/v2/images/{image['id']}").json()["status"])


@pytest.fixture
def callers(
    producer: Actor, consumer: Actor, reader: Actor, outsider: Actor, admin: Actor, newcomer: Callable[..., Actor]
) -> dict[str, Actor]:
    return {
        "owner": producer,
        "reader": reader,
        "member": consumer,
        "outsider": outsider,
        "admin": admin,
        "mere admin": newcomer(roles="admin"),
        "nobody": newcomer(roles="", project=producer.project),
    }


# Who may


@BOTH
@pytest.mark.parametrize(
    ("who", "answer"),
    [
        pytest.param("owner", 204, id="owner"),
        pytest.param("reader", 403, id="reader"),
        pytest.param("member", 403, id="member"),
        pytest.param("outsider", 404, id="outsider"),
        pytest.param("admin", 204, id="admin"),
        pytest.param("mere admin", 204, id="mere-admin"),
        pytest.param("nobody", 404, id="without-a-role"),
    ],
)
def test_who_may_act(callers: dict[str, Actor], action: str, who: str, answer: int) -> None:
    owner = callers["owner"]
    image = owner.active_image()
    owner.offer(image, callers["member"], "accepted")
    if action == "reactivate":
        act(callers["admin"], image, "deactivate")
    before = status(owner, image)
    assert act(callers[who], image, action) == answer
    assert status(owner, image) == (BECOMES[action] if answer == 204 else before)


@BOTH
def test_a_community_image_is_not_the_communitys_to_act_on(producer: Actor, outsider: Actor, action: str) -> None:
    assert act(outsider, producer.active_image(visibility="community"), action) == 403


# From which state


@pytest.mark.parametrize(
    ("actions", "ends"),
    [
        pytest.param(["deactivate"], "deactivated", id="deactivate"),
        pytest.param(["deactivate", "deactivate"], "deactivated", id="deactivate-twice"),
        pytest.param(["reactivate"], "active", id="reactivate-an-active-one"),
        pytest.param(["deactivate", "reactivate"], "active", id="there-and-back"),
        pytest.param(["deactivate", "reactivate", "reactivate"], "active", id="reactivate-twice"),
    ],
)
@pytest.mark.parametrize("protected", [False, True], ids=["plain", "protected"])
def test_an_action_leads_to_its_state(producer: Actor, actions: list[str], ends: str, protected: bool) -> None:
    image = producer.active_image(protected=protected)
    assert [act(producer, image, action) for action in actions] == [204] * len(actions)
    assert status(producer, image) == ends


@BOTH
@pytest.mark.parametrize("who", ["owner", "admin"])
def test_an_image_without_data_has_nothing_to_act_on(callers: dict[str, Actor], who: str, action: str) -> None:
    image = callers["owner"].image()
    assert act(callers[who], image, action) == 403
    assert status(callers["owner"], image) == "queued"


@BOTH
@pytest.mark.parametrize("who", ["owner", "admin"])
def test_a_deleted_image_is_not_found(callers: dict[str, Actor], who: str, action: str) -> None:
    image = callers["owner"].active_image()
    callers["owner"].delete(f"/v2/images/{image['id']}")
    assert act(callers[who], image, action) == 404


def test_acting_is_an_update(producer: Actor) -> None:
    image = producer.active_image()
    time.sleep(1.05)  # updated_at counts seconds
    act(producer, image, "deactivate")
    assert producer.get(f"/v2/images/{image['id']}").json()["updated_at"] > image["updated_at"]


# What it means


@pytest.mark.parametrize(
    ("who", "answer"),
    [
        pytest.param("owner", 403, id="owner"),
        pytest.param("reader", 403, id="reader"),
        pytest.param("member", 403, id="member"),
        pytest.param("outsider", 404, id="outsider"),
        pytest.param("admin", 200, id="admin"),
    ],
)
def test_only_an_admin_downloads_a_deactivated_image(callers: dict[str, Actor], who: str, answer: int) -> None:
    owner = callers["owner"]
    image = owner.active_image()
    owner.offer(image, callers["member"], "accepted")
    act(owner, image, "deactivate")
    assert callers[who].get(image["file"]).status_code == answer


def test_a_reactivated_image_is_downloaded_as_before(producer: Actor, consumer: Actor) -> None:
    image = producer.active_image(b"as before")
    producer.offer(image, consumer, "accepted")
    act(producer, image, "deactivate")
    act(producer, image, "reactivate")
    assert producer.get(image["file"]).content == b"as before"
    assert consumer.get(image["file"]).content == b"as before"


@pytest.mark.parametrize(
    ("who", "stores"),
    [("owner", None), ("reader", None), ("member", None), pytest.param("admin", FIRST, id="admin-first")],
)
def test_only_an_admin_sees_where_a_deactivated_image_is(
    callers: dict[str, Actor], who: str, stores: str | None
) -> None:
    owner = callers["owner"]
    image = owner.active_image()
    owner.offer(image, callers["member"], "accepted")
    act(owner, image, "deactivate")
    assert callers[who].get(f"/v2/images/{image['id']}").json().get("stores") == stores
    [listed] = callers[who].get(f"/v2/images?id={image['id']}").json()["images"]
    assert listed.get("stores") == stores


@pytest.mark.parametrize("who", ["owner", "reader", "member"])
def test_a_deactivated_image_is_shown_and_listed(callers: dict[str, Actor], who: str) -> None:
    owner = callers["owner"]
    image = owner.active_image()
    owner.offer(image, callers["member"], "accepted")
    act(owner, image, "deactivate")
    assert callers[who].listed("?visibility=shared&status=deactivated") == [image["id"]]
    shown = callers[who].get(f"/v2/images/{image['id']}").json()
    changed = {key for key in shown if shown[key] != image[key]}
    assert changed - {"updated_at"} == {"status"}


def test_a_deactivated_image_is_otherwise_an_image(producer: Actor, outsider: Actor) -> None:
    image = producer.active_image()
    act(producer, image, "deactivate")
    path = f"/v2/images/{image['id']}"
    octets = {"Content-Type": "application/octet-stream"}
    assert producer("PUT", f"{path}/file", data=b"x", headers=octets).status_code == 409
    assert producer.patch(path, {"op": "replace", "path": "/name", "value": "b"}).status_code == 200
    assert producer.post(f"{path}/members", {"member": outsider.project}).status_code == 200
    assert producer.delete(path).status_code == 204


# How it is asked


@BOTH
def test_the_answer_is_empty(producer: Actor, action: str) -> None:
    answer = producer.post(f"/v2/images/{producer.active_image()['id']}/actions/{action}")
    assert (answer.status_code, answer.content) == (204, b"")


@BOTH
@pytest.mark.parametrize("body", [b"{}", b"junk"])
def test_a_body_is_refused(producer: Actor, action: str, body: bytes) -> None:
    image = producer.active_image()
    assert producer("POST", f"/v2/images/{image['id']}/actions/{action}", data=body).status_code == 400


@BOTH
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_actions_are_posted(producer: Actor, action: str, method: str) -> None:
    answer = producer(method, f"/v2/images/{producer.active_image()['id']}/actions/{action}")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_there_are_two_actions(producer: Actor) -> None:
    assert act(producer, producer.active_image(), "explode") == 404


@BOTH
def test_there_must_be_an_image(admin: Actor, action: str) -> None:
    assert act(admin, {"id": "nonsense"}, action) == 404
