"""The two readings of a rejection: who rejected may read the image still, or may not, and remains a member in both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from glance_emulator.app import create_app
from glance_emulator.domain.worlds import Features
from glance_emulator.settings import Settings
from tests.api.compute.cloud import PATCHES, Project
from tests.worlds import resting_world


@pytest.fixture(params=[False, True], ids=["keep-access", "lose-access"])
def lost(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def application(tmp_path: Path, lost: bool, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    with resting_world(tmp_path, monkeypatch, features=Features(lost_by_rejection=lost)) as world:
        yield create_app(Settings(auth="trusted"), world)


@pytest.fixture
def producer(application: Flask) -> Project:
    return Project(application, "producer")


@pytest.fixture
def consumer(application: Flask) -> Project:
    return Project(application, "consumer")


@pytest.fixture
def rejected(producer: Project, consumer: Project) -> str:
    image = producer.image()
    producer.offer(image, consumer, "rejected")
    return image


def _rebuild(who: Project, image: str) -> int:
    return who.act(who.boot(who.image()), "rebuild", {"imageRef": image}).status_code


ASKS: dict[str, tuple[Callable[[Project, str], int], int, int]] = {
    "image": (lambda who, image: who("GET", f"/v2/images/{image}").status_code, 200, 404),
    "data": (lambda who, image: who("GET", f"/v2/images/{image}/file").status_code, 200, 404),
    "tasks": (lambda who, image: who("GET", f"/v2/images/{image}/tasks").status_code, 200, 404),
    "change": (lambda who, image: who("PATCH", f"/v2/images/{image}", [], headers=PATCHES).status_code, 200, 404),
    "delete": (lambda who, image: who("DELETE", f"/v2/images/{image}").status_code, 403, 404),
    "boot": (lambda who, image: who.order(image).status_code, 202, 404),
    "rebuild": (lambda who, image: _rebuild(who, image), 202, 404),
    "marker": (lambda who, image: who("GET", f"/v2/images?marker={image}").status_code, 200, 403),
    "members": (lambda who, image: who("GET", f"/v2/images/{image}/members").status_code, 200, 200),
    "membership": (lambda who, image: who("GET", f"/v2/images/{image}/members/consumer").status_code, 200, 200),
    "leave": (lambda who, image: who("DELETE", f"/v2/images/{image}/members/consumer").status_code, 403, 403),
}
"""What who rejected may ask, and what is answered in each reading."""


@pytest.mark.parametrize("asked", ASKS)
def test_what_who_rejected_may(consumer: Project, rejected: str, lost: bool, asked: str) -> None:
    ask, kept_status, lost_status = ASKS[asked]
    assert ask(consumer, rejected) == (lost_status if lost else kept_status)


def test_a_rejected_image_is_listed_on_request_or_not_at_all(consumer: Project, rejected: str, lost: bool) -> None:
    assert consumer.images() == []
    for query in ("?member_status=rejected", "?member_status=all", "?visibility=shared&member_status=rejected"):
        assert consumer.images(query) == ([] if lost else [rejected])


def test_both_sides_see_the_membership(producer: Project, consumer: Project, rejected: str) -> None:
    for who in (producer, consumer):
        (member,) = who("GET", f"/v2/images/{rejected}/members").get_json()["members"]
        assert (member["member_id"], member["status"]) == ("consumer", "rejected")


@pytest.mark.parametrize("status", ["pending", "accepted"])
def test_a_rejection_can_be_taken_back(consumer: Project, rejected: str, status: str) -> None:
    answer = consumer("PUT", f"/v2/images/{rejected}/members/consumer", {"status": status})
    assert (answer.status_code, answer.get_json()["status"]) == (200, status)
    assert consumer.data(rejected) == b"some bytes"
    assert consumer.images() == ([rejected] if status == "accepted" else [])


def test_others_are_not_concerned(producer: Project, application: Flask, rejected: str) -> None:
    assert producer.data(rejected) == b"some bytes"
    assert Project(application, "admin", "admin").data(rejected) == b"some bytes"
    pending = producer.image()
    second = Project(application, "second")
    producer.offer(pending, second)
    assert second.data(pending) == b"some bytes"
    producer("PATCH", f"/v2/images/{rejected}", [{"op": "replace", "path": "/visibility", "value": "community"}],
             headers=PATCHES)  # fmt: skip
    assert Project(application, "consumer").data(rejected) == b"some bytes"
