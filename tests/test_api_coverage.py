"""contrib/api-coverage.md, the table of the Images API's routes, against what is there."""

from __future__ import annotations

from contrib import api_coverage


def test_the_emulator_has_the_routes_of_the_table_and_no_others() -> None:
    assert api_coverage.faults_of_emulator() == []


def test_the_table_is_that_of_a_whole_router() -> None:
    assert len(api_coverage.rows()) > 80
