#!/usr/bin/env python3
"""The report on the emulator and a real Glance, made of two runs of the contract suite that CI does anyway.

    python contrib/verify_report.py check|write REAL.xml EMULATOR.xml

Both are what pytest's `--junitxml` writes; what is not of the contract suite does not count. `check` ends with 1 where
the report in contrib/verify-report.md is not the one that the runs make.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from glance_emulator.verify.outcomes import FAILS, HOLDS, SKIPPED, Outcome
from glance_emulator.verify.report import DIFFERS, SAME, Report, compare

FILE = Path(__file__).with_name("verify-report.md")
SUITE = "tests.contract."
HEAD = """\
# The emulator and a real Glance 33

Each scenario of the contract suite, on a Glance 33 from PyPI that trusts identity headers and on the emulator, as CI
runs them. A scenario is skipped where one of the two lacks what it needs.

| scenarios | same | differ | skipped |
|-----------|-----:|-------:|--------:|
"""


def main() -> int:
    """Check or write the report."""
    parser = argparse.ArgumentParser(description="The report on the emulator and a real Glance.")
    parser.add_argument("what", choices=["check", "write"])
    parser.add_argument("real", type=Path)
    parser.add_argument("emulator", type=Path)
    asked = parser.parse_args()
    report = compare("Glance 33", outcomes(asked.real), outcomes(asked.emulator))
    made = text(report)
    if asked.what == "write":
        FILE.write_text(made)
    elif not FILE.exists() or FILE.read_text() != made:
        print(f"{FILE.name} is not what these runs make; write it anew. They make:\n\n{made}")
        return 1
    return 0


def outcomes(file: Path) -> dict[str, Outcome]:
    """Return what became of each scenario."""
    found = {}
    for case in ElementTree.parse(file).iter("testcase"):
        area = case.get("classname", "")
        if area.startswith(SUITE):
            name = f"{area.removeprefix(SUITE).replace('.', '/')}.py::{case.get('name')}"
            found[name] = Outcome(name, _verdict(case), "")
    return found


def _verdict(case: ElementTree.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return FAILS
    return SKIPPED if case.find("skipped") is not None else HOLDS


def text(report: Report) -> str:
    """Return the report as Markdown."""
    return HEAD + "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    areas: dict[str, Counter[str]] = {}
    for point in sorted(report.points, key=lambda point: point.scenario):
        areas.setdefault(point.area, Counter())[point.result] += 1
    for area, counted in areas.items():
        yield f"| {area} | {counted[SAME]} | {counted[DIFFERS]} | {counted[SKIPPED]} |"
    total = report.count()
    yield f"| **all** | **{total[SAME]}** | **{total[DIFFERS]}** | **{total[SKIPPED]}** |"
    yield ""
    for point in report.differences:
        yield f"- {point.scenario}: Glance {point.cloud}, emulator {point.emulator}"
    if not report.differences:
        yield "Differences: none."


if __name__ == "__main__":
    sys.exit(main())
