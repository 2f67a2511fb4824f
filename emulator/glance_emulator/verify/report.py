"""Where a cloud and the emulator differ, scenario by scenario: as a table, as JSON, as JUnit's XML."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from xml.etree import ElementTree

from glance_emulator.verify.outcomes import FAILS, HOLDS, SKIPPED, UNANSWERED, Outcome

SAME, DIFFERS = "same", "differs"
"""What a point may be, besides skipped and unanswered."""
EMULATOR, SUITE = "emulator", "suite"
"""What a cloud may be compared with: an emulator, or what the scenarios say."""


@dataclass(frozen=True)
class Point:
    """One scenario: what became of it on both, and what that comes to."""

    scenario: str
    result: str
    cloud: str
    emulator: str
    why: str = ""
    seconds: float = 0.0
    """How long it took the cloud."""

    @property
    def area(self) -> str:
        """The file that the scenario is in, without its ending."""
        return self.scenario.partition("::")[0].removesuffix(".py").replace("test_", "")


@dataclass(frozen=True)
class Report:
    """All points, of a cloud by its name."""

    cloud: str
    points: tuple[Point, ...]
    against: str = EMULATOR
    unfinished: str = ""
    """Why there are not all points, if there are not."""

    @property
    def complete(self) -> bool:
        """Whether all was asked, and answered."""
        return not self.unfinished and all(point.result != UNANSWERED for point in self.points)

    @property
    def differences(self) -> list[Point]:
        """The points in which the two differ."""
        return [point for point in self.points if point.result == DIFFERS]

    def count(self) -> dict[str, int]:
        """Return how many points there are of each result."""
        counted = Counter(point.result for point in self.points)
        return {result: counted[result] for result in (SAME, DIFFERS, SKIPPED, UNANSWERED)}


def compare(
    name: str, cloud: Mapping[str, Outcome], emulator: Mapping[str, Outcome] | None, unfinished: str = ""
) -> Report:
    """Return where the outcomes differ; without an emulator's, from what the scenarios say."""
    expected = {scenario: Outcome(scenario, HOLDS) for scenario in cloud} if emulator is None else emulator
    both = [scenario for scenario in cloud if scenario in expected]
    points = tuple(_point(cloud[scenario], expected[scenario]) for scenario in both)
    return Report(name, points, SUITE if emulator is None else EMULATOR, unfinished)


def _point(cloud: Outcome, expected: Outcome) -> Point:
    result, why = _result(cloud, expected)
    return Point(cloud.scenario, result, cloud.verdict, expected.verdict, why, cloud.seconds)


def _result(cloud: Outcome, expected: Outcome) -> tuple[str, str]:
    """Return what two outcomes come to, and why."""
    for verdict in (UNANSWERED, SKIPPED):
        for outcome in (cloud, expected):
            if outcome.verdict == verdict:
                return verdict, outcome.why
    if cloud.verdict != expected.verdict:
        return DIFFERS, cloud.why or expected.why
    if cloud.verdict == FAILS and cloud.answers != expected.answers:
        return DIFFERS, f"it answers {cloud.answers}, not {expected.answers}: {cloud.why}"
    return SAME, ""


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
        yield f"         {report.cloud}: {point.cloud}, {report.against}: {point.emulator}: {point.why}"


def _reasons(report: Report) -> Iterator[str]:
    reasons = Counter((point.result, point.why) for point in report.points if point.result in (SKIPPED, UNANSWERED))
    for (result, reason), number in reasons.most_common():
        yield f"{result} {number:>5}  {reason}"
    if reasons:
        yield ""


def _summary(report: Report) -> str:
    counted = report.count()
    other = "the emulator" if report.against == EMULATOR else "the suite"
    same = f"{report.cloud} and {other} are the same in {counted[SAME]} scenarios, differ in {counted[DIFFERS]}, "
    unanswered = f", {counted[UNANSWERED]} were not answered" if counted[UNANSWERED] else ""
    unfinished = f"\nnot all were asked: {report.unfinished}" if report.unfinished else ""
    return f"{same}and {counted[SKIPPED]} were skipped{unanswered}{unfinished}"


def as_json(report: Report) -> str:
    """Return all points as a JSON object."""
    document = {
        "cloud": report.cloud,
        "against": report.against,
        "unfinished": report.unfinished,
        "count": report.count(),
        "differences": [asdict(point) for point in report.differences],
        "points": [asdict(point) for point in report.points],
    }
    return json.dumps(document, indent=2) + "\n"


def as_junit(report: Report) -> str:
    """Return all points as JUnit's XML: a difference is a failure, what was not answered an error."""
    counted = report.count()
    numbers = {"tests": len(report.points), "failures": counted[DIFFERS], "skipped": counted[SKIPPED]}
    numbers["errors"] = counted[UNANSWERED] + bool(report.unfinished)
    took = f"{sum(point.seconds for point in report.points):.3f}"
    texts = {"name": report.cloud, "time": took, **{key: str(number) for key, number in numbers.items()}}
    suite = ElementTree.Element("testsuite", texts)
    for point in report.points:
        file, _, name = point.scenario.partition("::")
        told = f"cloud: {point.cloud}, {report.against}: {point.emulator}: {point.why}"
        case = ElementTree.SubElement(
            suite, "testcase", {"classname": file, "name": name, "time": f"{point.seconds:.3f}"}
        )
        if tag := {DIFFERS: "failure", SKIPPED: "skipped", UNANSWERED: "error"}.get(point.result):
            said = told if point.result == DIFFERS else point.why
            ElementTree.SubElement(case, tag, {"message": _printable(said)})
    if report.unfinished:
        rest = ElementTree.SubElement(suite, "testcase", {"classname": "", "name": "the rest", "time": "0"})
        ElementTree.SubElement(rest, "error", {"message": _printable(f"not asked: {report.unfinished}")})
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _printable(text: str) -> str:
    """Return the text without what XML cannot have."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)


FORMATS: Mapping[str, Callable[[Report], str]] = {"table": as_table, "json": as_json, "junit": as_junit}
