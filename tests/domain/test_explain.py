"""Why an image is not there for somebody, and who may be told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image
from glance_emulator.db.rows import Reader
from glance_emulator.domain import explain, rules
from glance_emulator.domain.worlds import World
from tests.domain.people import ADMIN, CONSUMER, NOW, OUTSIDER, PRODUCER, member_of, offer, put_image


def made(world: World, status: str | None, columns: dict[str, Any]) -> str:
    image_id = put_image(world)
    if status:
        offer(world, image_id, status)
    with world.writing() as session:
        image = session.get_one(Image, image_id)
        for name, value in columns.items():
            setattr(image, name, value)
    return image_id


@pytest.mark.parametrize(
    ("status", "columns", "caller", "kind"),
    [
        pytest.param(None, {"visibility": "private"}, CONSUMER, "private", id="private"),
        pytest.param("accepted", {"visibility": "private"}, CONSUMER, "private", id="private after it was shared"),
        pytest.param("accepted", {}, OUTSIDER, "no_member", id="shared with others"),
        pytest.param("removed", {}, CONSUMER, "revoked", id="taken back"),
        pytest.param("accepted", {"deleted_at": NOW}, CONSUMER, "deleted", id="deleted"),
        pytest.param("accepted", {}, member_of("consumer", "nothing"), "role", id="no role"),
        pytest.param("pending", {}, CONSUMER, "not_accepted", id="pending"),
        pytest.param("rejected", {}, CONSUMER, "not_accepted", id="rejected"),
        pytest.param(None, {"visibility": "community"}, CONSUMER, "community", id="community"),
        pytest.param("accepted", {"os_hidden": True}, CONSUMER, "hidden", id="hidden"),
        pytest.param("accepted", {}, CONSUMER, "listed", id="accepted"),
        pytest.param(None, {}, PRODUCER, "listed", id="own"),
        pytest.param(None, {"visibility": "private"}, ADMIN, "listed", id="admin"),
    ],
)
def test_what_is_decisive_for_a_list(
    world: World, status: str | None, columns: dict[str, Any], caller: Caller, kind: str
) -> None:
    image_id = made(world, status, columns)
    with Reader(world.engine) as reader:
        facts = explain.listing(reader, caller, image_id)
    assert facts["kind"] == kind
    assert image_id in explain.words(facts)


@pytest.mark.parametrize(
    ("text", "kind", "action"),
    [
        pytest.param('"get_images": "!"', "operator", "get_images", id="no lists"),
        pytest.param('"get_image": "!"', "rules", "get_image", id="no images"),
    ],
)
def test_rules_of_an_operators_are_named(world: World, tmp_path: Path, text: str, kind: str, action: str) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(text)
    caller, image_id = replace(PRODUCER, rules=rules.load(path)), put_image(world)
    with Reader(world.engine) as reader:
        for facts in (explain.listing(reader, caller, image_id), explain.listing_of(reader, caller, image_id, [])):
            assert (facts["kind"], facts["action"]) == (kind, action)
            assert f"rules of this service's operator for {action} do not allow it" in explain.words(facts)


def test_pending_reads_as_people_say_it(world: World) -> None:
    image_id = made(world, "pending", {})
    with Reader(world.engine) as reader:
        facts = explain.listing(reader, CONSUMER, image_id)
    assert explain.words(facts) == (
        f"Project consumer is a member of image {image_id} with status pending; the default list shows accepted only; "
        "ask with member_status=pending, or accept it."
    )


@pytest.mark.parametrize(("caller", "may"), [(ADMIN, True), (PRODUCER, True), (CONSUMER, False)])
def test_that_there_is_such_an_image_only_admins_and_its_owner_are_told(
    world: World, caller: Caller, may: bool
) -> None:
    with Reader(world.engine) as reader:
        facts = explain.reading(reader, CONSUMER, put_image(world, visibility="private"))
    assert explain.told(facts, caller) is may


def test_an_image_that_never_was_is_missing(world: World) -> None:
    with Reader(world.engine) as reader:
        assert explain.reading(reader, CONSUMER, "none")["kind"] == "missing"
