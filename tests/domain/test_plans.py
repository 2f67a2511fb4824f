"""How the lists are found: through indexes, so that a page does not take longer where there are more images."""

from __future__ import annotations

from pathlib import Path

from glance_emulator.domain import listing
from tests.worlds import new_world


def test_the_first_page_is_found_through_the_index_of_each_part(tmp_path: Path) -> None:
    engine = new_world(tmp_path).engine
    page = listing._plain((False, False), None, "accepted", False, listing.Query().order).on(engine.dialect)
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute(f"EXPLAIN QUERY PLAN {page.sql}", page.parameters({"viewer": "p", "page": 20}))
        steps = [row[3] for row in cursor.fetchall() if " images " in row[3]]
        cursor.close()
    engine.dispose()
    assert [step.split("USING INDEX ")[1] for step in steps] == [
        "ix_images_owner (owner=?)",
        "sqlite_autoindex_images_1 (id=?)",
        "ix_images_visibility (visibility=?)",
    ]
