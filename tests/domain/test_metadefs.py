"""Metadata definitions: what lies in the database, and pages by what some have not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.metadefs import Association, Namespace, Object, Property, ResourceType, Tag
from glance_emulator.domain.metadefs import listing, namespaces, objects, properties, resource_types, tags
from glance_emulator.domain.worlds import World
from glance_emulator.errors import Forbidden, NotFound
from tests.domain.people import ADMIN, LATER, NOBODY, NOW, OUTSIDER, PRODUCER, READER, member_of

TITLED = {"title": "T", "type": "string"}
CONTENTS: dict[str, Any] = {
    "resource_type_associations": [{"name": "OS::T", "prefix": "t_"}],
    "properties": {"p": TITLED},
    "objects": [{"name": "o"}],
    "tags": [{"name": "t"}],
}


def add(world: World, name: str, **attributes: Any) -> None:
    with world.writing() as session:
        namespaces.create(session, ADMIN, {"namespace": name, **attributes}, NOW)


def count(world: World, *models: Any) -> list[int]:
    with world.reading() as session:
        return [session.scalars(select(func.count()).select_from(model)).one() for model in models]


def test_what_is_in_a_namespace_goes_with_it_and_kinds_of_resources_stay(world: World) -> None:
    add(world, "ours", **CONTENTS)
    add(world, "others", **CONTENTS)
    with world.writing() as session:
        namespaces.delete(session, ADMIN, "ours")
    assert count(world, Namespace, Association, Property, Object, Tag, ResourceType) == [1] * 6


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("key", ["description", "display_name", "owner", "visibility", "protected", "created_at"])
def test_pages_neither_repeat_nor_miss_what_has_no_value(world: World, key: str, direction: str) -> None:
    for number in range(7):
        text = [None, "b", "a"][number % 3]
        add(
            world,
            f"n{number}",
            protected=number % 2 == 0,
            **({"description": text, "display_name": text, "owner": text} if text else {}),
        )
    asked = {"sort_key": key, "sort_dir": direction}
    with world.reading() as session:
        whole, _ = listing.all_namespaces(session, ADMIN, asked)
        found: list[Any] = []
        while len(found) <= len(whole):
            marker = {"marker": found[-1]["namespace"]} if found else {}
            page, limit = listing.all_namespaces(session, ADMIN, {**asked, **marker, "limit": "2"})
            found += page
            if len(page) < limit:
                break
    assert found == whole


READS: dict[str, Callable[[Session, Caller], Any]] = {
    "namespace": lambda session, caller: namespaces.read(session, caller, "ours"),
    "objects": lambda session, caller: objects.index(session, caller, "ours"),
    "object": lambda session, caller: objects.read(session, caller, "ours", "o"),
    "properties": lambda session, caller: properties.index(session, caller, "ours"),
    "property": lambda session, caller: properties.read(session, caller, "ours", "p"),
    "tags": lambda session, caller: listing.tags(session, caller, "ours", {}),
    "tag": lambda session, caller: tags.read(session, caller, "ours", "t"),
    "associations": lambda session, caller: resource_types.associations(session, caller, "ours"),
}


@pytest.mark.parametrize("read", READS)
def test_a_private_namespace_is_its_owners_secret(world: World, read: str) -> None:
    add(world, "ours", owner="producer", **CONTENTS)
    with world.reading() as session:
        for caller in (ADMIN, PRODUCER, READER):
            assert READS[read](session, caller)
        for caller in (OUTSIDER, NOBODY, member_of("producer", "service")):
            with pytest.raises(NotFound):
                READS[read](session, caller)


@pytest.mark.parametrize("visibility", ["public", "private"])
def test_refused_changes_change_nothing(world: World, visibility: str) -> None:
    add(world, "ours", owner="producer", visibility=visibility, **CONTENTS)
    with world.writing() as session, pytest.raises(Forbidden):
        namespaces.update(session, PRODUCER, "ours", {"namespace": "theirs"}, LATER)
    with world.reading() as session:
        assert namespaces.read(session, ADMIN, "ours")["updated_at"] == NOW


def test_one_caller_may_have_no_project(world: World) -> None:
    add(world, "ours", visibility="public")
    add(world, "theirs", owner="producer")
    with world.reading() as session:
        found, _ = listing.all_namespaces(session, NOBODY, {})
    assert [one["namespace"] for one in found] == ["ours"]
