"""The panel in a real browser: Chromium, driven by Playwright.

Where there is no Chromium, these tests are skipped. What axe-core finds is asked where GLANCE_EMULATOR_TEST_AXE names
its file `axe.min.js`, as it comes from npm.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.processes import emulator

REASON = "the tests in a browser need the package playwright"
AXE = "GLANCE_EMULATOR_TEST_AXE"
NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 20_000  # milliseconds

Enter = Callable[..., Any]
"""Opens a page for a user in a browser context of their own, logged in; options are those of the context."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(f"there is no {NAMES[0]}: install Debian's package of this name")
    driver_of = pytest.importorskip("playwright.sync_api", reason=REASON)
    with driver_of.sync_playwright() as driver:
        # Not in a sandbox of its own: containers seldom allow it, and it sees only the emulator.
        opened = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    with emulator() as running:
        yield running


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the browser complains about: broken scripts, and what the pages' own policy forbids."""
    found: list[str] = []
    yield found
    assert not found


@pytest.fixture
def enter(browser: Any, url: str, complaints: list[str]) -> Iterator[Enter]:
    contexts = []

    def open_(user: str, **options: Any) -> Any:
        context = browser.new_context(base_url=url, **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto("/panel")
        page.get_by_label("User", exact=True).fill(user)
        page.get_by_label("Password").fill("secret")
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("heading", name="Images").wait_for()
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe() -> Callable[[Any], list[str]]:
    """Return what says what is wrong with a page, in a context that lets scripts of ours in."""
    path = os.environ.get(AXE)
    if not path:
        pytest.skip(f"the variable {AXE} does not name axe-core's file axe.min.js")
    script = Path(path).read_text()

    def violations(page: Any) -> list[str]:
        page.evaluate(script)
        found = page.evaluate("axe.run()")
        return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found["violations"]]

    return violations


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give a file with two million bytes."""
    path = tmp_path / "golden.raw"
    path.write_bytes(bytes(range(250)) * 8000)
    return path
