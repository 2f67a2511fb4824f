"""Members on the wire: documents, bodies that are refused, the order of refusals, methods, errors, schemas."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.actors import Actor

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def members(producer: Actor, consumer: Actor) -> str:
    """The members of a shared image, of which the consumer is one."""
    image = producer.image()
    producer.offer(image, consumer)
    return f"/v2/images/{image['id']}/members"


# Documents


def check_document(document: dict[str, Any], members: str, project: str, status: str) -> None:
    assert set(document) == {"member_id", "image_id", "status", "created_at", "updated_at", "schema"}
    assert f"/v2/images/{document['image_id']}/members" == members
    assert document["member_id"] == project
    assert document["status"] == status
    assert document["schema"] == "/v2/schemas/member"
    assert TIME.fullmatch(document["created_at"])
    assert TIME.fullmatch(document["updated_at"])


def test_every_answer_shows_the_same_document(producer: Actor, consumer: Actor) -> None:
    members = f"/v2/images/{producer.image()['id']}/members"
    member = f"{members}/{consumer.project}"
    answers = [
        (producer.post(members, {"member": consumer.project}), "pending"),
        (producer.get(member), "pending"),
        (consumer.put(member, {"status": "accepted"}), "accepted"),
        (consumer.get(member), "accepted"),
    ]
    for answer, status in answers:
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
        check_document(answer.json(), members, consumer.project, status)


def test_list_document(producer: Actor, consumer: Actor, members: str) -> None:
    answer = producer.get(members)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    document = answer.json()
    assert set(document) == {"members", "schema"}
    assert document["schema"] == "/v2/schemas/members"
    [row] = document["members"]
    check_document(row, members, consumer.project, "pending")


def test_list_of_an_image_without_members(producer: Actor) -> None:
    answer = producer.get(f"/v2/images/{producer.image()['id']}/members")
    assert answer.json() == {"members": [], "schema": "/v2/schemas/members"}


def test_removal_answers_nothing(producer: Actor, consumer: Actor, members: str) -> None:
    answer = producer.delete(f"{members}/{consumer.project}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert "Content-Type" not in answer.headers


def test_list_ignores_its_query(producer: Actor, members: str) -> None:
    assert producer.get(f"{members}?status=accepted&limit=0&marker=nobody&foo").json() == producer.get(members).json()


# Bodies

SHAPELESS = {
    "nothing": b"",
    "no JSON": b"{member",
    "no UTF-8": b'{"member": "\xe9", "status": "\xe9"}',
    "null": b"null",
    "number": b"5",
    "true": b"true",
    "string": b'"member"',
    "empty array": b"[]",
    "array of keys": b'["member", "status"]',
    "array of objects": b'[{"member": "a", "status": "accepted"}]',
    "empty object": b"{}",
    "another key": b'{"member_id": "a", "state": "accepted"}',
}

NO_MEMBER: dict[str, Any] = {
    "empty": "",
    "null": None,
    "zero": 0,
    "false": False,
    "empty object": {},
    "four-byte character": "a😀",
}

NO_STATUS: dict[str, Any] = {
    "empty": "",
    "null": None,
    "unknown": "bogus",
    "upper case": "ACCEPTED",
    "with a blank": " accepted",
    "number": 1,
    "true": True,
    "list": ["accepted"],
    "object": {},
}

MEMBER_NAMES = {
    "a word": "somebody",
    "255 characters": "x" * 255,
    "256 characters": "x" * 256,
    "1000 characters": "x" * 1000,
    "a blank": " ",
    "a slash": "a/b",
    "a question": "a?b c",
    "letters of other tongues": "projékt-中",
}


def named(values: dict[str, Any]) -> list[Any]:
    return [pytest.param(value, id=name) for name, value in values.items()]


@pytest.mark.parametrize("body", named(SHAPELESS))
def test_shapeless_body_is_refused(producer: Actor, consumer: Actor, members: str, body: bytes) -> None:
    assert producer("POST", members, data=body, headers=JSON).status_code == 400
    assert consumer("PUT", f"{members}/{consumer.project}", data=body, headers=JSON).status_code == 400


@pytest.mark.parametrize("member", named(NO_MEMBER))
def test_member_that_is_no_name_is_refused(producer: Actor, members: str, member: Any) -> None:
    assert producer.post(members, {"member": member}).status_code == 400


def test_an_emoji_in_a_name_is_the_last_thing_to_be_refused(
    producer: Actor, reader: Actor, outsider: Actor, members: str
) -> None:
    answers = [who.post(members, {"member": "\U0001f600"}) for who in (producer, reader, outsider)]
    assert [answer.status_code for answer in answers] == [400, 403, 404]


@pytest.mark.parametrize("roles", ["", "member"])
@pytest.mark.parametrize(("visibility", "status"), [("private", 403), ("community", 403), ("shared", 404)])
def test_who_may_not_look_at_an_image_yet_learns_that_it_is_not_shared(
    producer: Actor, newcomer: Callable[..., Actor], roles: str, visibility: str, status: int
) -> None:
    path = f"{producer.image(visibility=visibility)['self']}/members"
    caller = newcomer(project=producer.project, roles=roles)
    assert caller.get(path).status_code == status
    assert caller.post(path, {"member": "somebody"}).status_code == status
    assert caller.put(f"{path}/somebody", {"status": "accepted"}).status_code == status
    assert caller.delete(f"{path}/somebody").status_code == status
    assert caller.get(f"{path}/somebody").status_code == 404


@pytest.mark.parametrize("status", named(NO_STATUS))
def test_status_that_is_none_is_refused(consumer: Actor, members: str, status: Any) -> None:
    path = f"{members}/{consumer.project}"
    assert consumer.put(path, {"status": status}).status_code == 400
    assert consumer.get(path).json()["status"] == "pending"


@pytest.mark.parametrize("name", named(MEMBER_NAMES))
def test_any_text_names_a_member(producer: Actor, members: str, name: str) -> None:
    answer = producer.post(members, {"member": name})
    assert answer.status_code == 200
    assert answer.json()["member_id"] == name
    assert name in [row["member_id"] for row in producer.get(members).json()["members"]]


def test_member_id_in_the_path_is_percent_encoded(producer: Actor, members: str) -> None:
    producer.post(members, {"member": "a?b c"})
    assert producer.get(f"{members}/a%3Fb%20c").json()["member_id"] == "a?b c"
    assert producer.delete(f"{members}/a%3Fb%20c").status_code == 204


@pytest.mark.parametrize(("name", "in_path"), [("a/b", "a%2Fb"), ("projékt", "proj%C3%A9kt")])
def test_some_members_can_be_named_but_not_found(producer: Actor, members: str, name: str, in_path: str) -> None:
    assert producer.post(members, {"member": name}).status_code == 200
    assert producer.get(f"{members}/{in_path}").status_code == 404
    assert producer.delete(f"{members}/{in_path}").status_code == 404


def test_a_number_names_the_member_that_its_digits_name(producer: Actor, members: str) -> None:
    assert producer.post(members, {"member": 17}).status_code == 200
    assert producer.get(f"{members}/17").json()["member_id"] == "17"
    assert producer.post(members, {"member": "17"}).status_code == 409


def test_member_ids_heed_case(producer: Actor, members: str) -> None:
    assert producer.post(members, {"member": "Case"}).status_code == 200
    assert producer.get(f"{members}/case").status_code == 404
    assert producer.post(members, {"member": "case"}).status_code == 200


def test_other_keys_are_ignored(producer: Actor, consumer: Actor, members: str) -> None:
    body = {"member": "somebody", "status": "accepted", "image_id": "x", "foo": 1}
    assert producer.post(members, body).json()["status"] == "pending"
    answer = consumer.put(f"{members}/{consumer.project}", {"status": "accepted", "member": "x", "member_id": "x"})
    check_document(answer.json(), members, consumer.project, "accepted")


def test_last_of_two_equal_keys_counts(producer: Actor, members: str) -> None:
    answer = producer("POST", members, data=b'{"member": "one", "member": "two"}', headers=JSON)
    assert answer.json()["member_id"] == "two"


@pytest.mark.parametrize(
    "headers", [{}, *({"Content-Type": media} for media in ("text/plain", "application/octet-stream", "image/png"))]
)
def test_content_type_does_not_matter(producer: Actor, consumer: Actor, members: str, headers: dict[str, str]) -> None:
    assert producer("POST", members, data=b'{"member": "somebody"}', headers=headers).status_code == 200
    answer = consumer("PUT", f"{members}/{consumer.project}", data=b'{"status": "accepted"}', headers=headers)
    assert answer.status_code == 200


def test_body_may_come_in_chunks(producer: Actor, members: str) -> None:
    chunks = iter([b'{"member"', b': "somebody"}'])
    assert producer("POST", members, data=chunks, headers=JSON).status_code == 200


@pytest.mark.parametrize(("method", "suffix"), [("GET", ""), ("GET", "/CONSUMER"), ("DELETE", "/CONSUMER")])
def test_body_where_none_is_expected_is_refused(
    producer: Actor, consumer: Actor, members: str, method: str, suffix: str
) -> None:
    path = members + suffix.replace("CONSUMER", consumer.project)
    assert producer(method, path, data=b"{}").status_code == 400
    assert producer.get(f"{members}/{consumer.project}").status_code == 200
    unknown = path.replace(members.split("/")[3], str(uuid.uuid4()))
    assert producer(method, unknown, data=b"{}").status_code == 400


# The order of refusals. A body without shape comes first; so does a member without a name. A wrong status is
# found last, by those who may answer at all.

PLACES = ("shared", "private", "community", "deleted", "unknown", "no id")
NO_KEY: dict[str, str] = {}
GOOD_MEMBER, NO_NAME = {"member": "somebody"}, {"member": ""}
ACCEPT, BOGUS = {"status": "accepted"}, {"status": "bogus"}

REFUSALS = [
    # caller, method, body, and the answer for each of PLACES
    ("owner", "POST", NO_KEY, (400, 400, 400, 400, 400, 400)),
    ("owner", "POST", NO_NAME, (400, 400, 400, 400, 400, 400)),
    ("owner", "POST", GOOD_MEMBER, (200, 403, 403, 404, 404, 404)),
    ("owner", "PUT", NO_KEY, (400, 400, 400, 400, 400, 400)),
    ("owner", "PUT", BOGUS, (403, 403, 403, 404, 404, 404)),
    ("owner", "PUT", ACCEPT, (403, 403, 403, 404, 404, 404)),
    ("member", "POST", NO_KEY, (400, 400, 400, 400, 400, 400)),
    ("member", "POST", NO_NAME, (400, 400, 400, 400, 400, 400)),
    ("member", "POST", GOOD_MEMBER, (403, 404, 403, 404, 404, 404)),
    ("member", "PUT", NO_KEY, (400, 400, 400, 400, 400, 400)),
    ("member", "PUT", BOGUS, (400, 404, 403, 404, 404, 404)),
    ("member", "PUT", ACCEPT, (200, 404, 403, 404, 404, 404)),
    ("outsider", "POST", NO_KEY, (400, 400, 400, 400, 400, 400)),
    ("outsider", "POST", NO_NAME, (400, 400, 400, 400, 400, 400)),
    ("outsider", "POST", GOOD_MEMBER, (404, 404, 403, 404, 404, 404)),
    ("outsider", "PUT", NO_KEY, (400, 400, 400, 400, 400, 400)),
    ("outsider", "PUT", BOGUS, (404, 404, 403, 404, 404, 404)),
    ("outsider", "PUT", ACCEPT, (404, 404, 403, 404, 404, 404)),
    ("reader", "POST", NO_KEY, (400, 400, 400, 400, 400, 400)),
    ("reader", "POST", NO_NAME, (400, 400, 400, 400, 400, 400)),
    ("reader", "POST", GOOD_MEMBER, (403, 403, 403, 404, 404, 404)),
    ("reader", "PUT", NO_KEY, (400, 400, 400, 400, 400, 400)),
    ("reader", "PUT", BOGUS, (403, 403, 403, 404, 404, 404)),
    ("reader", "PUT", ACCEPT, (403, 403, 403, 404, 404, 404)),
    ("admin", "POST", NO_KEY, (400, 400, 400, 400, 400, 400)),
    ("admin", "POST", NO_NAME, (400, 400, 400, 400, 400, 400)),
    ("admin", "POST", GOOD_MEMBER, (200, 403, 403, 404, 404, 404)),
    ("admin", "PUT", NO_KEY, (400, 400, 400, 400, 400, 400)),
    ("admin", "PUT", BOGUS, (400, 403, 403, 404, 404, 404)),
    ("admin", "PUT", ACCEPT, (200, 403, 403, 404, 404, 404)),
]


@pytest.fixture(scope="module")
def precedence(newcomer: Callable[..., Actor]) -> tuple[dict[str, Actor], dict[str, str]]:
    """Callers, and an image id for each of PLACES."""
    owner, member = newcomer(), newcomer()
    callers = {
        "owner": owner,
        "member": member,
        "outsider": newcomer(),
        "reader": newcomer(roles="reader", project=owner.project),
        "admin": newcomer(roles="admin,member,reader"),
    }
    places = {"unknown": str(uuid.uuid4()), "no id": "not-a-uuid"}
    for place in ("shared", "private", "community", "deleted"):
        image = owner.image()
        owner.offer(image, member)
        places[place] = image["id"]
    for visibility in ("private", "community"):
        change = {"op": "replace", "path": "/visibility", "value": visibility}
        assert owner.patch(f"/v2/images/{places[visibility]}", change).status_code == 200
    assert owner.delete(f"/v2/images/{places['deleted']}").status_code == 204
    return callers, places


@pytest.mark.parametrize(
    ("name", "method", "body", "expected"),
    [pytest.param(*row, id=f"{row[0]} {row[1]} {json.dumps(row[2])}") for row in REFUSALS],
)
def test_order_of_refusals(
    precedence: tuple[dict[str, Actor], dict[str, str]],
    name: str,
    method: str,
    body: dict[str, str],
    expected: tuple[int, ...],
) -> None:
    callers, places = precedence
    found = []
    for place in PLACES:
        members = f"/v2/images/{places[place]}/members"
        path = members if method == "POST" else f"{members}/{callers['member'].project}"
        found.append(callers[name](method, path, json=body).status_code)
        if method == "POST" and found[-1] == 200:
            callers["owner"].delete(f"{members}/somebody")
    assert tuple(found) == expected


@pytest.mark.parametrize("body", [ACCEPT, BOGUS], ids=["good status", "bad status"])
@pytest.mark.parametrize("name", ["owner", "member", "outsider", "reader", "admin"])
def test_answer_for_nobody_is_404(
    precedence: tuple[dict[str, Actor], dict[str, str]], name: str, body: dict[str, str]
) -> None:
    callers, places = precedence
    assert callers[name].put(f"/v2/images/{places['shared']}/members/nobody", body).status_code == 404


def test_image_ids_heed_case(producer: Actor, members: str) -> None:
    *start, identifier, end = members.split("/")
    assert producer.get("/".join([*start, identifier.upper(), end])).status_code == 404
