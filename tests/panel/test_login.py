"""Coming and going: logins, sessions, forms that are not ours, and what every page says to the browser."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from flask import Flask

from glance_emulator.app import create_app
from glance_emulator.db.identity import User
from glance_emulator.domain import generation
from glance_emulator.domain.seed import id_of
from glance_emulator.domain.worlds import Features, World
from glance_emulator.settings import Settings
from tests.panel.visitor import Visitor, words


@pytest.mark.parametrize("path", ["", "images", "images/new", "servers", "activity", "projects", "nothing/at/all"])
def test_who_is_not_logged_in_is_asked_to(application: Flask, path: str) -> None:
    answer = Visitor(application).get(path)
    assert answer.status_code == 302
    assert answer.location.startswith("/panel/login?next=%2Fpanel")


def test_a_login_leads_where_somebody_wanted_to(application: Flask) -> None:
    visitor = Visitor(application)
    asked = visitor.get("servers/new?image=x").location.removeprefix("/panel/")
    assert 'value="/panel/servers/new?image=x"' in visitor.get(asked).text
    assert visitor.log_in("consumer", next="/panel/servers/new?image=x").location == "/panel/servers/new?image=x"


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example/panel/", "https://evil.example", "/panel//evil.example", "/panel/\\evil", "/v2/images", ""],
)
def test_a_login_leads_nowhere_else(application: Flask, wanted: str) -> None:
    assert Visitor(application).log_in("consumer", next=wanted).location == "/panel/images"


@pytest.mark.parametrize(("user", "password"), [("consumer", "wrong"), ("nobody", "secret"), ("", "")])
def test_a_wrong_login_says_so_and_nothing_more(application: Flask, user: str, password: str) -> None:
    answer = Visitor(application).log_in(user, password)
    assert answer.status_code == 401
    assert "This user, or this password, is not right." in words(answer)


def test_nobody_fills_the_disk_before_they_are_let_in(application: Flask) -> None:
    form = {"user": "consumer", "file": (io.BytesIO(bytes(100_000)), "x")}
    assert Visitor(application).post("login", form, page="login").status_code == 413


def test_a_page_says_who_one_is(consumer: Visitor) -> None:
    assert "You are consumer in consumer" in consumer.read("images")


def test_a_session_ends_with_the_logout_even_for_a_copy_of_its_cookie(application: Flask, consumer: Visitor) -> None:
    copy = Visitor(application)
    for cookie in consumer.cookies():
        copy.client.set_cookie(cookie.key, cookie.value, path="/panel")
    assert copy.get("images").status_code == 200
    assert consumer.post("logout").location == "/panel/login"
    assert consumer.get("images").status_code == 302
    assert copy.get("images").status_code == 302


def test_a_session_ends_when_the_user_is_disabled(world: World, consumer: Visitor) -> None:
    with world.writing() as session:
        user = session.get(User, id_of("user", "consumer"))
        assert user
        user.enabled = False
        generation.bump(session)
    assert consumer.get("images").status_code == 302


@pytest.mark.parametrize("csrf", ["", "0" * 64, "ü"])
def test_a_form_that_is_not_ours_is_refused(consumer: Visitor, csrf: str) -> None:
    answer = consumer.post("images/new", {"csrf": csrf, "name": "x"})
    assert answer.status_code == 403
    assert "not ours" in words(answer)
    assert "no images yet" in consumer.read("images")


def test_a_form_of_another_session_is_refused(consumer: Visitor, producer: Visitor) -> None:
    assert consumer.post("logout", {"csrf": producer.proof()}).status_code == 403
    assert consumer.get("images").status_code == 200


def test_a_login_that_is_not_ours_is_refused(application: Flask) -> None:
    visitor = Visitor(application)
    assert (
        visitor.post("login", {"csrf": "0", "user": "consumer", "password": "secret"}, page="login").status_code == 403
    )


@pytest.mark.parametrize("path", ["login", "images", "images/none", "static/panel.css"])
def test_every_page_says_what_browsers_may_do_with_it(consumer: Visitor, path: str) -> None:
    headers = consumer.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_private_pages_are_not_kept(consumer: Visitor) -> None:
    assert consumer.get("images").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("address", "secure"), [("http://localhost:9292", False), ("https://cloud.example", True)])
def test_the_session_is_out_of_reach_of_scripts_and_other_sites(application: Flask, address: str, secure: bool) -> None:
    visitor = Visitor(application)
    page = visitor.client.get("/panel/login", base_url=address).text
    form = {"user": "consumer", "password": "secret", "domain": "Default"}
    form["csrf"] = page.partition('csrf" value="')[2][:64]
    answer = visitor.client.post("/panel/login", data=form, base_url=address)
    [cookie] = [line for line in answer.headers.getlist("Set-Cookie") if "_seat_" in line]
    assert {"HttpOnly", "SameSite=Lax", "Path=/panel"} <= set(cookie.split("; "))
    assert ("Secure" in cookie.split("; ")) is secure


def test_links_lead_where_the_browser_is_when_the_panel_lies_elsewhere_for_it(world: World) -> None:
    visitor = Visitor(create_app(Settings(public_url="https://cloud.example/glance"), world))
    asked = visitor.get("servers/new?image=x").location
    assert asked == "/glance/panel/login?next=%2Fglance%2Fpanel%2Fservers%2Fnew%3Fimage%3Dx"
    page = visitor.get("login?next=/glance/panel/servers")
    assert 'href="/glance/panel/static/panel.css"' in page.text
    [cookie] = page.headers.getlist("Set-Cookie")
    assert "Path=/glance/panel" in cookie
    assert "Secure" in cookie


def test_a_page_that_is_not_there_says_so(consumer: Visitor) -> None:
    answer = consumer.get("nothing")
    assert answer.status_code == 404
    assert "There is no such page." in words(answer)


def test_a_method_that_is_not_there_says_so(consumer: Visitor) -> None:
    assert consumer.client.put("/panel/images", headers={"X-CSRF-Token": consumer.proof()}).status_code == 405


@pytest.mark.parametrize("name", ["panel.css", "panel.js", "icon.svg"])
def test_what_pages_are_made_with_is_there_for_everybody(application: Flask, name: str) -> None:
    assert Visitor(application).get(f"static/{name}").status_code == 200


@pytest.mark.parametrize("name", ["../frame.py", "..%2fframe.py", "none"])
def test_nothing_else_is(application: Flask, name: str) -> None:
    assert Visitor(application).get(f"static/{name}").status_code in (302, 404)


class TestTrusted:
    """Where identity headers are trusted, so is what somebody says in the login's form."""

    @pytest.fixture
    def application(self, world: World) -> Flask:
        return create_app(Settings(auth="trusted"), world)

    def test_everybody_is_who_they_say_they_are(self, application: Flask) -> None:
        visitor = Visitor(application)
        assert "takes your word" in visitor.read("login")
        visitor.post("login", {"user": "me", "project": "mine", "roles": "Member, reader"}, page="login")
        assert "You are me in mine" in visitor.read("images")
        image_id = visitor.image("ours")
        assert "ours" in visitor.read(f"images/{image_id}")

    def test_a_cookie_of_somebodys_own_making_is_not_believed(self, application: Flask) -> None:
        visitor = Visitor(application)
        visitor.client.set_cookie("glance_panel_seat_default", '["root","admin",["admin"]]', path="/panel")
        assert visitor.get("images").status_code == 302


def test_the_two_readings_of_rejected(world: World) -> None:
    features = Features(lost_by_rejection=True)
    strict = create_app(Settings(rejected_members="lose-access"), replace(world, features=features))
    producer, consumer = Visitor(strict, "producer"), Visitor(strict, "consumer")
    image_id = producer.image("golden")
    producer.post("share", {"image": image_id, "projects": "consumer"})
    consumer.post("answers/rejected", {"image": image_id})
    told = consumer.read("images?tab=rejected")
    assert image_id in told
    assert "golden" not in told
    assert consumer.get(f"images/{image_id}").status_code == 404
    consumer.post("answers/accepted", {"image": image_id})
    assert "golden" in consumer.read("images?tab=accepted")
