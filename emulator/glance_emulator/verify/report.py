"""Where a cloud and the emulator differ, scenario by scenario: as a table, as JSON, as JUnit's XML."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from xml.etree import ElementTree

from glance_emulator.verify.outcomes import FAILS, HOLDS, SKIPPED, Outcome

SAME, DIFFERS = "same", "differs"
"""What a point may be, besides skipped."""


@dataclass(frozen=True)
class Point:
    """One scenario: what became of it on both, and what that comes to."""

    scenario: str
    result: str
    cloud: str
    emulator: str
    why: str = ""

    @property
    def area(self) -> str:
        """The file that the scenario is in, without its ending."""
        return self.scenario.partition("::")[0].removesuffix(".py").replace("test_", "")


@dataclass(frozen=True)
class Report:
    """All points, of a cloud by its name."""

    cloud: str
    points: tuple[Point, ...]

    @property
    def differences(self) -> list[Point]:
        """The points in which the two differ."""
        return [point for point in self.points if point.result == DIFFERS]

    def count(self) -> dict[str, int]:
        """Return how many points there are of each result."""
        counted = Counter(point.result for point in self.points)
        return {result: counted[result] for result in (SAME, DIFFERS, SKIPPED)}


def compare(name: str, cloud: Mapping[str, Outcome], emulator: Mapping[str, Outcome] | None) -> Report:
    """Return where the outcomes differ; without an emulator's, from what the scenarios say."""
    return Report(
        name,
        tuple(_point(outcome, emulator[scenario] if emulator else None) for scenario, outcome in cloud.items()),
    )


def _point(cloud: Outcome, emulator: Outcome | None) -> Point:
    expected = emulator or Outcome(cloud.scenario, HOLDS)
    verdicts = (cloud.verdict, expected.verdict)
    if SKIPPED in verdicts:
        why = cloud.why if cloud.verdict == SKIPPED else expected.why
        return Point(cloud.scenario, SKIPPED, *verdicts, why)
    if cloud.verdict != expected.verdict:
        return Point(cloud.scenario, DIFFERS, *verdicts, cloud.why or expected.why)
    if cloud.verdict == FAILS and cloud.answers != expected.answers:
        why = f"it answers {cloud.answers}, not {expected.answers}: {cloud.why}"
        return Point(cloud.scenario, DIFFERS, *verdicts, why)
    return Point(cloud.scenario, SAME, *verdicts)


def as_table(report: Report) -> str:
    """Return what a person reads: the areas, the differences, and what was skipped, by reason."""
    return "\n".join([*_areas(report), "", *_differences(report), "", *_reasons(report), _summary(report)]) + "\n"


def _areas(report: Report) -> Iterator[str]:
    counted: dict[str, Counter[str]] = {}
    for point in report.points:
        counted.setdefault(point.area, Counter())[point.result] += 1
    width = max([len(area) for area in counted] + [8])
    yield f"{'scenarios':<{width}}  {SAME:>7}  {DIFFERS:>7}  {SKIPPED:>7}"
    for area, results in counted.items():
        yield f"{area:<{width}}  {results[SAME]:>7}  {results[DIFFERS]:>7}  {results[SKIPPED]:>7}"


def _differences(report: Report) -> Iterator[str]:
    for point in report.differences:
        yield f"DIFFERS  {point.scenario}"
        yield f"         {report.cloud}: {point.cloud}, emulator: {point.emulator}: {point.why}"


def _reasons(report: Report) -> Iterator[str]:
    reasons = Counter(point.why for point in report.points if point.result == SKIPPED)
    for reason, number in reasons.most_common():
        yield f"skipped {number:>5}  {reason}"
    if reasons:
        yield ""


def _summary(report: Report) -> str:
    counted = report.count()
    same = f"{report.cloud} and the emulator are the same in {counted[SAME]} scenarios"
    return f"{same}, differ in {counted[DIFFERS]}, and {counted[SKIPPED]} were skipped"


def as_json(report: Report) -> str:
    """Return all points as a JSON object."""
    document = {
        "cloud": report.cloud,
        "count": report.count(),
        "differences": [asdict(point) for point in report.differences],
        "points": [asdict(point) for point in report.points],
    }
    return json.dumps(document, indent=2) + "\n"


def as_junit(report: Report) -> str:
    """Return all points as JUnit's XML: a difference is a failure."""
    counted = report.count()
    numbers = {"tests": len(report.points), "failures": counted[DIFFERS], "skipped": counted[SKIPPED], "errors": 0}
    suite = ElementTree.Element("testsuite", {"name": report.cloud, **{key: str(of) for key, of in numbers.items()}})
    for point in report.points:
        file, _, name = point.scenario.partition("::")
        case = ElementTree.SubElement(suite, "testcase", {"classname": file, "name": name})
        if point.result == DIFFERS:
            told = f"cloud: {point.cloud}, emulator: {point.emulator}: {point.why}"
            ElementTree.SubElement(case, "failure", {"message": _printable(told)})
        elif point.result == SKIPPED:
            ElementTree.SubElement(case, "skipped", {"message": _printable(point.why)})
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _printable(text: str) -> str:
    """Return the text without what XML cannot have."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)


FORMATS: Mapping[str, Callable[[Report], str]] = {"table": as_table, "json": as_json, "junit": as_junit}
