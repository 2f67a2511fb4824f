#!/usr/bin/env python3
"""The table of the Images API's routes: which the emulator has, and which scenarios hold for them on a real Glance.

    python contrib/api_coverage.py check RECORD...  compare the table with a real Glance's router and the emulator's
    python contrib/api_coverage.py write RECORD...  make the table anew

A RECORD is what `pytest tests/contract --against URL --record RECORD` wrote.  Both are to be run in the environment of
the tests, install a real Glance at their first use, and end with 1 if the table is not true.
"""

from __future__ import annotations

import argparse
import difflib
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

Made by `contrib/api_coverage.py` from the router of Glance {real_glance.RELEASE}, and compared with it and with the
emulator's routes by `.ci/run`. The scenarios are those files of `tests/contract` in which the real service did what
the route is for, or refused it by more than 400 to 404; all of them hold on the emulator as well.

| method | path | scenarios |
|--------|------|-----------|
"""
NO_ANSWER = {400, 401, 403, 404}
"""What does not tell that a route did anything; 405 is all that one of them ever answers."""
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
    from glance_emulator.web import parts

    rules = parts.rules(create_app(Settings(), World(create_engine("sqlite://"), {})))
    found = set()
    for rule in rules:
        # What a rule says of a parameter, `<any(a, b):name>`, may be several routes.
        choice = re.search(r"<any\(([^)]*)\):\w+>", rule.rule)
        paths = [rule.rule.replace(choice[0], one.strip()) for one in choice[1].split(",")] if choice else [rule.rule]
        for path in paths:
            found |= {(method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)) for method in rule.methods or ()}
    return {route for route in found if route[1].startswith("/v2/")}


def scenarios(records: Iterable[Path], routes: Iterable[Route]) -> Mapping[Route, set[str]]:
    """Return for each route the files of scenarios that had an answer from it."""
    # The most literal first: /v2/info/stores is no {image_id}.
    patterns = [(re.compile(_NAME.sub("[^/]+", path)), (method, path)) for method, path in routes]
    patterns.sort(key=lambda item: item[1][1].count("{"))
    found: dict[Route, set[str]] = defaultdict(set)
    for record in records:
        for line in record.read_text().splitlines():
            status, method, path, file = line.split(" ")
            if int(status) not in NO_ANSWER:
                for pattern, route in patterns:
                    if method == route[0] and pattern.fullmatch(path):
                        found[route].add(PurePath(file).stem.removeprefix("test_"))
                        break
    return found


def write(records: Iterable[Path]) -> int:
    """Make the table anew; what is said below it is kept."""
    TABLE.write_text(made_of(records))
    return check(records)


def check(records: Iterable[Path]) -> int:
    """Print what in the table is not true; return 1 if there is anything."""
    made = made_of(records)
    faults = [
        *difflib.unified_diff(TABLE.read_text().splitlines(), made.splitlines(), TABLE.name, "made", n=0, lineterm=""),
        *sorted(faults_of_emulator()),
    ]
    print(*faults, sep="\n", end="\n" if faults else "")
    print(f"{len(rows())} routes, {len(faults)} faults")
    return bool(faults)


def made_of(records: Iterable[Path]) -> str:
    """Return the table as it has to be."""
    routes = routes_of_real_glance()
    found = scenarios(records, routes)
    lines = [f"| {method} | `{path}` | {', '.join(sorted(found[method, path]))} |" for method, path in routes]
    kept = TABLE.read_text().partition("\n## ")[2] if TABLE.exists() else ""
    return HEAD + "\n".join(lines) + "\n" + (f"\n## {kept}" if kept else "")


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
        *(f"{method} {path}: no scenario has it" for (method, path), named in table.items() if not named),
    ]


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
    commands = parser.add_subparsers(required=True)
    for action in (check, write):
        command = commands.add_parser(action.__name__, help=action.__doc__)
        command.add_argument("records", nargs="+", type=Path, metavar="RECORD")
        command.set_defaults(action=action)
    chosen = parser.parse_args(arguments)
    try:
        return int(chosen.action(chosen.records))
    except real_glance.Failure as failure:
        print(f"api_coverage: {failure}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
