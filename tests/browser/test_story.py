"""The sharing story by hand: a producer and a consumer, each in a browser of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import REASON, Enter

expect = pytest.importorskip("playwright.sync_api", reason=REASON).expect


def upload(page: Any, name: str, file: Path) -> str:
    """Create an image; return its address."""
    page.get_by_role("link", name="New image").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Create").click()
    page.get_by_role("heading", name=name).wait_for()
    return str(page.url)


def offer(page: Any, projects: str) -> None:
    page.get_by_label("Offer it to projects").fill(projects)
    page.get_by_role("button", name="Offer").click()


def downloaded(page: Any) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download").click()
    return bytes(Path(waiting.value.path()).read_bytes())


# The same with scripts and without: then forms alone do the work.
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_story(enter: Enter, file: Path, scripts: bool) -> None:
    name = f"golden {'with' if scripts else 'without'} scripts"
    producer = enter("producer", java_script_enabled=scripts)
    consumer = enter("consumer", java_script_enabled=scripts)
    image = upload(producer, name, file)
    expect(producer.locator("dl").first).to_contain_text("1.9 MiB (2,000,000 bytes)")
    offer(producer, "consumer, outsider")
    expect(producer.get_by_role("main")).to_contain_text("2 of 2 done")

    consumer.reload()
    consumer.get_by_role("navigation", name="Main").get_by_role("link", name="Offers").click()
    consumer.get_by_label(f"Choose {name}").check()
    consumer.get_by_role("button", name="Accept").click()
    expect(consumer.get_by_role("main")).to_contain_text(f"{name}: accepted.")
    consumer.get_by_role("link", name=name).click()
    assert downloaded(consumer) == file.read_bytes()
    outsider = enter("outsider", java_script_enabled=scripts)
    outsider.goto(image)
    outsider.get_by_role("button", name="Reject").click()
    expect(outsider.get_by_role("main")).to_contain_text(f"{name}: rejected.")
    producer.goto(image)
    expect(producer.locator("#members")).to_contain_text("accepted")
    expect(producer.locator("#members")).to_contain_text("rejected")

    consumer.get_by_role("link", name="Boot a server").click()
    consumer.get_by_label("Name").fill("web-1")
    consumer.get_by_role("button", name="Boot").click()
    until_done(consumer, scripts)
    snapshot_by(consumer, "before", scripts)

    producer.get_by_role("button", name="Remove all").click()
    producer.get_by_role("link", name="Go on").click()
    expect(producer.locator("#members")).to_contain_text("Nobody else can see this image")
    producer.get_by_role("link", name="Delete").click()
    producer.get_by_role("button", name="Delete the image").click()
    expect(producer.get_by_role("main")).to_contain_text("The image is deleted.")

    consumer.reload()
    caption = consumer.locator("figcaption")
    expect(caption).to_contain_text("out of your sight")
    expect(caption).not_to_contain_text(name)
    expect(consumer.locator("svg[role=img]")).to_be_visible()
    snapshot_by(consumer, "after", scripts)
    caption.get_by_role("link", name="after").click()
    assert downloaded(consumer) == file.read_bytes()
    producer.goto("/panel/servers")
    expect(producer.get_by_role("main")).to_contain_text("Your project has no servers")


def until_done(page: Any, scripts: bool) -> None:
    """Wait until nothing is under way; without scripts one has to look again oneself."""
    under_way = page.get_by_text("Under way")
    for _ in range(40):
        if scripts or not under_way.count():
            break
        page.get_by_role("link", name="Look again").click()
    expect(under_way).to_have_count(0)


def snapshot_by(page: Any, name: str, scripts: bool) -> None:
    page.get_by_label("Name of a new snapshot").fill(name)
    page.get_by_role("button", name="Take a snapshot").click()
    until_done(page, scripts)
    expect(page.locator("figcaption")).to_contain_text(f"{name}, private, active")


def test_several_images_are_offered_and_answered_at_once(enter: Enter, file: Path) -> None:
    producer, consumer = enter("producer"), enter("consumer")
    for name in ("first of two", "second of two"):
        producer.goto("/panel/images")
        upload(producer, name, file)
    producer.goto("/panel/images")
    for name in ("first of two", "second of two"):
        producer.get_by_label(f"Choose {name}").check()
    producer.get_by_label("To projects").fill("consumer")
    producer.get_by_role("button", name="Offer").click()
    expect(producer.get_by_role("main")).to_contain_text("2 of 2 done")
    consumer.goto("/panel/images?tab=pending&name=of+two")
    for name in ("first of two", "second of two"):
        consumer.get_by_label(f"Choose {name}").check()
    consumer.get_by_role("button", name="Reject").click()
    expect(consumer.get_by_role("main")).to_contain_text("2 of 2 done")


def test_an_upload_shows_how_far_it_is(enter: Enter, file: Path) -> None:
    producer = enter("producer")
    producer.get_by_role("link", name="New image").click()
    producer.locator(".progress span").wait_for(state="attached")
    producer.evaluate(
        """() => {
          const words = document.querySelector(".progress span");
          new MutationObserver(() => sessionStorage.seen = (sessionStorage.seen ?? "") + words.textContent)
            .observe(words, { childList: true });
        }"""
    )
    producer.get_by_label("Name").fill("watched")
    producer.get_by_label("File").set_input_files(file)
    producer.get_by_role("button", name="Create").click()
    producer.get_by_role("heading", name="watched").wait_for()
    assert "100 % sent" in producer.evaluate("sessionStorage.seen")


def test_a_refused_upload_says_why_and_can_be_repeated(enter: Enter, complaints: list[str], file: Path) -> None:
    producer = enter("producer")
    producer.get_by_role("link", name="New image").click()
    producer.get_by_label("Name").fill("no qcow2")
    producer.get_by_label("Disk format").select_option("qcow2")
    producer.get_by_label("File").set_input_files(file)
    producer.get_by_role("button", name="Create").click()
    expect(producer.locator(".progress")).to_contain_text("qcow2")
    expect(producer.get_by_role("button", name="Create")).to_be_enabled()
    complaints.clear()  # the browser's own of the answer 415


def test_activity_comes_by_itself(enter: Enter) -> None:
    watcher, producer = enter("admin"), enter("producer")
    watcher.goto("/panel/activity?service=panel&text=look-at-this")
    expect(watcher.get_by_role("main")).to_contain_text("Nothing was asked yet")
    producer.goto("/panel/images?name=look-at-this")
    expect(watcher.locator("#rows")).to_contain_text("name=look-at-this")
