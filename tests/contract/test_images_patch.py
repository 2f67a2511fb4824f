"""PATCH /v2/images/{image_id}: the body, who may, and which of several reasons is told."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
import requests

from tests.contract.actors import PATCH_TYPE, Actor
from tests.contract.patches import Operation, add, remove, replace

OLD_PATCH_TYPE = "application/openstack-images-v2.0-json-patch"


def send(actor: Actor, image: dict[str, Any], content: bytes, media_type: str | None = PATCH_TYPE) -> requests.Response:
    return actor("PATCH", image["self"], data=content, headers={"Content-Type": media_type})


# Media types.


@pytest.mark.parametrize(
    "media_type",
    [
        pytest.param(PATCH_TYPE, id="v2.1"),
        pytest.param(OLD_PATCH_TYPE, id="v2.0"),
        pytest.param(PATCH_TYPE + "; charset=utf-8", id="v2.1-charset"),
        pytest.param(OLD_PATCH_TYPE + ";charset=utf-8", id="v2.0-charset"),
    ],
)
def test_two_media_types_are_spoken(producer: Actor, media_type: str) -> None:
    image = producer.settled_image()
    answer = send(producer, image, b"[]", media_type)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == image


@pytest.mark.parametrize(
    "media_type",
    [
        pytest.param(None, id="none"),
        pytest.param("", id="empty"),
        pytest.param("application/json", id="json"),
        pytest.param("application/json-patch+json", id="json-patch"),
        pytest.param("text/plain", id="plain"),
        pytest.param("application/openstack-images-v2.2-json-patch", id="v2.2"),
        pytest.param("application/openstack-images-v2-json-patch", id="no-minor"),
        pytest.param(PATCH_TYPE + "-x", id="longer"),
        pytest.param(PATCH_TYPE.upper(), id="upper-case"),
    ],
)
def test_other_media_types_are_refused_and_the_right_ones_told(producer: Actor, media_type: str | None) -> None:
    answer = send(producer, producer.settled_image(), b"[]", media_type)
    assert answer.status_code == 415
    assert answer.headers["Accept-Patch"] == f"{OLD_PATCH_TYPE}, {PATCH_TYPE}"


# The body.


@pytest.mark.parametrize("media_type", [pytest.param(PATCH_TYPE, id="v2.1"), pytest.param(OLD_PATCH_TYPE, id="v2.0")])
@pytest.mark.parametrize("content", [b"", b"null", b"{}", b"1", b'"x"', b"{", b"[1]", b"[[]]", b"[null]", b"[{}]"])
def test_body_is_a_list_of_operations(producer: Actor, content: bytes, media_type: str) -> None:
    assert send(producer, producer.settled_image(), content, media_type).status_code == 400


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param({"path": "/x", "value": "y"}, id="no-op"),
        pytest.param({"op": "add", "value": "y"}, id="no-path"),
        pytest.param({"op": "add", "path": "/x"}, id="add-without-value"),
        pytest.param({"op": "replace", "path": "/name"}, id="replace-without-value"),
        pytest.param({"op": "move", "from": "/name", "path": "/x"}, id="move"),
        pytest.param({"op": "copy", "from": "/name", "path": "/x"}, id="copy"),
        pytest.param({"op": "test", "path": "/name", "value": "an image"}, id="test"),
        pytest.param({"op": "ADD", "path": "/x", "value": "y"}, id="upper-case-op"),
        pytest.param({"add": "/x", "value": "y"}, id="v2.0-operation"),
        pytest.param(add("", "y"), id="empty-path"),
        pytest.param(add("x", "y"), id="path-without-slash"),
        pytest.param(replace("name", "y"), id="attribute-without-slash"),
        pytest.param(add("/x/", "y"), id="trailing-slash"),
        pytest.param(add("/x/y", "y"), id="nested"),
        pytest.param(add("/name/x", "y"), id="nested-in-attribute"),
        pytest.param(remove("/x/y"), id="remove-nested"),
        pytest.param(add("/a~", "y"), id="bare-tilde"),
        pytest.param(add("/a~2b", "y"), id="unknown-escape"),
        pytest.param(add("/tags/-", "y"), id="append-tag"),
        pytest.param(replace("/tags/0", "y"), id="tag-by-number"),
        pytest.param(remove("/tags/x"), id="tag-by-name"),
        pytest.param(add("/locations", []), id="add-list-of-locations"),
        pytest.param(replace("/locations", None), id="locations-null"),
        pytest.param(replace("/locations", "x"), id="locations-text"),
    ],
)
def test_malformed_operation_is_a_bad_request(producer: Actor, operation: Operation) -> None:
    assert producer.patch(producer.settled_image()["self"], operation).status_code == 400


@pytest.mark.parametrize(
    ("path", "name"),
    [
        pytest.param("/foo", "foo", id="plain"),
        pytest.param("/", "", id="empty-name"),
        pytest.param("//foo", "foo", id="leading-slashes"),
        pytest.param("/a~1b", "a/b", id="escaped-slash"),
        pytest.param("/a~0b", "a~b", id="escaped-tilde"),
        pytest.param("/clé", "clé", id="not-ascii"),
        pytest.param("/" + "k" * 256, "k" * 256, id="longer-than-at-creation"),
    ],
)
def test_pointer_names_a_property(producer: Actor, path: str, name: str) -> None:
    image = producer.settled_image()
    answer = producer.patch(image["self"], add(path, "bar"))
    assert answer.status_code == 200
    assert answer.json()[name] == "bar"
    answer = producer.patch(image["self"], remove(path))
    assert answer.status_code == 200
    assert name not in answer.json()


def test_further_members_of_an_operation_are_ignored(producer: Actor) -> None:
    answer = producer.patch(producer.settled_image()["self"], {**add("/foo", "bar"), "more": 1})
    assert answer.json()["foo"] == "bar"


# Media type v2.0.


def test_old_operations_name_themselves_by_their_key(producer: Actor) -> None:
    image = producer.settled_image()
    for operation, foo in [
        ({"add": "/foo", "value": "1"}, "1"),
        ({"replace": "/foo", "value": "2"}, "2"),
        ({"remove": "/foo"}, None),
    ]:
        answer = producer.patch(image["self"], operation, media_type=OLD_PATCH_TYPE)
        assert answer.status_code == 200
        assert answer.json().get("foo") == foo


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param(add("/foo", "bar"), id="v2.1-operation"),
        pytest.param({"add": "foo", "value": "bar"}, id="path-without-slash"),
        pytest.param({"add": "/foo"}, id="no-value"),
        pytest.param({"value": "bar"}, id="no-operation"),
        pytest.param({"add": "/foo", "replace": "/foo", "value": "bar"}, id="two-operations"),
        pytest.param({"move": "/foo", "value": "bar"}, id="unknown-operation"),
        pytest.param({"add": "/a/b", "value": "bar"}, id="nested"),
    ],
)
def test_malformed_old_operation_is_a_bad_request(producer: Actor, operation: Operation) -> None:
    assert producer.patch(producer.settled_image()["self"], operation, media_type=OLD_PATCH_TYPE).status_code == 400


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("name", "another", id="attribute"),
        pytest.param("tags", ["a"], id="tags"),
        pytest.param("min_disk", -1, id="value-not-looked-at"),
        pytest.param("owner", "another", id="right-not-looked-at"),
        pytest.param("colour", "blue", id="property"),
    ],
)
def test_old_media_type_adds_only_what_is_not_there(producer: Actor, name: str, value: Any) -> None:
    image = producer.settled_image(colour="red")
    operation = {"add": f"/{name}", "value": value}
    assert send(producer, image, json.dumps([operation]).encode(), OLD_PATCH_TYPE).status_code == 409
    assert producer.get(image["self"]).json() == image
    assert send(producer, image, b'[{"add": "/new", "value": "v"}]', OLD_PATCH_TYPE).json()["new"] == "v"


def test_old_media_type_asks_whether_publishing_is_allowed_first(producer: Actor) -> None:
    image = producer.image()
    answer = send(producer, image, b'[{"add": "/visibility", "value": "public"}]', OLD_PATCH_TYPE)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param(add("/locations", {"url": "http://a.test/", "metadata": {}}), id="add-without-a-place"),
        pytest.param(add("/locations/0/url", {"url": "http://a.test/", "metadata": {}}), id="add-into-one"),
        pytest.param(replace("/locations/0", {"url": "http://a.test/", "metadata": {}}), id="replace-one"),
        pytest.param(remove("/locations"), id="remove-all"),
        pytest.param(remove("/locations/0/url"), id="remove-from-one"),
    ],
)
def test_one_location_is_added_or_removed_and_all_are_replaced(
    producer: Actor, outsider: Actor, operation: Operation
) -> None:
    image = producer.image()
    assert [who.patch(image["self"], operation).status_code for who in (producer, outsider)] == [400, 400]


# Who may.

# The columns: owner, admin, reader of the owner's project, accepted member, outsider.
SEEN = {
    "private": (200, 200, 403, 404, 404),
    "shared": (200, 200, 403, 403, 404),
    "community": (200, 200, 403, 403, 403),
    "public": (200, 200, 403, 403, 403),
}


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param(replace("/name", "other"), id="attribute"),
        pytest.param(add("/foo", "bar"), id="property"),
        pytest.param(replace("/os_hidden", True), id="os_hidden"),
        pytest.param(replace("/protected", False), id="protected"),
        pytest.param(replace("/tags", ["x"]), id="tags"),
        pytest.param(replace("/visibility", "private"), id="visibility"),
    ],
)
@pytest.mark.parametrize("visibility", SEEN)
def test_owner_and_admin_change_the_others_not(
    producer: Actor,
    admin: Actor,
    reader: Actor,
    consumer: Actor,
    outsider: Actor,
    visibility: str,
    operation: Operation,
) -> None:
    image = producer.settled_image()
    producer.offer(image, to=consumer, status="accepted")
    admin.patch(image["self"], replace("/visibility", visibility))
    others = [actor.patch(image["self"], operation).status_code for actor in (reader, consumer, outsider)]
    masters = [actor.patch(image["self"], operation).status_code for actor in (producer, admin)]
    assert (*masters, *others) == SEEN[visibility]
    admin.delete(image["self"])


@pytest.mark.parametrize("visibility", SEEN)
def test_whoever_sees_an_image_may_change_nothing(
    producer: Actor, admin: Actor, reader: Actor, consumer: Actor, outsider: Actor, visibility: str
) -> None:
    image = producer.settled_image()
    producer.offer(image, to=consumer, status="accepted")
    admin.patch(image["self"], replace("/visibility", visibility))
    answers = [actor.patch(image["self"]).status_code for actor in (producer, admin, reader, consumer, outsider)]
    assert answers == [404 if status == 404 else 200 for status in SEEN[visibility]]
    admin.delete(image["self"])


def test_pending_member_may_change_nothing(producer: Actor, consumer: Actor) -> None:
    image = producer.settled_image()
    producer.offer(image, to=consumer)
    assert consumer.patch(image["self"], replace("/name", "mine")).status_code == 403


def test_only_an_admin_publishes(producer: Actor, admin: Actor) -> None:
    image = producer.settled_image()
    assert producer.patch(image["self"], replace("/visibility", "public")).status_code == 403
    answer = admin.patch(image["self"], replace("/visibility", "public"))
    assert (answer.status_code, answer.json()["visibility"]) == (200, "public")
    assert producer.patch(image["self"], replace("/visibility", "shared")).status_code == 200


def test_owner_of_a_public_image_may_confirm_its_visibility_only_as_admin(producer: Actor, admin: Actor) -> None:
    image = producer.settled_image()
    admin.patch(image["self"], replace("/visibility", "public"))
    assert producer.patch(image["self"], replace("/visibility", "public")).status_code == 403
    assert admin.patch(image["self"], replace("/visibility", "public")).status_code == 200
    admin.delete(image["self"])


@pytest.mark.parametrize("owner", ["another", "own", None])
def test_owner_does_not_give_the_image_away(producer: Actor, owner: str | None) -> None:
    image = producer.settled_image()
    value = producer.project if owner == "own" else owner
    assert producer.patch(image["self"], replace("/owner", value)).status_code == 403
    assert producer.get(image["self"]).json() == image


def test_owner_may_say_again_whose_the_image_is(producer: Actor) -> None:
    image = producer.settled_image()
    answer = producer.patch(image["self"], add("/owner", producer.project))
    assert (answer.status_code, answer.json()["owner"]) == (200, producer.project)


def test_admin_gives_an_image_to_another_project(producer: Actor, outsider: Actor, admin: Actor) -> None:
    image = producer.settled_image()
    answer = admin.patch(image["self"], replace("/owner", outsider.project))
    assert (answer.status_code, answer.json()["owner"]) == (200, outsider.project)
    assert producer.get(image["self"]).status_code == 404
    assert outsider.get(image["self"]).status_code == 200


def test_admin_takes_the_owner_away(producer: Actor, admin: Actor) -> None:
    answer = admin.patch(producer.settled_image()["self"], replace("/owner", None))
    assert (answer.status_code, answer.json()["owner"]) == (200, None)


# Of several reasons, which is told: media type, form, what is reserved, existence, rights, the operations in turn.

UNSEEN = [
    pytest.param([replace("/name", "x")], 404, id="not-found"),
    pytest.param([], 404, id="not-found-nothing-to-do"),
    pytest.param([{"op": "move", "path": "/x", "value": "y"}], 400, id="operation-before-existence"),
    pytest.param([replace("/disk_format", "foo")], 400, id="value-before-existence"),
    pytest.param([replace("/status", "active")], 403, id="read-only-before-existence"),
    pytest.param([add("/os_glance_foo", "x")], 403, id="reserved-before-existence"),
    pytest.param([replace("/nothing", "x")], 404, id="existence-before-conflict"),
    pytest.param([remove("/name")], 404, id="existence-before-removal"),
    pytest.param([replace("/name", "a😀")], 404, id="existence-before-what-can-be-stored"),
    pytest.param([replace("/owner", "x")], 404, id="existence-before-ownership"),
    pytest.param([replace("/visibility", "public")], 404, id="existence-before-publication"),
    pytest.param([replace("/locations", [])], 404, id="existence-before-locations"),
    pytest.param([replace("/tags", [str(number) for number in range(129)])], 404, id="existence-before-quota"),
]


@pytest.mark.parametrize(("operations", "status"), UNSEEN)
@pytest.mark.parametrize("absence", ["unknown", "deleted", "hidden-from-outsider"])
def test_order_of_refusals_of_an_image_that_is_not_seen(
    producer: Actor, outsider: Actor, absence: str, operations: list[Operation], status: int
) -> None:
    image = producer.settled_image()
    actor, path = producer, image["self"]
    if absence == "unknown":
        path = f"/v2/images/{uuid.uuid4()}"
    elif absence == "deleted":
        producer.delete(path)
    else:
        actor = outsider
    assert actor.patch(path, *operations).status_code == status


def test_media_type_is_refused_before_anything_else(outsider: Actor) -> None:
    answer = outsider("PATCH", f"/v2/images/{uuid.uuid4()}", data=b"{", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("operations", "status"),
    [
        pytest.param([replace("/nothing", "x"), replace("/disk_format", "foo")], 400, id="value-before-conflict"),
        pytest.param([replace("/nothing", "x"), {"op": "move"}], 400, id="operation-before-conflict"),
        pytest.param([replace("/nothing", "x"), replace("/status", "x")], 403, id="read-only-before-conflict"),
        pytest.param([replace("/status", "x"), replace("/disk_format", "foo")], 403, id="read-only-came-first"),
        pytest.param([replace("/disk_format", "foo"), replace("/status", "x")], 400, id="bad-value-came-first"),
        pytest.param([replace("/status", "x"), {"op": "move"}], 403, id="read-only-before-bad-operation"),
        pytest.param([replace("/deleted", "x"), replace("/x/", "v")], 403, id="reserved-before-bad-pointer"),
        pytest.param([replace("/x/", "v"), replace("/status", "x")], 400, id="bad-pointer-came-first"),
        pytest.param([remove("/name"), replace("/disk_format", "foo")], 400, id="value-before-removal"),
        pytest.param([replace("/visibility", "public"), replace("/nothing", "x")], 403, id="publication-came-first"),
        pytest.param([replace("/nothing", "x"), replace("/visibility", "public")], 409, id="conflict-came-first"),
        pytest.param([replace("/name", "a😀"), replace("/nothing", "x")], 409, id="conflict-before-what-can-be-stored"),
        pytest.param([add("/x", "a😀"), remove("/x")], 200, id="removed-before-it-is-stored"),
        pytest.param([replace("/min_disk", -1), replace("/nothing", "x")], 400, id="negative-came-first"),
        pytest.param([replace("/nothing", "x"), replace("/min_disk", -1)], 409, id="conflict-before-negative"),
    ],
)
def test_order_of_refusals_among_operations(producer: Actor, operations: list[Operation], status: int) -> None:
    image = producer.settled_image()
    assert producer.patch(image["self"], *operations).status_code == status
    assert producer.get(image["self"]).json() == image


def test_body_may_come_in_chunks(producer: Actor) -> None:
    chunks = iter([b"[", json.dumps(add("/foo", "bar")).encode(), b"]"])
    answer = producer("PATCH", producer.settled_image()["self"], data=chunks, headers={"Content-Type": PATCH_TYPE})
    assert answer.json()["foo"] == "bar"
