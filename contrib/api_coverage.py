#!/usr/bin/env python3
"""The table of the Images API's routes: which the emulator has, and which scenarios hold for them on a real Glance.

    python contrib/api_coverage.py check            compare the table with a real Glance's router and the emulator's
    python contrib/api_coverage.py write RECORD...  make the table anew

A RECORD is what `pytest tests/contract --against URL --record RECORD` wrote.  `write` is to be run in the environment
of the tests, and installs a real Glance at its first use; so does `check`, which ends with 1 if the table is not true.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import redirect_stdout
from pathlib import Path, PurePath

sys.path.insert(0, str(Path(__file__).parents[1]))

from contrib import real_glance

TABLE = Path(__file__).with_name("api-coverage.md")
Route = tuple[str, str]
"""Method and path, `("GET", "/v2/images/{image_id}")`."""

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
HEAD = f"""\
# Routes of the Images API

Made by `contrib/api_coverage.py` from the router of Glance {real_glance.RELEASE}. `.ci/run` compares it with that and
with the emulator's routes. The scenarios are the files of `tests/contract`, all of which hold on the real service too,
that had an answer below 400 on the route.

| method | path | scenarios |
|--------|------|-----------|
"""
_ROW = re.compile(r"\| (\w+) \| `(/v2/\S+)` \| (.*) \|")
_NAME = re.compile(r"{\w+}")


def routes_of_real_glance() -> list[Route]:
    """Ask the router of a real Glance."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        real_glance.print_routes()
    found = (line.split() for line in printed.getvalue().splitlines())
    return sorted(((method, path) for method, path in found), key=_order)


def routes_of_emulator() -> set[Route]:
    """Ask the application for the routes of its Images API."""
    from sqlalchemy import create_engine

    from glance_emulator.app import create_app
    from glance_emulator.domain.worlds import World
    from glance_emulator.settings import Settings

    rules = create_app(Settings(), World(create_engine("sqlite://"), {})).url_map.iter_rules()
    found = set()
    for rule in rules:
        # What a rule says of a parameter, `<any(a, b):name>`, may be several routes.
        choice = re.search(r"<any\(([^)]*)\):\w+>", rule.rule)
        paths = [rule.rule.replace(choice[0], one.strip()) for one in choice[1].split(",")] if choice else [rule.rule]
        for path in paths:
            found |= {(method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)) for method in rule.methods or ()}
    return {route for route in found if route[1].startswith("/v2/")}


def scenarios(records: Iterable[Path], routes: Iterable[Route]) -> Mapping[Route, set[str]]:
    """Return for each route the files of scenarios that had an answer below 400 on it."""
    # The most literal first: /v2/info/stores is no {image_id}.
    patterns = [(re.compile(_NAME.sub("[^/]+", path)), (method, path)) for method, path in routes]
    patterns.sort(key=lambda item: item[1][1].count("{"))
    found: dict[Route, set[str]] = defaultdict(set)
    for record in records:
        for line in record.read_text().splitlines():
            status, method, path, file = line.split(" ")
            if int(status) < 400:
                for pattern, route in patterns:
                    if method == route[0] and pattern.fullmatch(path):
                        found[route].add(PurePath(file).stem.removeprefix("test_"))
                        break
    return found


def write(records: Iterable[Path]) -> int:
    """Make the table anew."""
    routes = routes_of_real_glance()
    found = scenarios(records, routes)
    lines = [f"| {method} | `{path}` | {', '.join(sorted(found[method, path]))} |" for method, path in routes]
    kept = TABLE.read_text().partition("\n## ")[2] if TABLE.exists() else ""
    TABLE.write_text(HEAD + "\n".join(lines) + "\n" + (f"\n## {kept}" if kept else ""))
    return report(routes)


def check() -> int:
    """Say what in the table is not true."""
    return report(routes_of_real_glance())


def rows() -> dict[Route, str]:
    """Return the table: the scenarios of each route."""
    return {(found[1], found[2]): found[3] for found in _ROW.finditer(TABLE.read_text())}


def faults_of_emulator() -> list[str]:
    """Say in what the emulator's routes are not those of the table, and which routes are without scenarios."""
    table = rows()
    wanted = {_anonymous(route) for route in table}
    there = {_anonymous(route) for route in routes_of_emulator()}
    return [
        *(f"{method} {path}: the emulator does not have it" for method, path in wanted - there),
        *(f"{method} {path}: the emulator has it, the table has not" for method, path in there - wanted),
        *(f"{method} {path}: no scenario had an answer" for (method, path), named in table.items() if not named),
    ]


def report(real: list[Route]) -> int:
    """Print every difference; return 1 if there is any."""
    table = rows().keys()
    faults = [
        *(f"{method} {path}: the real Glance has it, the table has not" for method, path in set(real) - table),
        *(f"{method} {path}: the table has it, the real Glance has not" for method, path in table - set(real)),
        *faults_of_emulator(),
    ]
    for fault in sorted(faults):
        print(fault)
    print(f"{len(real)} routes, {len(faults)} faults")
    return bool(faults)


def _order(route: Route) -> tuple[str, int]:
    return route[1], METHODS.index(route[0])


def _anonymous(route: Route) -> Route:
    return route[0], _NAME.sub("{}", route[1])


def main(arguments: list[str]) -> int:
    """Do what the command line says."""
    description, _, details = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(
        description=description, epilog=details, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="action", required=True)
    commands.add_parser("check")
    commands.add_parser("write").add_argument("records", nargs="+", type=Path, metavar="RECORD")
    chosen = parser.parse_args(arguments)
    try:
        return check() if chosen.action == "check" else write(chosen.records)
    except real_glance.Failure as failure:
        print(f"api_coverage: {failure}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
