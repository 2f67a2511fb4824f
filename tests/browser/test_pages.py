"""What every page owes to whoever reads it: no barriers, in light and dark, on a phone, by keyboard, in their time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import REASON, Enter
from tests.browser.test_story import offer, upload

expect = pytest.importorskip("playwright.sync_api", reason=REASON).expect

KINDS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True},
}
PAGES = (
    "images", "images?tab=accepted", "images?tab=pending", "images?tab=rejected", "images?tab=public",
    "images?tab=hidden", "images/new",
    "servers", "servers/new", "activity", "activity?service=panel", "projects", "images?name=nothing+like+that",
)  # fmt: skip


def every_page(page: Any, file: Path, name: str) -> list[str]:
    """Fill the panel; return the addresses of its pages."""
    page.goto("/panel/images")
    image = upload(page, name, file)
    offer(page, "outsider, admin")
    page.goto(f"/panel/servers/new?image={image.rpartition('/')[2]}")
    page.get_by_label("Name").fill("web-1")
    page.get_by_role("button", name="Boot").click()
    expect(page.get_by_text("Under way")).to_have_count(0)
    page.get_by_label("Name of a new snapshot").fill("before")
    page.get_by_role("button", name="Take a snapshot").click()
    expect(page.get_by_text("Under way")).to_have_count(0)
    made = [image, page.url]
    return [f"/panel/{path}" for path in PAGES] + made + [f"{one}/delete" for one in made] + [f"{image}/edit"]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_keeps_anybody_from_using_a_page(
    enter: Enter, axe: Callable[[Any], list[str]], file: Path, kind: str
) -> None:
    page = enter("consumer", bypass_csp=True, **KINDS[kind])
    found = {}
    for address in every_page(page, file, f"image in {kind}"):
        page.goto(address)
        found[address] = axe(page)
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("heading", name="Log in").wait_for()
    found["login"] = axe(page)
    assert {address: faults for address, faults in found.items() if faults} == {}


def test_a_refusal_is_a_page_like_the_others(
    enter: Enter, axe: Callable[[Any], list[str]], complaints: list[str]
) -> None:
    page = enter("consumer", bypass_csp=True)
    page.goto("/panel/images/nothing")
    expect(page.get_by_role("heading", name="Not Found")).to_be_visible()
    assert axe(page) == []
    complaints.clear()  # the browser's own of the answer 404


def test_no_page_is_wider_than_a_phone(enter: Enter, file: Path) -> None:
    page = enter("consumer", **KINDS["phone"])
    for address in every_page(page, file, "image-with-a-long-name-" * 8):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address


def test_the_keyboard_reaches_the_content_first_and_everything_after(enter: Enter) -> None:
    page = enter("consumer")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="New image")).to_be_focused()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_light_and_dark_are_the_readers_choice(enter: Enter) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light, dark = enter("consumer", color_scheme="light"), enter("consumer", color_scheme="dark")
    assert light.evaluate(ground) != dark.evaluate(ground)


def test_times_are_told_in_the_readers_zone(enter: Enter, file: Path) -> None:
    page = enter("consumer", timezone_id="Pacific/Kiritimati", locale="en-GB")
    page.goto("/panel/images")
    upload(page, "timed", file)
    time = page.locator("dl time").first
    exact = time.get_attribute("datetime")
    shown = "new Intl.DateTimeFormat('en-GB', {dateStyle: 'medium', timeStyle: 'short', timeZone: '+14:00'})"
    assert time.inner_text() == page.evaluate(f"{shown}.format(new Date('{exact}'))")
    assert str(time.get_attribute("title")).endswith("UTC")
