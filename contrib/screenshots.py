#!/usr/bin/env python3
"""The README's pictures of the Control Panel, taken of an emulator that is started for them.

    python -m contrib.screenshots [DIR]

Writes PNG files into DIR, contrib/screenshots by default. Needs the extra `dev` and Debian's chromium.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

from openstack import exceptions
from playwright.sync_api import sync_playwright

from contrib.story import connect
from glance_emulator.child import emulator

FOLDER = Path(__file__).with_name("screenshots")
SIZE = {"width": 1080, "height": 720}


def main() -> int:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description="The README's pictures of the Control Panel.")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    folder = parser.parse_args().folder
    found = shutil.which("chromium")
    if found is None:
        print("There is no chromium: install Debian's package of this name.", file=sys.stderr)
        return 1
    folder.mkdir(exist_ok=True)
    # The SDK warns of what it calls within itself.
    warnings.simplefilter("ignore")
    with emulator("--ephemeral", "--port", "0") as running, sync_playwright() as driver:
        url = running.url
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        image, server = _share(url)
        _take(browser, url, "producer", f"images/{image}#members", folder / "sharing.png", "light")
        _take_back(url, image)
        _take(browser, url, "consumer", f"servers/{server}", folder / "lineage.png", "dark")
        _take(browser, url, "admin", "activity?outcome=4", folder / "activity.png", "light")
        browser.close()
    print(f"Three pictures are in {folder}.")
    return 0


def _share(url: str) -> tuple[str, str]:
    """Offer an image, let it be answered, and boot from it; return the ids of the image and the server."""
    producer, consumer, outsider = (connect(url, name) for name in ("producer", "consumer", "outsider"))
    body = {"name": "Debian 13, golden", "disk_format": "raw", "container_format": "bare", "tags": ["debian", "lts"]}
    image = producer.image.post("/images", json=body).json()["id"]
    octets = {"Content-Type": "application/octet-stream"}
    producer.image.put(f"/images/{image}/file", data=bytes(5_000_000), headers=octets)
    for other in (consumer, outsider, connect(url, "admin")):
        producer.image.add_member(image, member_id=other.current_project_id)
    consumer.image.update_member(consumer.current_project_id, image, status="accepted")
    outsider.image.update_member(outsider.current_project_id, image, status="rejected")
    server = consumer.create_server("web-1", image=image, flavor="m1.tiny", wait=True)
    for name in ("before the upgrade", "after the upgrade"):
        consumer.create_image_snapshot(name, server.id, wait=True)
    return image, server.id


def _take_back(url: str, image: str) -> None:
    """Remove the members, and let who was one ask again."""
    producer, consumer = connect(url, "producer"), connect(url, "consumer")
    with suppress(exceptions.ForbiddenException):  # only the producer removes members
        consumer.image.remove_member(consumer.current_project_id, image)
    for member in list(producer.image.members(image)):
        producer.image.remove_member(member.id, image)
    with suppress(exceptions.NotFoundException):  # it was taken back
        consumer.image.get_image(image)


def _take(browser: Any, url: str, persona: str, place: str, file: Path, scheme: str) -> None:
    page = browser.new_context(base_url=url, viewport=SIZE, color_scheme=scheme, device_scale_factor=1).new_page()
    page.goto("/panel/login")
    page.get_by_label("User", exact=True).fill(persona)
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Log in").click()
    page.goto(f"/panel/{place}")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=file)


if __name__ == "__main__":
    sys.exit(main())
