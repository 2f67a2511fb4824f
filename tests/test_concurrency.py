"""Requests that contradict one another, sent at the same moment to several processes: one wins, and none is a fault."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import requests

from tests.contract.actors import Actor
from tests.contract.identity.cloud import Cloud, by_password, issued, project
from tests.processes import emulator

AT_ONCE = 16
ROUNDS = [pytest.param(number, id=f"round {number}") for number in range(3)]
Call = Callable[[], requests.Response]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with emulator("--auth", "trusted", "--workers", "2") as started:
        yield started


@pytest.fixture
def producer(url: str) -> Actor:
    return Actor(url)


def at_once(calls: Sequence[Call]) -> list[requests.Response]:
    """Send all requests at the same moment; return their answers in order."""
    start = threading.Barrier(len(calls))

    def run(call: Call) -> requests.Response:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def calls(actor: Actor, *requested: tuple[Any, ...], **options: Any) -> list[Call]:
    """Return the requests, each of which has a connection of its own."""

    def call(request: tuple[Any, ...]) -> Call:
        return lambda: replace(actor, session=requests.Session())(*request, **options)

    return [call(request) for request in requested]


def codes(answers: Sequence[requests.Response]) -> dict[int, int]:
    """Count the answers by status."""
    return dict(Counter(answer.status_code for answer in answers))


def uploads(actor: Actor, images: Sequence[dict[str, Any]], contents: Sequence[bytes]) -> list[Call]:
    def call(image: dict[str, Any], content: bytes) -> Call:
        headers = {"Content-Type": "application/octet-stream"}
        path = f"/v2/images/{image['id']}/file"
        return lambda: replace(actor, session=requests.Session()).put(path, data=content, headers=headers)

    return [call(image, content) for image, content in zip(images, contents, strict=True)]


@pytest.mark.parametrize("number", ROUNDS)
def test_a_member_is_added_once(producer: Actor, number: int) -> None:
    path = f"/v2/images/{producer.image()['id']}/members"
    answers = at_once([*calls(producer, *[("POST", path)] * AT_ONCE, json={"member": "consumer"})])
    assert codes(answers) == {200: 1, 409: AT_ONCE - 1}
    assert [member["member_id"] for member in producer.get(path).json()["members"]] == ["consumer"]


@pytest.mark.parametrize("number", ROUNDS)
def test_no_member_is_lost(producer: Actor, number: int) -> None:
    path = f"/v2/images/{producer.image()['id']}/members"
    names = [f"consumer-{one}" for one in range(AT_ONCE)]
    answers = at_once([call for name in names for call in calls(producer, ("POST", path), json={"member": name})])
    assert codes(answers) == {200: AT_ONCE}
    assert {member["member_id"] for member in producer.get(path).json()["members"]} == set(names)


@pytest.mark.parametrize("number", ROUNDS)
def test_an_answer_and_a_revocation_come_one_after_the_other(producer: Actor, url: str, number: int) -> None:
    image, consumer = producer.image(), Actor(url)
    producer.offer(image, consumer)
    path = f"/v2/images/{image['id']}/members/{consumer.project}"
    half = AT_ONCE // 2
    answers = at_once(
        calls(consumer, *[("PUT", path)] * half, json={"status": "accepted"})
        + calls(producer, *[("DELETE", path)] * half)
    )
    assert set(codes(answers[:half])) <= {200, 404}
    assert codes(answers[half:]) == {204: 1, 404: half - 1}
    assert consumer.listed() == []


@pytest.mark.parametrize("number", ROUNDS)
def test_no_tag_is_lost_and_none_is_over_the_quota(producer: Actor, number: int) -> None:
    image = producer.image(tags=[f"old-{one}" for one in range(120)])
    paths = [f"/v2/images/{image['id']}/tags/new-{one}" for one in range(AT_ONCE)]
    answers = at_once(calls(producer, *[("PUT", path) for path in paths]))
    assert codes(answers) == {204: 8, 413: AT_ONCE - 8}
    given = {f"new-{one}" for one, answer in enumerate(answers) if answer.status_code == 204}
    tags = producer.get(f"/v2/images/{image['id']}").json()["tags"]
    assert {tag for tag in tags if tag.startswith("new")} == given


@pytest.mark.parametrize("number", ROUNDS)
def test_no_change_is_lost(producer: Actor, number: int) -> None:
    path = f"/v2/images/{producer.image()['id']}"

    def call(name: str) -> Call:
        operation = {"op": "add", "path": f"/{name}", "value": "yes"}
        return lambda: replace(producer, session=requests.Session()).patch(path, operation)

    names = [f"property-{one}" for one in range(AT_ONCE)]
    assert codes(at_once([call(name) for name in names])) == {200: AT_ONCE}
    assert set(names) <= producer.get(path).json().keys()


@pytest.mark.parametrize("number", ROUNDS)
def test_an_id_is_given_once(producer: Actor, number: int) -> None:
    body = {"id": str(uuid.uuid4()), "name": "image"}
    answers = at_once(calls(producer, *[("POST", "/v2/images")] * AT_ONCE, json=body))
    assert codes(answers) == {201: 1, 409: AT_ONCE - 1}


@pytest.mark.parametrize("number", ROUNDS)
def test_an_image_takes_the_data_of_one_upload(producer: Actor, number: int) -> None:
    image = producer.image()
    contents = [bytes([one]) * 300_000 for one in range(AT_ONCE)]
    answers = at_once(uploads(producer, [image] * AT_ONCE, contents))
    assert codes(answers) == {204: 1, 409: AT_ONCE - 1}
    winner = [answer.status_code for answer in answers].index(204)
    assert producer.get(f"/v2/images/{image['id']}/file").content == contents[winner]


@pytest.mark.parametrize("number", ROUNDS)
def test_images_with_the_same_data_come_and_go(producer: Actor, number: int) -> None:
    content = f"the same {number} {producer.project}".encode()
    images = [producer.image() for _ in range(AT_ONCE)]
    assert codes(at_once(uploads(producer, images, [content] * AT_ONCE))) == {204: AT_ONCE}
    # Half of them go while as many come.
    half = AT_ONCE // 2
    coming = [producer.image() for _ in range(half)]
    deletions = calls(producer, *[("DELETE", f"/v2/images/{image['id']}") for image in images[half:]])
    assert codes(at_once(deletions + uploads(producer, coming, [content] * half))) == {204: AT_ONCE}
    for image in images[:half] + coming:
        assert producer.get(f"/v2/images/{image['id']}/file").content == content
    # All of them go while one comes.
    last = producer.image()
    deletions = calls(producer, *[("DELETE", f"/v2/images/{image['id']}") for image in images[:half] + coming])
    assert codes(at_once(deletions + uploads(producer, [last], [content]))) == {204: AT_ONCE + 1}
    assert producer.get(f"/v2/images/{last['id']}/file").content == content


@pytest.mark.parametrize("number", ROUNDS)
def test_an_image_is_deleted_once(producer: Actor, number: int) -> None:
    path = f"/v2/images/{producer.active_image()['id']}"
    assert codes(at_once(calls(producer, *[("DELETE", path)] * AT_ONCE))) == {204: 1, 404: AT_ONCE - 1}


@pytest.mark.parametrize("number", ROUNDS)
def test_an_image_that_is_deleted_during_its_upload_is_gone(producer: Actor, number: int) -> None:
    half = AT_ONCE // 2
    images = [producer.image() for _ in range(half)]
    deletions = calls(producer, *[("DELETE", f"/v2/images/{image['id']}") for image in images])
    answers = at_once(uploads(producer, images, [bytes(2_000_000)] * half) + deletions)
    assert set(codes(answers[:half])) <= {204, 404, 410}
    assert codes(answers[half:]) == {204: half}
    assert producer.listed() == []


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with emulator("--workers", "2") as started:
        yield Cloud(f"{started}/identity/v3")


@pytest.mark.parametrize("number", ROUNDS)
@pytest.mark.parametrize("kind", ["project", "user", "role", "domain"])
def test_a_name_is_given_once(cloud: Cloud, kind: str, number: int) -> None:
    token = cloud.token("admin", project("admin"))
    body = {kind: {"name": f"name-{number}"}}

    def create() -> requests.Response:
        return replace(cloud, session=requests.Session())("POST", f"/{kind}s", body, token)

    assert codes(at_once([create] * AT_ONCE)) == {201: 1, 409: AT_ONCE - 1}


@pytest.mark.parametrize("number", ROUNDS)
def test_a_role_can_be_given_by_many(cloud: Cloud, number: int) -> None:
    token = cloud.token("admin", project("admin"))
    user = cloud.admin("POST", "/users", {"user": {"name": f"many-{number}", "password": "secret"}}).json()["user"]
    place = cloud.admin("POST", "/projects", {"project": {"name": f"many-{number}"}}).json()["project"]
    role = cloud.admin("GET", "/roles?name=member").json()["roles"][0]

    def give() -> requests.Response:
        path = f"/projects/{place['id']}/users/{user['id']}/roles/{role['id']}"
        return replace(cloud, session=requests.Session())("PUT", path, token=token)

    assert codes(at_once([give] * AT_ONCE)) == {204: AT_ONCE}
    assert issued(cloud.ask(by_password(user["name"]), project(place["name"])))
