"""`contrib/story.py`: the whole story of a share, servers and snapshots too, and that it notices when it is not so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from contrib import story
from tests.client.cloud import Cloud
from tests.processes import emulator

ROOT = Path(__file__).parents[2]

# The SDK warns of what it calls within itself.
pytestmark = pytest.mark.filterwarnings("ignore")


def test_the_story_is_lived_to_its_end(cloud: Cloud) -> None:
    told: list[str] = []
    story.tell(cloud.url, told.append)
    assert told[-1] == "The end."
    assert len(told) == 11


def test_the_story_leaves_nothing_behind(cloud: Cloud) -> None:
    before = [story.listed(story.connect(cloud.url, persona)) for persona in story.PERSONAS]
    story.tell(cloud.url, lambda _: None)
    assert [story.listed(story.connect(cloud.url, persona)) for persona in story.PERSONAS] == before


def test_a_cloud_where_it_goes_otherwise_is_noticed(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story, "listed", lambda _: set())
    with pytest.raises(story.NotAsTold, match="it is in the consumer's list"):
        story.tell(cloud.url, lambda _: None)


def test_the_command_tells_it() -> None:
    done = subprocess.run([sys.executable, "-m", "contrib.story"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("The producer uploads an image.")
    assert done.stdout.endswith("The end.\n")


def test_the_command_says_where_it_went_otherwise() -> None:
    with emulator("--quota", "image_count_total=0") as url:
        command = [sys.executable, "-m", "contrib.story", "--url", url]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("Here the story ends otherwise: ")
