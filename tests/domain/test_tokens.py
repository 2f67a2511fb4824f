from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from glance_emulator.db.identity import Assignment, Domain, Project, User
from glance_emulator.domain import generation, seed, tokens
from glance_emulator.domain.grants import SYSTEM, Scope
from glance_emulator.domain.tokens import Claims
from glance_emulator.domain.worlds import World
from tests.worlds import new_world, open_world

NOON = datetime(2030, 1, 1, 12, 0, 0, 250_000)  # noqa: DTZ001 - UTC without a zone, as it is stored
PRODUCER = seed.id_of("user", "producer")
PROJECT = Scope("project", seed.id_of("project", "producer"))


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(tmp_path: Path, clock: Clock) -> World:
    return new_world(tmp_path, clock)


def claims_of(world: World, scope: Scope | None = PROJECT, user_id: str = PRODUCER) -> Claims:
    return tokens.claim(user_id, ("password",), scope, world.clock())


def token_of(world: World, scope: Scope | None = PROJECT, user_id: str = PRODUCER) -> str:
    return tokens.sign(world.token_key, claims_of(world, scope, user_id))


def test_token_keeps_what_it_says(world: World) -> None:
    first = tokens.claim(PRODUCER, ("password",), None, world.clock())
    second = tokens.claim(
        PRODUCER, ("token", "password"), PROJECT, world.clock(), parent=first, credential_id="credential"
    )
    for claims in (first, second):
        assert tokens.read("key", tokens.sign("key", claims)) == claims


def test_caller_has_implied_roles(world: World) -> None:
    found = tokens.caller(world, token_of(world))
    assert found is not None
    assert (found.user_id, found.project_id) == (PRODUCER, PROJECT.target_id)
    assert (found.roles, found.domain_id) == (frozenset({"member", "reader"}), None)
    assert not found.system


def test_caller_in_the_system(world: World) -> None:
    found = tokens.caller(world, token_of(world, Scope("system", SYSTEM), seed.id_of("user", "admin")))
    assert found is not None
    assert found.system
    assert found.roles == {"admin", "manager", "member", "reader"}


def test_caller_without_a_scope_has_no_roles(world: World) -> None:
    found = tokens.caller(world, token_of(world, None))
    assert found is not None
    assert (found.project_id, found.roles) == (None, frozenset())


def test_token_ends_after_an_hour(world: World, clock: Clock) -> None:
    token = token_of(world)
    clock.now += timedelta(minutes=59, seconds=59)
    assert tokens.caller(world, token)
    clock.now += timedelta(seconds=1)
    assert tokens.caller(world, token) is None


@pytest.mark.parametrize("place", [0, 20, -2])  # the last one stands for fewer bits than it could
def test_changed_token_is_none(world: World, place: int) -> None:
    token = token_of(world)
    letters = list(token)
    letters[place] = "A" if letters[place] != "A" else "B"
    assert tokens.caller(world, "".join(letters)) is None


@pytest.mark.parametrize("token", ["", ".", "forged", "a.b.c", "\u00e9", "x" * 10_000])
def test_nonsense_is_no_token(world: World, token: str) -> None:
    assert tokens.caller(world, token) is None


def test_token_of_another_world_is_none(world: World, tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "other").mkdir()
    other = new_world(tmp_path / "other", clock)
    token = token_of(other)
    assert tokens.caller(other, token)
    assert tokens.caller(world, token) is None


def test_token_survives_a_restart(world: World, tmp_path: Path, clock: Clock) -> None:
    assert tokens.caller(open_world(tmp_path, clock), token_of(world))


def disable(kind: type[User] | type[Project] | type[Domain]) -> Callable[[Session], object]:
    return lambda session: session.execute(update(kind).values(enabled=False))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(disable(User), id="user disabled"),
        pytest.param(disable(Project), id="project disabled"),
        pytest.param(disable(Domain), id="domain disabled"),
        pytest.param(lambda session: session.query(Assignment).delete(), id="no role left"),
        pytest.param(lambda session: session.query(Project).delete(), id="project deleted"),
        pytest.param(
            lambda session: session.execute(update(User).values(tokens_valid_from=NOON + timedelta(seconds=1))),
            id="new password",
        ),
    ],
)
def test_other_processes_see_a_change_at_once(
    world: World, tmp_path: Path, clock: Clock, change: Callable[[Session], object]
) -> None:
    token = token_of(world)
    other = open_world(tmp_path, clock)
    assert tokens.caller(other, token)
    with world.writing() as session:
        change(session)
        generation.bump(session)
    assert tokens.caller(other, token) is None


def test_revoked_token_is_none_in_other_processes_too(world: World, tmp_path: Path, clock: Clock) -> None:
    claims = claims_of(world)
    token = tokens.sign(world.token_key, claims)
    other = open_world(tmp_path, clock)
    assert tokens.caller(other, token)
    with world.writing() as session:
        tokens.revoke(session, claims, clock())
    assert tokens.caller(other, token) is None
    assert tokens.caller(other, token_of(world))


def test_copy_of_a_world_goes_its_own_way(world: World, tmp_path: Path, clock: Clock) -> None:
    claims = claims_of(world)
    token = tokens.sign(world.token_key, claims)
    assert tokens.caller(world, token)
    world.engine.dispose()
    (tmp_path / "copy").mkdir()
    shutil.copy(tmp_path / "world.sqlite", tmp_path / "copy")
    copy = open_world(tmp_path / "copy", clock)
    with copy.writing() as session:
        tokens.revoke(session, claims, clock())
    with world.writing() as session:
        generation.bump(session)
    assert tokens.caller(copy, token) is None
    assert tokens.caller(world, token)


def test_few_tokens_are_remembered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "REMEMBERED", 3)
    callers = [tokens.caller(world, token_of(world)) for _ in range(5)]
    assert all(callers)
    assert len(tokens._remembered) <= 3


def test_seed_is_the_same_in_every_world(world: World, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = new_world(tmp_path / "other")
    with world.reading() as one, other.reading() as two:
        ids = [set(session.scalars(select(User.id).union(select(Project.id)))) for session in (one, two)]
    assert ids[0] == ids[1]
    assert all(len(id_) == 32 for id_ in ids[0])
