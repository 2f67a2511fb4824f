"""What those see of Identity whose token is for a domain, or for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from glance_emulator.caller import Caller
from glance_emulator.clock import system_clock
from glance_emulator.db.identity import Assignment, Domain, Project, Region
from glance_emulator.domain import application_credentials, assignments, endpoints, projects, records
from glance_emulator.domain.seed import REGION, id_of
from glance_emulator.domain.worlds import World
from glance_emulator.errors import BadRequest, Forbidden
from tests.worlds import new_world

ADMIN = Caller("admin", None, frozenset({"admin"}), system=True)
ELSEWHERE = Caller("somebody", None, frozenset({"reader"}), domain_id="elsewhere")
AT_HOME = Caller("somebody", None, frozenset({"reader"}), domain_id="default")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = new_world(tmp_path)
    with made.writing() as session:
        session.add(Domain(id="elsewhere", name="Elsewhere", description="", enabled=True, extra={}))
        session.flush()
        session.add(
            Project(
                id="p", domain_id="elsewhere", parent_id="elsewhere", name="p", description="", enabled=True, extra={}
            )
        )
    yield made
    made.engine.dispose()


def test_a_domains_reader_lists_the_projects_of_that_domain(world: World) -> None:
    with world.reading() as session:
        assert [project.id for project in projects.index(session, ELSEWHERE, {})] == ["p"]
        assert "p" not in [project.id for project in projects.index(session, AT_HOME, {})]
        assert "p" in [project.id for project in projects.index(session, ADMIN, {})]


def test_a_domains_reader_lists_the_assignments_in_that_domain(world: World) -> None:
    with world.reading() as session:
        assert assignments.index(session, AT_HOME, {})
        assert assignments.index(session, ELSEWHERE, {}) == []


def test_a_role_that_is_implied_in_two_ways_is_told_once(world: World) -> None:
    user, project = id_of("user", "producer"), id_of("project", "producer")
    with world.writing() as session:
        manager = Assignment(user_id=user, role_id=id_of("role", "manager"), scope="project", target_id=project)
        session.add(manager)
        session.flush()
        entries = assignments.index(session, ADMIN, {"effective": "", "user.id": user})
    readers = [entry.prior_id for entry in entries if entry.role_id == id_of("role", "reader")]
    assert readers == [id_of("role", "member")]


@pytest.mark.parametrize(
    ("caller", "home"),
    [
        pytest.param(ELSEWHERE, "elsewhere", id="the domain of the token"),
        pytest.param(Caller("u", "p"), "elsewhere", id="the domain of the project"),
        pytest.param(Caller("u", "unknown"), "default", id="a project that is none"),
        pytest.param(Caller("u", None), "default", id="no scope"),
    ],
)
def test_where_new_things_are_made(world: World, caller: Caller, home: str) -> None:
    with world.reading() as session:
        assert records.home(session, caller) == home


def test_an_application_credential_needs_a_project(world: World) -> None:
    user = id_of("user", "consumer")
    with pytest.raises(Forbidden), world.writing() as session:
        application_credentials.create(session, Caller(user, None), user, {"name": "x"}, system_clock())


def test_an_empty_filter_finds_what_has_no_such_value(world: World) -> None:
    placeless = {"interface": "public", "url": "http://x", "service_id": id_of("service", "image")}
    with world.writing() as session:
        made = endpoints.create(session, ADMIN, placeless)
        assert [found.id for found in endpoints.index(session, ADMIN, {"region_id": ""})] == [made.id]
        assert len(endpoints.index(session, ADMIN, {"region_id": REGION})) == 9


@pytest.mark.parametrize(("region", "made"), [(REGION, False), ("another", True)])
def test_an_endpoint_that_names_a_region_the_older_way_has_it(world: World, region: str, made: bool) -> None:
    values = {"interface": "public", "url": "http://x", "service_id": id_of("service", "image"), "region": region}
    with world.writing() as session:
        before = session.query(Region).count()
        assert endpoints.create(session, ADMIN, values).region_id == region
        assert session.query(Region).count() == before + made


def test_an_endpoint_is_of_a_service_that_there_is(world: World) -> None:
    values = {"interface": "public", "url": "http://x", "service_id": "none"}
    with pytest.raises(BadRequest), world.writing() as session:
        endpoints.create(session, ADMIN, values)
