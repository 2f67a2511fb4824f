"""What a run has made, and what is believed to be removed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from glance_emulator.verify.leavings import IMAGE, NAMESPACE, PROJECT, Cleaner, Leavings, Unanswered, remove_all

EMPTY: dict[str, Any] = {"images": [], "namespaces": [], "projects": []}
ONE = {
    "images": [{"id": "i", "owner": "p"}, {"id": "j", "owner": "another"}],
    "namespaces": [{"namespace": "n/é", "owner": "p"}, {"namespace": "m", "owner": "another"}],
    "projects": [{"id": "p"}],
}


class Script:
    """A service that answers by what is scripted for a method, and writes down what it is asked."""

    def __init__(self, **answers: Any) -> None:
        self.asked: list[str] = []
        self._answers = answers

    def __call__(self, method: str, path: str, **options: Any) -> requests.Response:
        self.asked.append(f"{method} {path}")
        answer = requests.Response()
        scripted = self._answers[method]
        answer.status_code = scripted if isinstance(scripted, int) else 200
        answer._content = json.dumps(scripted).encode()
        answer.request = requests.Request(method, f"http://h{path}").prepare()
        return answer


def test_what_is_written_down_is_read_in_the_order_of_removal(tmp_path: Path) -> None:
    leavings = Leavings(tmp_path / "x")
    assert leavings.read() == []
    for kind, name in ((PROJECT, "a b"), (IMAGE, "i"), (NAMESPACE, "n"), (IMAGE, "j")):
        leavings.made(kind, name)
    leavings.gone(IMAGE, "i")
    assert leavings.read() == [(IMAGE, "j"), (NAMESPACE, "n"), (PROJECT, "a b")]


def test_a_project_goes_with_what_is_in_it_and_nothing_else() -> None:
    image, identity = Script(GET=ONE, DELETE=204), Script(GET=ONE, DELETE=204)
    assert not Cleaner(image, identity).remove(PROJECT, "x")  # its list goes on showing both
    assert [asked for asked in image.asked if asked.startswith("DELETE")] == [
        *["DELETE /v2/images/i"] * 2,  # of the list with hidden images as well
        "DELETE /v2/metadefs/namespaces/n%2F%C3%A9",
    ]
    assert identity.asked == ["GET /projects?name=x"]


def test_an_empty_project_is_deleted() -> None:
    identity = Script(GET=ONE, DELETE=204)
    assert Cleaner(Script(GET=EMPTY), identity).remove(PROJECT, "x")
    assert identity.asked[-1] == "DELETE /projects/p"


@pytest.mark.parametrize("status", [401, 404, 503])
def test_a_list_that_is_refused_is_not_an_empty_one(status: int) -> None:
    cleaner = Cleaner(Script(GET=status), Script(GET=ONE))
    with pytest.raises(Unanswered, match=str(status)):
        cleaner.remove(PROJECT, "x")
    with pytest.raises(Unanswered, match=str(status)):
        Cleaner(Script(GET=EMPTY), Script(GET=status)).remove(PROJECT, "x")


@pytest.mark.parametrize("kind", [IMAGE, NAMESPACE])
def test_not_found_is_believed_of_who_finds_anything(kind: str) -> None:
    assert Cleaner(Script(GET=EMPTY, DELETE=404), None).remove(kind, "x")
    assert not Cleaner(Script(GET=EMPTY, DELETE=503), None).remove(kind, "x")
    with pytest.raises(Unanswered):
        Cleaner(Script(GET=404, DELETE=404), None).remove(kind, "x")


def test_protection_is_taken_away() -> None:
    image = Script(DELETE=403, PATCH=200, PUT=200)
    assert not Cleaner(image, None).remove(IMAGE, "i")
    assert not Cleaner(image, None).remove(NAMESPACE, "n")
    assert image.asked[:3] == ["DELETE /v2/images/i", "PATCH /v2/images/i", "DELETE /v2/images/i"]
    assert image.asked[4] == "PUT /v2/metadefs/namespaces/n"


def test_silence_ends_it_and_leaves_the_rest(tmp_path: Path) -> None:
    leavings = Leavings(tmp_path / "x")
    left: list[int] = []
    for number in range(5):
        leavings.made(PROJECT, str(number))
    silent = Script(GET=503)
    remove_all(leavings, Cleaner(silent, silent), left.append)
    assert (len(silent.asked), len(leavings.read()), left) == (2, 5, [5, 4])
