"""The page of what was asked: who sees what, filters, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from glance_emulator.app import create_app
from glance_emulator.domain.worlds import World
from glance_emulator.settings import Settings
from glance_emulator.web import journal
from tests.panel.visitor import Visitor, words


@pytest.fixture
def application(world: World) -> Flask:
    """An application that remembers what it answers; in a server, its access log sees to that."""
    made = create_app(Settings(), world)
    answer = made.wsgi_app

    def remembered(environ, start_response):
        status = []

        def started(line, headers, *rest):
            status.append(int(line[:3]))
            return start_response(line, headers, *rest)

        path = environ["PATH_INFO"] + (f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else "")
        found = answer(environ, started)
        journal.keep(("2026-11-24T08:00:00Z", environ["REQUEST_METHOD"], path, status[0], 1.5, 10, "req-1"), environ)
        return found

    made.wsgi_app = remembered  # type: ignore[method-assign]
    return made


def token(visitor: Visitor) -> dict[str, str]:
    [seat] = [cookie.value for cookie in visitor.cookies() if "_seat_" in cookie.key]
    return {"X-Auth-Token": seat}


def test_an_empty_page_says_what_to_do(consumer: Visitor) -> None:
    assert "openstack image list" in consumer.read("activity")


def test_one_sees_what_ones_project_asked_and_an_admin_sees_all(application: Flask, consumer: Visitor) -> None:
    producer, admin = Visitor(application, "producer"), Visitor(application, "admin")
    producer.client.get("/v2/images?name=abc", headers=token(producer))
    assert "GET /v2/images?name=abc images.index 200" in producer.read("activity")
    assert "abc" not in consumer.read("activity")
    assert "producer member, reader" in admin.read("activity")


def test_a_refusal_says_why_to_whom_it_concerns(application: Flask, consumer: Visitor) -> None:
    producer, admin = Visitor(application, "producer"), Visitor(application, "admin")
    image_id = producer.image("golden", visibility="private")
    consumer.client.get(f"/v2/images/{image_id}", headers=token(consumer))
    assert "is private to project producer." in admin.read("activity")
    told = consumer.read("activity")
    assert "that you can see" in told
    assert "private" not in told


@pytest.mark.parametrize(
    ("query", "there"),
    [("", True), ("method=GET", True), ("method=PUT", False), ("outcome=2", True), ("outcome=4", False),
     ("service=image", True), ("service=compute", False), ("text=ABC", True), ("text=xyz", False)],
)  # fmt: skip
def test_requests_are_filtered(consumer: Visitor, query: str, there: bool) -> None:
    consumer.client.get("/v2/images?name=abc", headers=token(consumer))
    assert ("name=abc" in consumer.read(f"activity?{query}")) is there


def test_the_panels_own_pages_are_left_out_unless_asked_for(consumer: Visitor) -> None:
    consumer.read("servers")
    assert "/panel/servers" not in words(consumer.get("activity"))
    assert "/panel/servers" in words(consumer.get("activity?service=panel"))


def test_the_script_asks_for_what_is_new(consumer: Visitor) -> None:
    consumer.client.get("/v2/images?name=first", headers=token(consumer))
    page = consumer.get("activity").text
    last = page.partition('data-last="')[2].partition('"')[0]
    assert "<tr" not in consumer.get(f"activity/rows?after={last}").text
    consumer.client.get("/v2/images?name=second", headers=token(consumer))
    fresh = consumer.get(f"activity/rows?after={last}").text
    assert "second" in fresh
    assert "first" not in fresh


def test_requests_are_text_whatever_they_look_like(consumer: Visitor) -> None:
    consumer.client.get("/v2/images?name=<script>alert(1)</script>", headers=token(consumer))
    page = consumer.get("activity").text
    assert "alert(1)" in page
    assert "<script>alert" not in page


def test_without_a_journal_the_page_says_so(world: World) -> None:
    consumer = Visitor(create_app(Settings(), replace(world, journal=None)), "consumer")
    assert "--journal" in consumer.read("activity")
