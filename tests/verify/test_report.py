"""What two outcomes come to, and how that is told."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from glance_emulator.verify.outcomes import FAILS, HOLDS, SKIPPED, UNANSWERED, Outcome
from glance_emulator.verify.report import DIFFERS, SAME, as_json, as_junit, as_table, compare


def outcome(verdict: str, answers: str = "201 204", why: str = "") -> Outcome:
    return Outcome("test_x.py::test", verdict, why, answers)


@pytest.mark.parametrize(
    ("cloud", "emulator", "result", "why"),
    [
        pytest.param(outcome(HOLDS), outcome(HOLDS), SAME, "", id="both hold"),
        pytest.param(outcome(HOLDS, "201"), outcome(HOLDS, "200"), SAME, "", id="both hold in their ways"),
        pytest.param(outcome(FAILS, why="a"), outcome(HOLDS), DIFFERS, "a", id="only the emulator holds"),
        pytest.param(outcome(HOLDS), outcome(FAILS, why="b"), DIFFERS, "b", id="only the cloud holds"),
        pytest.param(outcome(FAILS, why="a"), outcome(FAILS, why="b"), SAME, "", id="both fail alike"),
        pytest.param(
            outcome(FAILS, "404", "a"),
            outcome(FAILS, "403"),
            DIFFERS,
            "404, not 403: a",
            id="both fail, not alike",
        ),
        pytest.param(outcome(SKIPPED, why="a"), outcome(FAILS), SKIPPED, "a", id="skipped by the cloud"),
        pytest.param(outcome(HOLDS), outcome(SKIPPED, why="b"), SKIPPED, "b", id="skipped by the emulator"),
    ],
)
def test_what_two_outcomes_come_to(cloud: Outcome, emulator: Outcome, result: str, why: str) -> None:
    (point,) = compare("a cloud", {cloud.scenario: cloud}, {emulator.scenario: emulator}).points
    assert point.result == result
    assert point.why.endswith(why)


@pytest.mark.parametrize(
    ("cloud", "emulator", "result"),
    [
        pytest.param(outcome(UNANSWERED, why="silent"), outcome(HOLDS), UNANSWERED, id="the cloud was silent"),
        pytest.param(outcome(FAILS), outcome(UNANSWERED, why="silent"), UNANSWERED, id="the emulator was silent"),
        pytest.param(outcome(UNANSWERED, why="silent"), outcome(SKIPPED), UNANSWERED, id="it would be skipped"),
    ],
)
def test_silence_is_no_difference(cloud: Outcome, emulator: Outcome, result: str) -> None:
    report = compare("a cloud", {cloud.scenario: cloud}, {emulator.scenario: emulator})
    assert (report.points[0].result, report.complete, report.differences) == (result, False, [])
    assert "unanswered     1  silent" in as_table(report)
    suite = ElementTree.fromstring(as_junit(report))[0]
    assert (suite.get("errors"), suite.get("failures")) == ("1", "0")


def test_what_is_unfinished_is_told_everywhere() -> None:
    asked = {name: Outcome(name, HOLDS, seconds=0.25) for name in ("test_x.py::a", "test_x.py::b", "test_x.py::c")}
    emulator = {name: asked[name] for name in list(asked)[:2]}
    report = compare("a cloud", asked, emulator, "it stopped answering")
    assert ([point.scenario for point in report.points], report.complete) == (list(emulator), False)
    assert as_table(report).endswith("\nnot all were asked: it stopped answering\n")
    assert json.loads(as_json(report))["unfinished"] == "it stopped answering"
    suite = ElementTree.fromstring(as_junit(report))[0]
    assert [(case.get("name"), case.get("time")) for case in suite] == [
        ("a", "0.250"),
        ("b", "0.250"),
        ("the rest", "0"),
    ]
    assert (suite.get("time"), suite.get("errors"), suite.get("tests")) == ("0.500", "1", "2")


def test_what_it_was_compared_with_is_named() -> None:
    failed = {"test_x.py::a": Outcome("test_x.py::a", FAILS, "404")}
    assert "a cloud: fails, suite: holds: 404" in as_table(compare("a cloud", failed, None))
