"""Property protections: who may create, read, change and delete which property."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.actors import Actor

Newcomer = Callable[..., Actor]
NAMES = ("none_x", "all_x", "secret_x", "licence_x", "draft_x", "x_free", "level", "other")
EVERYTHING = "admin,member,reader"


def patch(actor: Actor, path: str, op: str, name: str) -> int:
    change = {"op": op, "path": f"/{name}"} | ({} if op == "remove" else {"value": "new"})
    return actor.patch(path, change).status_code


@pytest.fixture
def all_powerful(newcomer: Newcomer, producer: Actor) -> Actor:
    return newcomer(roles=EVERYTHING, project=producer.project)


@pytest.fixture
def image(all_powerful: Actor) -> str:
    """The path of an image of the producer's project that has every property that it can have."""
    properties = {name: "value" for name in NAMES if name not in ("none_x", "other")}
    made: str = all_powerful.image(**properties)["self"]
    return made


@pytest.mark.parametrize(
    ("roles", "may"),
    [
        pytest.param("member,reader", {"all_x", "licence_x", "draft_x", "x_free", "level"}, id="member"),
        pytest.param(EVERYTHING, {"all_x", "secret_x", "licence_x", "draft_x", "x_free", "level"}, id="admin"),
    ],
)
def test_who_may_create(newcomer: Newcomer, roles: str, may: set[str]) -> None:
    actor = newcomer(roles=roles)
    created = {name for name in NAMES if actor.post("/v2/images", {name: "value"}).status_code == 201}
    assert created == may
    assert {actor.post("/v2/images", {name: "value"}).status_code for name in set(NAMES) - may} == {403}


@pytest.mark.parametrize(
    ("roles", "shown"),
    [
        pytest.param("member,reader", {"all_x", "licence_x", "draft_x", "x_free", "level"}, id="member"),
        pytest.param("reader", {"all_x", "licence_x", "x_free", "level"}, id="reader"),
        pytest.param("admin", {"all_x", "secret_x"}, id="admin-alone"),
        pytest.param("staff", {"all_x"}, id="other-role"),
        pytest.param(EVERYTHING, {"all_x", "secret_x", "licence_x", "draft_x", "x_free", "level"}, id="all-roles"),
    ],
)
def test_who_may_read(newcomer: Newcomer, producer: Actor, image: str, roles: str, shown: set[str]) -> None:
    actor = newcomer(roles=roles, project=producer.project)
    assert actor.get(image).json().keys() & set(NAMES) == shown
    [listed] = actor.get(f"/v2/images?owner={producer.project}").json()["images"]
    assert listed.keys() & set(NAMES) == shown


def test_what_may_not_be_read_is_not_in_the_answer_to_a_change(producer: Actor, image: str) -> None:
    answer = producer.patch(image, {"op": "replace", "path": "/name", "value": "new"})
    assert answer.json().keys() & set(NAMES) == {"all_x", "licence_x", "draft_x", "x_free", "level"}


@pytest.mark.parametrize(
    ("roles", "name", "add", "replace", "remove"),
    [
        pytest.param("member,reader", "all_x", 200, 200, 200, id="anybody"),
        pytest.param("member,reader", "none_x", 403, 409, 409, id="nobody"),
        pytest.param("member,reader", "secret_x", 403, 409, 409, id="unseen"),
        pytest.param("member,reader", "licence_x", 403, 403, 403, id="read-only"),
        pytest.param("member,reader", "draft_x", 200, 200, 200, id="free"),
        pytest.param("member,reader", "other", 403, 409, 409, id="no-rule"),
        pytest.param("reader", "all_x", 403, 403, 403, id="policy-is-asked-first"),
        pytest.param("admin", "secret_x", 200, 200, 200, id="admin"),
        pytest.param("admin", "licence_x", 403, 409, 409, id="admin-is-no-member"),
        pytest.param(EVERYTHING, "licence_x", 200, 200, 200, id="all-roles"),
        pytest.param(EVERYTHING, "none_x", 403, 409, 409, id="nobody-at-all"),
    ],
)
def test_who_may_change(
    newcomer: Newcomer, producer: Actor, image: str, roles: str, name: str, add: int, replace: int, remove: int
) -> None:
    actor = newcomer(roles=roles, project=producer.project)
    assert patch(actor, image, "add", name) == add
    assert patch(actor, image, "replace", name) == replace
    assert patch(actor, image, "remove", name) == remove


@pytest.mark.parametrize(
    ("name", "status"), [("all_x", 200), ("licence_x", 200), ("draft_x", 200), ("secret_x", 403), ("other", 403)]
)
def test_who_may_add_what_is_not_there(producer: Actor, name: str, status: int) -> None:
    image = producer.image()["self"]
    assert patch(producer, image, "add", name) == status


def test_a_refused_change_changes_nothing(producer: Actor, image: str) -> None:
    changes = [{"op": "replace", "path": f"/{name}", "value": "new"} for name in ("name", "draft_x", "licence_x")]
    assert producer.patch(image, *changes).status_code == 403
    document = producer.get(image).json()
    assert (document["name"], document["draft_x"], document["licence_x"]) == ("an image", "value", "value")
