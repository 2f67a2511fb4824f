"""PATCH /v2/images/{image_id}: what each attribute may become, several changes at once, and when they happened."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from unittest.mock import ANY

import pytest

from tests.contract.actors import Actor
from tests.contract.patches import Operation, add, remove, replace

MAX_INT = 2**31 - 1
ASTRAL = "\U0001f600"


@pytest.mark.parametrize("change", [pytest.param(add, id="add"), pytest.param(replace, id="replace")])
@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        pytest.param("name", "other", id="name"),
        pytest.param("name", None, id="name-null"),
        pytest.param("name", "", id="name-empty"),
        pytest.param("disk_format", "qcow2", id="disk_format"),
        pytest.param("disk_format", None, id="disk_format-null"),
        pytest.param("container_format", "ovf", id="container_format"),
        pytest.param("container_format", None, id="container_format-null"),
        pytest.param("min_disk", MAX_INT, id="min_disk"),
        pytest.param("min_ram", MAX_INT, id="min_ram"),
        pytest.param("protected", True, id="protected"),
        pytest.param("os_hidden", True, id="os_hidden"),
        pytest.param("visibility", "private", id="private"),
        pytest.param("visibility", "community", id="community"),
        pytest.param("visibility", "shared", id="shared"),
        pytest.param("tags", [], id="no-tags"),
        pytest.param("tags", ["b"], id="tags"),
        pytest.param("kernel_id", "x", id="kernel_id"),
        pytest.param("is_public", "x", id="word-of-another-api"),
    ],
)
def test_owner_changes_attribute(
    producer: Actor, change: Callable[[str, Any], Operation], attribute: str, value: Any
) -> None:
    image = producer.settled_image(tags=["a"], kernel_id="k", is_public="k")
    answer = producer.patch(image["self"], change(f"/{attribute}", value))
    assert answer.status_code == 200
    assert answer.json()[attribute] == value
    assert producer.get(image["self"]).json() == answer.json()


def test_tags_are_replaced_as_a_set(producer: Actor) -> None:
    image = producer.settled_image(tags=["old", "kept"])
    answer = producer.patch(image["self"], replace("/tags", ["kept", "new", "new"]))
    assert sorted(answer.json()["tags"]) == ["kept", "new"]


BAD_VALUES = [
    pytest.param("name", 1, id="name-number"),
    pytest.param("name", "x" * 256, id="name-too-long"),
    pytest.param("name", ASTRAL, id="name-astral"),
    pytest.param("disk_format", "foo", id="disk_format-unknown"),
    pytest.param("container_format", "foo", id="container_format-unknown"),
    pytest.param("visibility", "foo", id="visibility-unknown"),
    pytest.param("visibility", None, id="visibility-null"),
    *(
        pytest.param(attribute, value, id=f"{attribute}-{name}")
        for attribute in ("min_disk", "min_ram")
        for name, value in [
            ("negative", -1),
            ("too-large", MAX_INT + 1),
            ("text", "1"),
            ("fraction", 1.5),
            ("null", None),
            ("boolean", True),
        ]
    ),
    *(
        pytest.param(attribute, value, id=f"{attribute}-{name}")
        for attribute in ("protected", "os_hidden")
        for name, value in [("text", "true"), ("null", None), ("number", 1)]
    ),
    pytest.param("owner", "x" * 256, id="owner-too-long"),
    pytest.param("tags", None, id="tags-null"),
    pytest.param("tags", "x", id="tags-text"),
    pytest.param("tags", [1], id="tag-number"),
    pytest.param("tags", ["x" * 256], id="tag-too-long"),
    pytest.param("tags", [ASTRAL], id="tag-astral"),
    pytest.param("foo", None, id="custom-null"),
    pytest.param("foo", 1, id="custom-number"),
    pytest.param("foo", True, id="custom-boolean"),
    pytest.param("foo", [], id="custom-list"),
    pytest.param("foo", {}, id="custom-object"),
    pytest.param("foo", ASTRAL, id="custom-astral"),
]


@pytest.mark.parametrize("change", [pytest.param(add, id="add"), pytest.param(replace, id="replace")])
@pytest.mark.parametrize(("attribute", "value"), BAD_VALUES)
def test_bad_value_is_a_bad_request(
    producer: Actor, change: Callable[[str, Any], Operation], attribute: str, value: Any
) -> None:
    image = producer.settled_image(foo="bar")
    assert producer.patch(image["self"], change(f"/{attribute}", value)).status_code == 400
    if attribute == "tags":
        image["updated_at"] = ANY  # a real Glance has written the time already when it finds that a tag cannot be kept
    assert producer.get(image["self"]).json() == image


@pytest.mark.parametrize(
    "attribute",
    [
        "name",
        "disk_format",
        "container_format",
        "min_disk",
        "min_ram",
        "protected",
        "os_hidden",
        "visibility",
        "tags",
        "owner",
    ],
)
def test_attribute_cannot_be_removed(producer: Actor, attribute: str) -> None:
    assert producer.patch(producer.settled_image()["self"], remove(f"/{attribute}")).status_code == 403


READ_ONLY = [
    "id",
    "status",
    "size",
    "virtual_size",
    "checksum",
    "os_hash_algo",
    "os_hash_value",
    "created_at",
    "updated_at",
    "self",
    "file",
    "schema",
    "direct_url",
    "deleted",
    "deleted_at",
    "location",
    "os_glance_foo",
]


@pytest.mark.parametrize(
    "operation",
    [pytest.param(operation, id=operation["op"]) for operation in (add("", "x"), replace("", "x"), remove(""))],
)
@pytest.mark.parametrize("attribute", READ_ONLY)
def test_what_the_service_keeps_to_itself_is_forbidden(
    producer: Actor, admin: Actor, attribute: str, operation: Operation
) -> None:
    image = producer.settled_image()
    for actor in (producer, admin):
        assert actor.patch(image["self"], {**operation, "path": f"/{attribute}"}).status_code == 403


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param(replace("/locations", []), id="replace-none"),
        pytest.param(replace("/locations", [{"url": "file:///x", "metadata": {}}]), id="replace"),
        pytest.param(add("/locations/-", {"url": "file:///x", "metadata": {}}), id="append"),
        pytest.param(add("/locations/0", {"url": "file:///x", "metadata": {}}), id="insert"),
        pytest.param(remove("/locations/0"), id="remove"),
    ],
)
def test_locations_are_not_for_patching(producer: Actor, operation: Operation) -> None:
    assert producer.patch(producer.settled_image()["self"], operation).status_code == 403


@pytest.mark.parametrize("operation", [replace("/foo", "bar"), remove("/foo")], ids=["replace", "remove"])
def test_missing_property_is_a_conflict(producer: Actor, operation: Operation) -> None:
    assert producer.patch(producer.settled_image()["self"], operation).status_code == 409


@pytest.mark.parametrize("change", [pytest.param(add, id="add"), pytest.param(replace, id="replace")])
def test_property_is_overwritten(producer: Actor, change: Callable[[str, Any], Operation]) -> None:
    image = producer.settled_image(foo="old")
    assert producer.patch(image["self"], change("/foo", "new")).json()["foo"] == "new"


@pytest.mark.parametrize("attribute", ["disk_format", "container_format"])
def test_formats_are_fixed_once_there_is_content(producer: Actor, attribute: str) -> None:
    image = producer.active_image()
    for value in ("ami", image[attribute]):
        assert producer.patch(image["self"], replace(f"/{attribute}", value)).status_code == 403
    assert producer.get(image["self"]).json() == image


def test_protection_does_not_hinder_changes(producer: Actor) -> None:
    image = producer.settled_image(protected=True)
    assert producer.patch(image["self"], replace("/name", "other")).status_code == 200


def test_deactivation_does_not_hinder_changes(producer: Actor, admin: Actor) -> None:
    image = producer.active_image()
    admin.post(image["self"] + "/actions/deactivate")
    answer = producer.patch(image["self"], replace("/name", "other"))
    assert (answer.status_code, answer.json()["status"]) == (200, "deactivated")


# Several operations.


def test_operations_apply_in_order(producer: Actor) -> None:
    image = producer.settled_image(old="x")
    answer = producer.patch(
        image["self"], add("/new", "1"), replace("/new", "2"), remove("/old"), add("/gone", "x"), remove("/gone")
    )
    assert answer.status_code == 200
    assert answer.json()["new"] == "2"
    assert not {"old", "gone"} & set(answer.json())


def test_all_operations_or_none(producer: Actor) -> None:
    image = producer.settled_image()
    answer = producer.patch(image["self"], replace("/name", "other"), add("/foo", "bar"), remove("/nothing"))
    assert answer.status_code == 409
    assert producer.get(image["self"]).json() == image


@pytest.mark.parametrize(
    ("operations", "status"),
    [
        pytest.param([add("/one-more", "v")], 413, id="one-more"),
        pytest.param([replace("/k1", "w")], 200, id="replace"),
        pytest.param([remove("/k1"), add("/other", "v")], 200, id="remove-add"),
        pytest.param([add("/other", "v"), remove("/k1")], 200, id="add-remove"),
    ],
)
def test_quota_counts_what_is_left_in_the_end(producer: Actor, operations: list[Operation], status: int) -> None:
    image = producer.settled_image(**{f"k{number}": "v" for number in range(128)})
    assert producer.patch(image["self"], *operations).status_code == status


def test_more_than_128_tags_are_too_large(producer: Actor) -> None:
    answer = producer.patch(producer.settled_image()["self"], replace("/tags", [str(number) for number in range(129)]))
    assert answer.status_code == 413


# The time of the last change.


@pytest.mark.parametrize(
    ("operations", "moves"),
    [
        pytest.param([], False, id="no-operation"),
        pytest.param([replace("/name", "an image")], True, id="same-value"),
        pytest.param([add("/foo", "bar")], True, id="property"),
        pytest.param([replace("/tags", ["a"])], True, id="tags"),
        pytest.param([replace("/nothing", "x")], False, id="refused"),
    ],
)
def test_change_moves_updated_at(producer: Actor, operations: list[Operation], moves: bool) -> None:
    image = producer.settled_image()
    time.sleep(1.05)
    producer.patch(image["self"], *operations)
    changed = producer.get(image["self"]).json()
    assert (changed["updated_at"] > image["updated_at"]) is moves
    assert changed["created_at"] == image["created_at"]
