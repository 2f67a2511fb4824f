"""Quotas: found in Identity's tables, remembered until those change, measured by what there is."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from glance_emulator.db.identity import Limit, Project, RegisteredLimit
from glance_emulator.domain import quotas, records, unified_limits
from glance_emulator.domain.seed import id_of
from glance_emulator.domain.worlds import World
from glance_emulator.errors import SetupError, TooLarge
from tests.domain.people import ADMIN, NOBODY, PRODUCER, add_image, member_of, put_image
from tests.worlds import new_world

OWNER = member_of(id_of("project", "producer"))
MIB = 1 << 20


@pytest.fixture
def cloud(tmp_path: Any) -> World:
    """A world with the seeded Identity."""
    (tmp_path / "seeded").mkdir()
    return new_world(tmp_path / "seeded")


def register(world: World, **limits: int) -> None:
    with world.writing() as session:
        quotas.register(session, {f"image_{name}": limit for name, limit in limits.items()})


def limit(world: World, resource: str, to: int) -> None:
    """Limit the owner's project."""
    with world.writing() as session:
        registered = session.scalars(select(RegisteredLimit).filter_by(resource_name=resource)).one()
        place = {name: getattr(registered, name) for name in unified_limits.KEYS}
        values = {"project_id": OWNER.project_id, "domain_id": None, "resource_limit": to, "description": None}
        records.save(session, Limit(id=records.new_id(session, Limit), **place, **values))


def usage(world: World, resource: str) -> tuple[int, int]:
    with world.reading() as session:
        share = quotas.usage(session, OWNER)[resource]
    return share["usage"], share["limit"]


def refuses(world: World, resource: str, more: int) -> bool:
    with world.reading() as session:
        try:
            quotas.check(session, OWNER, resource, more)
        except TooLarge:
            return True
    return False


@pytest.mark.parametrize("caller", [OWNER, ADMIN, NOBODY])
def test_without_limits_nothing_is_measured(cloud: World, caller: Any) -> None:
    with cloud.reading() as session:
        assert quotas.usage(session, caller) == {}
        quotas.check(session, caller, quotas.COUNT, 1000)


def test_a_new_state_registers_what_was_asked_and_leaves_the_rest_unlimited(cloud: World) -> None:
    register(cloud, count_total=5)
    with cloud.reading() as session:
        found = {name: share["limit"] for name, share in quotas.usage(session, OWNER).items()}
    assert found == {
        "image_count_total": 5,
        "image_size_total": -1,
        "image_stage_total": -1,
        "image_count_uploading": -1,
    }


def test_an_old_state_changes_what_is_asked_anew(cloud: World) -> None:
    register(cloud, count_total=5, size_total=7)
    register(cloud, count_total=6)
    assert [usage(cloud, name)[1] for name in (quotas.COUNT, quotas.SIZE)] == [6, 7]
    with cloud.reading() as session:
        assert len(session.scalars(select(RegisteredLimit)).all()) == len(quotas.USAGE)


def test_a_world_without_an_image_service_has_no_quotas(world: World) -> None:
    with pytest.raises(SetupError, match="no image service"):
        register(world, count_total=5)
    add_image(world, PRODUCER)


def test_a_limit_of_the_project_overrides_the_registered_one(cloud: World) -> None:
    register(cloud, count_total=5)
    assert not refuses(cloud, quotas.COUNT, 5)
    limit(cloud, quotas.COUNT, 1)
    assert refuses(cloud, quotas.COUNT, 2)
    assert usage(cloud, quotas.COUNT) == (0, 1)


def test_what_is_not_registered_is_not_allowed(cloud: World) -> None:
    register(cloud, count_total=5)
    with cloud.writing() as session:
        row = session.scalars(select(RegisteredLimit).filter_by(resource_name=quotas.UPLOADING)).one()
        records.remove(session, row)
    assert usage(cloud, quotas.UPLOADING) == (0, 0)
    assert refuses(cloud, quotas.UPLOADING, 1)


def test_limits_of_other_regions_say_nothing(cloud: World) -> None:
    with cloud.writing() as session:
        place = {"service_id": id_of("service", "image"), "region_id": None}
        unified_limits.add_registered(session, {**place, "resource_name": quotas.COUNT, "default_limit": 0})
    with cloud.reading() as session:
        assert quotas.usage(session, OWNER) == {}


def test_images_are_weighed_by_state_and_store(cloud: World) -> None:
    register(cloud, count_total=50)
    copying = {"os_glance_importing_to_stores": "cheap"}
    for status, size, places, properties in (
        ("queued", None, 0, {}),
        ("active", 3 * MIB - 1, 1, {"os_glance_importing_to_stores": ""}),
        ("active", 2 * MIB, 2, {}),
        ("active", MIB, 1, copying),
        ("deactivated", MIB, 1, {}),
        ("uploading", 5 * MIB, 0, {}),
        ("importing", 4 * MIB, 0, copying),
        ("importing", None, 0, {}),
        ("saving", None, 0, {}),
    ):
        locations = [{"store": str(number)} for number in range(places)]
        put_image(cloud, owner=OWNER.project_id, status=status, size=size, locations=locations, properties=properties)
    put_image(cloud, owner="another", status="active", size=MIB, locations=[{}])
    assert usage(cloud, quotas.COUNT)[0] == 9
    assert usage(cloud, quotas.SIZE)[0] == 8
    assert usage(cloud, quotas.STAGED)[0] == 10
    assert usage(cloud, quotas.UPLOADING)[0] == 5


def test_the_limits_of_a_project_go_with_it(cloud: World) -> None:
    register(cloud, count_total=5)
    limit(cloud, quotas.COUNT, 1)
    with cloud.writing() as session:
        records.remove(session, session.get_one(Project, OWNER.project_id))
    assert usage(cloud, quotas.COUNT) == (0, 5)


def test_limits_are_read_again_only_when_identity_changes(cloud: World, monkeypatch: pytest.MonkeyPatch) -> None:
    register(cloud, count_total=5)
    assert not refuses(cloud, quotas.COUNT, 5)
    with monkeypatch.context() as patched:
        patched.setattr(quotas, "_find", lambda session: pytest.fail("read again"))
        assert not refuses(cloud, quotas.COUNT, 5)
    register(cloud, count_total=4)
    assert refuses(cloud, quotas.COUNT, 5)
