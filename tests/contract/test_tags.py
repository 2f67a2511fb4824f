"""/v2/images/{id}/tags/{tag}: short words on an image."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.actors import Actor

MOST = 128


def tag(image: dict[str, Any], name: str = "blue") -> str:
    return f"/v2/images/{image['id']}/tags/{name}"


def tags(actor: Actor, image: dict[str, Any]) -> list[str]:
    """Return the tags in order: the service promises none."""
    return sorted(actor.get(f"/v2/images/{image['id']}").json()["tags"])


# What it does


def test_a_tag_is_put_and_taken_off(producer: Actor) -> None:
    image = producer.image(tags=["round"])
    answer = producer.put(tag(image))
    assert (answer.status_code, answer.content) == (204, b"")
    assert tags(producer, image) == ["blue", "round"]
    answer = producer.delete(tag(image))
    assert (answer.status_code, answer.content) == (204, b"")
    assert tags(producer, image) == ["round"]


def test_a_tag_is_there_once_however_often_it_is_put(producer: Actor) -> None:
    image = producer.image()
    assert [producer.put(tag(image)).status_code for _ in range(2)] == [204, 204]
    assert tags(producer, image) == ["blue"]


def test_tags_differ_by_case(producer: Actor) -> None:
    image = producer.image(tags=["blue"])
    producer.put(tag(image, "Blue"))
    assert tags(producer, image) == ["Blue", "blue"]


def test_tags_of_a_new_image_collapse(producer: Actor) -> None:
    assert sorted(producer.image(tags=["b", "a", "b"])["tags"]) == ["a", "b"]


def test_tagging_shows_in_lists(producer: Actor) -> None:
    image = producer.image()
    producer.put(tag(image))
    assert producer.listed("?visibility=shared&tag=blue") == [image["id"]]
    producer.delete(tag(image))
    assert producer.listed("?visibility=shared&tag=blue") == []


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_tagging_is_an_update(producer: Actor, method: str) -> None:
    image = producer.image(tags=["blue"] if method == "DELETE" else [])
    time.sleep(1.05)  # updated_at counts seconds
    assert producer(method, tag(image)).status_code == 204
    assert producer.get(f"/v2/images/{image['id']}").json()["updated_at"] > image["updated_at"]


def test_a_tag_that_is_not_there_cannot_be_taken_off(producer: Actor) -> None:
    assert producer.delete(tag(producer.image())).status_code == 404


# What a tag may be


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        pytest.param("a%20b", "a b", id="blank"),
        pytest.param("%20", " ", id="only-a-blank"),
        pytest.param("a,b", "a,b", id="comma"),
        pytest.param("a%0Ab", "a\nb", id="line-break"),
        pytest.param("a:b", "a:b", id="colon"),
        pytest.param("a%3Fb", "a?b", id="question-mark"),
        pytest.param("a%2541", "a%41", id="percent"),
        pytest.param("a.b", "a.b", id="full-stop"),
        pytest.param("x" * 255, "x" * 255, id="longest"),
        pytest.param("x?y=1", "x", id="query-is-ignored"),
    ],
)
def test_a_tag_may_hold_any_text(producer: Actor, name: str, meant: str) -> None:
    image = producer.image()
    assert producer.put(tag(image, name)).status_code == 204
    assert tags(producer, image) == [meant]
    assert producer.delete(tag(image, name)).status_code == 204
    assert tags(producer, image) == []


@pytest.mark.parametrize("name", ["%C3%A9%E2%98%83", "%F0%9F%98%80"])
def test_a_tag_may_be_of_any_script(producer: Actor, name: str) -> None:
    """How it comes back is left open: the real service reads the path as Latin-1."""
    image = producer.image()
    assert producer.put(tag(image, name)).status_code == 204
    assert len(tags(producer, image)) == 1
    assert producer.delete(tag(image, name)).status_code == 204


@pytest.mark.parametrize("name", ["", "a/b", "a%2Fb", ".."])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_tag_is_one_step_of_the_path(producer: Actor, method: str, name: str) -> None:
    assert producer(method, tag(producer.image(), name)).status_code == 404


def test_a_tag_has_at_most_255_characters(producer: Actor) -> None:
    image = producer.image()
    assert producer.put(tag(image, "x" * 256)).status_code == 400
    assert producer.delete(tag(image, "x" * 256)).status_code == 404
    assert tags(producer, image) == []


@pytest.mark.parametrize(
    ("given", "status"),
    [
        pytest.param(["x" * 255], 201, id="longest"),
        pytest.param(["é" * 255], 201, id="longest-in-characters"),
        pytest.param(["x" * 256], 400, id="too-long"),
        pytest.param([""], 201, id="empty"),
        pytest.param([str(n) for n in range(MOST)], 201, id="most"),
        pytest.param([str(n) for n in range(MOST + 1)], 413, id="too-many"),
        pytest.param("blue", 400, id="no-list"),
        pytest.param([1], 400, id="number"),
        pytest.param(None, 400, id="null"),
    ],
)
def test_tags_of_a_new_image(producer: Actor, given: Any, status: int) -> None:
    assert producer.post("/v2/images", {"tags": given}).status_code == status


def test_an_image_has_at_most_128_tags(producer: Actor, reader: Actor, outsider: Actor) -> None:
    image = producer.image(tags=[str(n) for n in range(MOST - 1)])
    assert producer.put(tag(image, "last")).status_code == 204
    assert producer.put(tag(image, "more")).status_code == 413
    assert producer.put(tag(image, "last")).status_code == 204
    assert reader.put(tag(image, "more")).status_code == 403
    assert outsider.put(tag(image, "more")).status_code == 404
    assert len(tags(producer, image)) == MOST


# Who may


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize(
    ("who", "visibility", "status"),
    [
        pytest.param("producer", "shared", 204, id="owner"),
        pytest.param("admin", "shared", 204, id="admin"),
        pytest.param("admin", "private", 204, id="admin-private"),
        pytest.param("reader", "shared", 403, id="reader"),
        pytest.param("member", "shared", 403, id="member"),
        pytest.param("pending", "shared", 403, id="pending-member"),
        pytest.param("outsider", "shared", 404, id="outsider"),
        pytest.param("outsider", "private", 404, id="outsider-private"),
        pytest.param("outsider", "community", 403, id="outsider-community"),
        pytest.param("nobody", "shared", 404, id="without-a-role"),
    ],
)
def test_who_may_tag(
    producer: Actor,
    reader: Actor,
    admin: Actor,
    outsider: Actor,
    newcomer: Callable[..., Actor],
    who: str,
    visibility: str,
    status: int,
    method: str,
) -> None:
    image = producer.image(visibility=visibility, tags=["blue"] if method == "DELETE" else [])
    callers = {
        "producer": producer,
        "reader": reader,
        "admin": admin,
        "outsider": outsider,
        "member": newcomer(),
        "pending": newcomer(),
        "nobody": newcomer(roles="", project=producer.project),
    }
    if visibility == "shared":
        producer.offer(image, callers["member"], "accepted")
        producer.offer(image, callers["pending"])
    before = tags(producer, image)
    assert callers[who](method, tag(image)).status_code == status
    assert (tags(producer, image) == before) == (status != 204)


def test_an_absent_tag_is_no_secret_kept_from_who_may_not_tag(producer: Actor, reader: Actor) -> None:
    assert reader.delete(tag(producer.image())).status_code == 403


def test_a_bad_tag_is_refused_before_anything_is_looked_up(reader: Actor, producer: Actor) -> None:
    assert reader.put(tag(producer.image(), "x" * 256)).status_code == 400
    assert producer.put("/v2/images/nonsense/tags/" + "x" * 256).status_code == 400


# What may be tagged


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_there_must_be_an_image(producer: Actor, method: str) -> None:
    image = producer.image(tags=["blue"])
    producer.delete(f"/v2/images/{image['id']}")
    assert producer(method, tag(image)).status_code == 404
    assert producer(method, "/v2/images/nonsense/tags/blue").status_code == 404


@pytest.mark.parametrize("state", ["active", "deactivated", "protected", "hidden"])
def test_images_of_any_state_may_be_tagged(producer: Actor, admin: Actor, state: str) -> None:
    image = producer.active_image(protected=state == "protected", os_hidden=state == "hidden")
    if state == "deactivated":
        admin.post(f"/v2/images/{image['id']}/actions/deactivate")
    assert producer.put(tag(image)).status_code == 204
    assert tags(producer, image) == ["blue"]
    assert producer.delete(tag(image)).status_code == 204


# How it is asked


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
def test_tags_know_two_methods(producer: Actor, method: str) -> None:
    answer = producer(method, tag(producer.image(tags=["blue"])))
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"PUT", "DELETE"}


def test_tags_have_no_list_of_their_own(producer: Actor) -> None:
    assert producer.get(f"/v2/images/{producer.image()['id']}/tags").status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_body_is_refused(producer: Actor, method: str) -> None:
    assert producer(method, tag(producer.image(tags=["blue"])), json={"a": 1}).status_code == 400
