"""DELETE /v2/images/{image_id}: who may, in which state, and what is left."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from tests.contract.actors import Actor


def test_deletion_answers_nothing(producer: Actor) -> None:
    answer = producer.delete(producer.image()["self"])
    assert (answer.status_code, answer.content) == (204, b"")
    assert "Content-Length" not in answer.headers


@pytest.mark.parametrize("below", ["", "/file", "/members"])
def test_nothing_is_found_of_a_deleted_image(producer: Actor, below: str) -> None:
    image = producer.active_image()
    assert producer.delete(image["self"]).status_code == 204
    assert producer.get(image["self"] + below).status_code == 404


def test_deleted_image_leaves_the_list(producer: Actor) -> None:
    image, kept = producer.image(), producer.image()
    producer.delete(image["self"])
    assert producer.listed(f"?owner={producer.project}") == [kept["id"]]


def test_second_deletion_finds_nothing(producer: Actor, admin: Actor) -> None:
    image = producer.image()
    producer.delete(image["self"])
    assert producer.delete(image["self"]).status_code == 404
    assert admin.delete(image["self"]).status_code == 404


def test_unknown_image_is_not_found(producer: Actor) -> None:
    assert producer.delete(f"/v2/images/{uuid.uuid4()}").status_code == 404


def test_active_image_may_be_deleted(producer: Actor) -> None:
    assert producer.delete(producer.active_image()["self"]).status_code == 204


def test_deactivated_image_may_be_deleted_by_its_owner(producer: Actor, admin: Actor) -> None:
    image = producer.active_image()
    assert admin.post(image["self"] + "/actions/deactivate").status_code == 204
    assert producer.delete(image["self"]).status_code == 204


def test_hidden_image_may_be_deleted(producer: Actor) -> None:
    assert producer.delete(producer.image(os_hidden=True)["self"]).status_code == 204


def test_admin_deletes_any_image(producer: Actor, admin: Actor) -> None:
    image = producer.image(visibility="private")
    assert admin.delete(image["self"]).status_code == 204
    assert producer.get(image["self"]).status_code == 404


# The columns: reader of the owner's project, accepted member, outsider.
@pytest.mark.parametrize("protected", [pytest.param(False, id="open"), pytest.param(True, id="protected")])
@pytest.mark.parametrize(
    ("visibility", "statuses"),
    [
        pytest.param("private", (403, 404, 404), id="private"),
        pytest.param("shared", (403, 403, 404), id="shared"),
        pytest.param("community", (403, 403, 403), id="community"),
        pytest.param("public", (403, 403, 403), id="public"),
    ],
)
def test_who_sees_but_does_not_own_is_forbidden(
    producer: Actor,
    reader: Actor,
    consumer: Actor,
    outsider: Actor,
    admin: Actor,
    visibility: str,
    statuses: tuple[int, ...],
    protected: bool,
) -> None:
    image = producer.image(protected=protected)
    producer.offer(image, to=consumer, status="accepted")
    assert admin.patch(image["self"], {"op": "replace", "path": "/visibility", "value": visibility}).status_code == 200
    answers = [actor.delete(image["self"]) for actor in (reader, consumer, outsider)]
    assert tuple(answer.status_code for answer in answers) == statuses
    assert producer.get(image["self"]).status_code == 200
    producer.patch(image["self"], {"op": "replace", "path": "/visibility", "value": "private"})


def test_pending_member_is_forbidden(producer: Actor, consumer: Actor) -> None:
    image = producer.image()
    producer.offer(image, to=consumer)
    assert consumer.delete(image["self"]).status_code == 403


def test_without_roles_the_own_image_is_not_found(newcomer: Callable[..., Actor], producer: Actor) -> None:
    nobody = newcomer(roles="", project=producer.project)
    assert nobody.delete(producer.image()["self"]).status_code == 404


def test_protection_holds_for_owner_and_admin_until_lifted(producer: Actor, admin: Actor) -> None:
    image = producer.active_image(protected=True)
    assert producer.delete(image["self"]).status_code == 403
    assert admin.delete(image["self"]).status_code == 403
    assert producer.get(image["self"]).json()["status"] == "active"
    lifted = producer.patch(image["self"], {"op": "replace", "path": "/protected", "value": False})
    assert lifted.status_code == 200
    assert producer.delete(image["self"]).status_code == 204


def test_a_body_is_refused(producer: Actor) -> None:
    image = producer.image()
    assert producer.delete(image["self"], json={"a": 1}).status_code == 400
    assert producer.get(image["self"]).status_code == 200


def test_deletion_ends_membership(producer: Actor, consumer: Actor) -> None:
    image = producer.image()
    producer.offer(image, to=consumer, status="accepted")
    producer.delete(image["self"])
    assert consumer.get(image["self"]).status_code == 404
    assert image["id"] not in consumer.listed("?visibility=shared")
