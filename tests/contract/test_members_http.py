"""Members: methods, paths, the media type of errors, identities that lack something, schemas."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import requests

from tests.contract.actors import Actor


@pytest.fixture
def members(producer: Actor, consumer: Actor) -> str:
    """The members of a shared image, of which the consumer is one."""
    image = producer.image()
    producer.offer(image, consumer)
    return f"/v2/images/{image['id']}/members"


# Methods and paths


@pytest.mark.parametrize("method", ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("image", ["known", "unknown"])
def test_methods_of_the_list(producer: Actor, members: str, method: str, image: str) -> None:
    path = members if image == "known" else f"/v2/images/{uuid.uuid4()}/members"
    answer = producer(method, path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST")


@pytest.mark.parametrize("method", ["HEAD", "POST", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("member", ["CONSUMER", "nobody"])
def test_methods_of_a_member(producer: Actor, consumer: Actor, members: str, method: str, member: str) -> None:
    answer = producer(method, f"{members}/{member.replace('CONSUMER', consumer.project)}")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, PUT, DELETE")


def test_wrong_method_is_told_before_what_may_be_seen(outsider: Actor, members: str) -> None:
    assert outsider("PATCH", members).status_code == 405


def test_paths_with_something_more_do_not_exist(producer: Actor, consumer: Actor, members: str) -> None:
    member = f"{members}/{consumer.project}"
    for path in (f"{members}/", f"{member}/", f"{member}/status", members.replace("members", "Members")):
        assert producer.get(path).status_code == 404, path
    assert producer.post(f"{members}/", {"member": "somebody"}).status_code == 404
    assert consumer.put(f"{member}/", {"status": "accepted"}).status_code == 404


# Errors


MEDIA = [
    ("application/json", "application/json"),
    ("application/json;q=0.5", "application/json"),
    ("text/plain, application/json", "application/json"),
    ("*/*", "text/html; charset=UTF-8"),
    ("text/html", "text/html; charset=UTF-8"),
    ("application/json, */*", "text/html; charset=UTF-8"),
    ("", "text/plain; charset=UTF-8"),
    (None, "text/plain; charset=UTF-8"),
    ("text/plain", "text/plain; charset=UTF-8"),
    ("application/xml", "text/plain; charset=UTF-8"),
]


@pytest.mark.parametrize(("accept", "media"), MEDIA)
def test_media_type_of_refusals(
    producer: Actor, consumer: Actor, outsider: Actor, members: str, accept: str | None, media: str
) -> None:
    headers: dict[str, Any] = {"Accept": accept}
    answers = {
        "400 Bad Request": producer.post(members, {}, headers=headers),
        "403 Forbidden": consumer.post(members, {"member": "x"}, headers=headers),
        "404 Not Found": outsider.get(members, headers=headers),
        "409 Conflict": producer.post(members, {"member": consumer.project}, headers=headers),
    }
    for status, answer in answers.items():
        assert f"{answer.status_code} {status[4:]}" == status
        assert answer.headers["Content-Type"] == media
        if media == "application/json":
            document = answer.json()
            assert set(document) == {"message", "code", "title"}
            assert (document["code"], document["title"]) == (status, status[4:])
            assert document["message"].endswith("<br /><br />\n\n\n")
        elif media.startswith("text/html"):
            assert f"<title>{status}</title>" in answer.text
        else:
            assert answer.text.startswith(f"{status}\n\n")


def test_wrong_method_in_json(producer: Actor, members: str) -> None:
    answer = producer("PATCH", members, headers={"Accept": "application/json"})
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["code"] == "405 Method Not Allowed"
    assert answer.json()["title"] == "Method Not Allowed"


# Identities that lack something


@pytest.mark.parametrize("status", [None, "Invalid", ""])
def test_unconfirmed_identity_is_401(producer: Actor, members: str, status: str | None) -> None:
    headers = {"X-User-Id": producer.user, "X-Project-Id": producer.project, "X-Roles": producer.roles}
    if status is not None:
        headers["X-Identity-Status"] = status
    for path in (members, f"{members}/x", "/v2/schemas/member"):
        assert requests.get(producer.url + path, headers=headers, timeout=60).status_code == 401
    assert requests.post(producer.url + members, json={"member": "x"}, headers=headers, timeout=60).status_code == 401


@pytest.mark.parametrize("roles", ["", "auditor", "member"])
def test_without_the_role_reader_no_image_is_seen(producer: Actor, consumer: Actor, members: str, roles: str) -> None:
    roleless = Actor(producer.url, roles=roles, project=producer.project)
    image = members.removesuffix("/members")
    for path in (image, members, f"{members}/{consumer.project}"):
        assert roleless.get(path).status_code == 404
    assert roleless.post(members, {"member": "x"}).status_code == 404
    assert roleless.get("/v2/images").status_code == 403
    assert roleless.get("/v2/schemas/member").status_code == 200


def test_role_names_do_not_heed_case(producer: Actor, members: str) -> None:
    shouting = Actor(producer.url, roles="Member,READER", project=producer.project)
    assert shouting.post(members, {"member": "somebody"}).status_code == 200


def test_role_admin_is_enough(producer: Actor, consumer: Actor, members: str) -> None:
    admin = Actor(producer.url, roles="admin")
    assert admin.put(f"{members}/{consumer.project}", {"status": "accepted"}).status_code == 200


# Schemas

UUID_PATTERN = "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$"

MEMBER_PROPERTIES = {
    "member_id": {"type": "string"},
    "image_id": {"type": "string", "pattern": UUID_PATTERN},
    "created_at": {"type": "string"},
    "updated_at": {"type": "string"},
    "status": {"type": "string", "enum": ["pending", "accepted", "rejected"]},
    "schema": {"type": "string", "readOnly": True},
}


def without_prose(schema: Any) -> Any:
    """Return the schema without its descriptions."""
    if not isinstance(schema, dict):
        return schema
    return {key: without_prose(value) for key, value in schema.items() if key != "description"}


def test_schema_of_a_member(outsider: Actor) -> None:
    schema = outsider.get("/v2/schemas/member").json()
    assert without_prose(schema) == {"name": "member", "properties": MEMBER_PROPERTIES}
    described = {name for name, attribute in schema["properties"].items() if "description" in attribute}
    assert described == set(MEMBER_PROPERTIES) - {"schema"}


def test_schema_of_members(outsider: Actor) -> None:
    assert without_prose(outsider.get("/v2/schemas/members").json()) == {
        "name": "members",
        "properties": {
            "members": {"type": "array", "items": {"name": "member", "properties": MEMBER_PROPERTIES}},
            "schema": {"type": "string"},
        },
        "links": [{"rel": "describedby", "href": "{schema}"}],
    }
