"""Roles of users on projects, domains and the system; which role implies which."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.identity.cloud import SYSTEM, Cloud, Newcomer, by_password, issued, project
from tests.contract.identity.resources import Asker, new_name


@pytest.fixture(scope="module")
def admin(cloud: Cloud) -> Asker:
    return Asker(cloud, cloud.token("admin", project("admin")))


@pytest.fixture(scope="module")
def roles(admin: Asker) -> dict[str, str]:
    """Ids of roles, by name."""
    return {role["name"]: role["id"] for role in admin.found("/roles")}


def places(newcomer: Newcomer) -> dict[str, str]:
    user = f"users/{newcomer.user_id}/roles"
    return {
        "project": f"/projects/{newcomer.project_id}/{user}",
        "domain": f"/domains/default/{user}",
        "system": f"/system/{user}",
    }


@pytest.mark.parametrize("scope", ["project", "domain", "system"])
def test_life_of_an_assignment(admin: Asker, roles: dict[str, str], newcomer: Newcomer, scope: str) -> None:
    here = places(newcomer)[scope]
    before = admin.found(here)
    role = f"{here}/{roles['reader']}"
    assert admin.code("HEAD", role) == admin.code("GET", role) == admin.code("DELETE", role) == 404
    assert admin.code("PUT", role) == admin.code("PUT", role) == 204
    assert admin.code("HEAD", role) == admin.code("GET", role) == 204
    (given,) = [found for found in admin.found(here) if found not in before]
    assert given == admin("GET", f"/roles/{roles['reader']}").json()["role"]
    assert admin.code("DELETE", role) == 204
    assert admin.found(here) == before


@pytest.mark.parametrize("scope", ["project", "domain", "system"])
def test_assignments_of_nothing(admin: Asker, roles: dict[str, str], newcomer: Newcomer, scope: str) -> None:
    here = places(newcomer)[scope]
    assert admin.code("PUT", f"{here}/nope") == 404
    assert admin.code("PUT", f"{here.replace(newcomer.user_id, 'nope')}/{roles['reader']}") == 404
    assert admin.code("GET", here.replace(newcomer.user_id, "nope")) == 404


def assigned(newcomer: Newcomer, role_id: str, names: bool = False) -> dict[str, Any]:
    domain = {"domain": {"id": "default", "name": "Default"}}
    named = {"name": newcomer.name, **domain} if names else {}
    link = f"{newcomer.cloud.url}{places(newcomer)['project']}/{role_id}"
    return {
        "links": {"assignment": link},
        "scope": {"project": {"id": newcomer.project_id, **named}},
        "user": {"id": newcomer.user_id, **named},
        "role": {"id": role_id, **({"name": "member"} if names else {})},
    }


def test_list(admin: Asker, roles: dict[str, str], newcomer: Newcomer) -> None:
    plain, named = (assigned(newcomer, roles["member"], names) for names in (False, True))
    mine = f"/role_assignments?user.id={newcomer.user_id}"
    assert admin.found(mine) == [plain]
    assert plain in admin.found("/role_assignments")
    assert admin.found(f"{mine}&include_names") == admin.found(f"{mine}&include_names=True") == [named]
    assert admin.found(f"{mine}&include_names=0") == [plain]
    assert admin.found(f"{mine}&role.id={roles['member']}") == [plain]
    assert admin.found(f"{mine}&role.id={roles['reader']}") == []
    assert admin.found(f"/role_assignments?scope.project.id={newcomer.project_id}") == [plain]
    assert admin.found(f"{mine}&scope.domain.id=default") == admin.found(f"{mine}&scope.system=all") == []
    assert admin.found("/role_assignments?user.id=nope") == admin.found("/role_assignments?group.id=nope") == []


def test_list_of_the_system(admin: Asker, roles: dict[str, str], newcomer: Newcomer) -> None:
    admin("PUT", f"{places(newcomer)['system']}/{roles['reader']}")
    (found,) = admin.found(f"/role_assignments?scope.system=all&user.id={newcomer.user_id}&include_names")
    assert found["scope"] == SYSTEM
    assert found["role"] == {"id": roles["reader"], "name": "reader"}


def test_effective_list_has_what_is_implied(admin: Asker, roles: dict[str, str], newcomer: Newcomer) -> None:
    effective = f"/role_assignments?user.id={newcomer.user_id}&effective"
    assert {found["role"]["id"] for found in admin.found(effective)} == {roles["member"], roles["reader"]}
    (implied,) = admin.found(f"{effective}&role.id={roles['reader']}")
    assert implied["links"] == {
        "assignment": f"{admin.cloud.url}{places(newcomer)['project']}/{roles['member']}",
        "prior_role": f"{admin.cloud.url}/prior_role/{roles['reader']}/implies/{roles['member']}",
    }


@pytest.mark.parametrize(
    "query",
    [
        "user.id=a&group.id=b",
        "effective&group.id=b",
        "scope.project.id=a&scope.domain.id=b",
    ],
)
def test_filters_that_contradict(admin: Asker, query: str) -> None:
    assert admin.code("GET", f"/role_assignments?{query}") == 400


@pytest.mark.parametrize("what", ["project", "user", "role"])
def test_assignments_go_with_what_they_are_of(admin: Asker, newcomer: Newcomer, what: str) -> None:
    role = admin("POST", "/roles", {"role": {"name": new_name()}}).json()["role"]["id"]
    assert admin.code("PUT", f"{places(newcomer)['project']}/{role}") == 204
    ids = {"project": newcomer.project_id, "user": newcomer.user_id, "role": role}
    assert admin.code("DELETE", f"/{what}s/{ids[what]}") == 204
    assert admin.found(f"/role_assignments?role.id={role}") == []
    admin("DELETE", f"/roles/{role}")


def test_users_projects(admin: Asker, newcomer: Newcomer) -> None:
    theirs = f"/users/{newcomer.user_id}/projects"
    assert [found["id"] for found in admin.found(theirs)] == [newcomer.project_id]
    newcomer.loses("member")
    assert admin.found(theirs) == []
    assert admin.code("GET", "/users/nope/projects") == admin.code("GET", "/users/nope/groups") == 404


def test_implied_roles(admin: Asker, roles: dict[str, str]) -> None:
    prior = admin("POST", "/roles", {"role": {"name": new_name()}}).json()["role"]["id"]
    rule = f"/roles/{prior}/implies/{roles['reader']}"
    assert admin.code("GET", rule) == 404
    made = admin("PUT", rule)
    assert made.status_code == 201
    assert made.json()["links"] == {"self": admin.cloud.url + rule}
    assert made.json()["role_inference"]["implies"]["name"] == "reader"
    assert admin("GET", rule).json() == made.json()
    assert (admin.code("PUT", rule), admin.code("HEAD", rule)) == (409, 204)
    assert admin.code("PUT", f"/roles/{prior}/implies/{roles['admin']}") == 403
    listed = admin("GET", f"/roles/{prior}/implies").json()["role_inference"]
    assert [follower["id"] for follower in listed["implies"]] == [roles["reader"]]
    assert listed in admin("GET", "/role_inferences").json()["role_inferences"]
    assert (admin.code("DELETE", rule), admin.code("DELETE", rule)) == (204, 404)
    admin("DELETE", f"/roles/{prior}")


def scoped(cloud: Cloud, newcomer: Newcomer, scope: dict[str, Any]) -> Asker:
    return Asker(cloud, issued(cloud.ask(by_password(newcomer.name), scope)))


def test_manager_of_a_domain(cloud: Cloud, admin: Asker, roles: dict[str, str], newcomer: Newcomer) -> None:
    admin("PUT", f"{places(newcomer)['domain']}/{roles['manager']}")
    manager = scoped(cloud, newcomer, {"domain": {"id": "default"}})
    other = admin("POST", "/domains", {"domain": {"name": new_name()}}).json()["domain"]["id"]
    theirs = admin("POST", "/users", {"user": {"name": new_name(), "domain_id": other}}).json()["user"]["id"]
    assert [found["id"] for found in manager.found("/domains")] == ["default"]
    assert {found["domain_id"] for found in manager.found("/users")} == {"default"}
    assert manager.code("GET", f"/users/{theirs}") == manager.code("DELETE", f"/users/{theirs}") == 403
    assert manager.code("POST", "/users", {"user": {"name": new_name(), "domain_id": other}}) == 403
    assert manager.code("GET", f"/users/{newcomer.user_id}") == manager.code("GET", "/roles") == 200
    assert manager.code("PUT", f"{places(newcomer)['project']}/{roles['reader']}") == 204
    assert manager.code("PUT", f"{places(newcomer)['project']}/{roles['admin']}") == 403
    assert manager.code("PUT", f"/projects/{newcomer.project_id}/users/{theirs}/roles/{roles['reader']}") == 403
    assert manager.code("GET", "/services") == manager.code("POST", "/domains", {"domain": {"name": "x"}}) == 403
    user = {"name": new_name(), "domain_id": "default"}
    made = manager("POST", "/users", {"user": user})
    assert made.status_code == 201
    assert manager.code("DELETE", f"/users/{made.json()['user']['id']}") == 204
    admin("PATCH", f"/domains/{other}", {"domain": {"enabled": False}})
    admin("DELETE", f"/domains/{other}")


def test_reader_of_the_system(cloud: Cloud, admin: Asker, roles: dict[str, str], newcomer: Newcomer) -> None:
    admin("PUT", f"{places(newcomer)['system']}/{roles['reader']}")
    reader = scoped(cloud, newcomer, SYSTEM)
    for plural in ("projects", "users", "domains", "roles", "services", "endpoints", "role_assignments"):
        assert reader.found(f"/{plural}")
    assert reader.code("GET", "/users/nope") == reader.code("GET", "/projects/nope") == 404
    assert reader.code("GET", places(newcomer)["project"]) == 200
    assert reader.code("PUT", f"{places(newcomer)['project']}/{roles['reader']}") == 403
    assert reader.code("POST", "/projects", {"project": {"name": new_name()}}) == 403
    assert reader.code("DELETE", f"/users/{newcomer.user_id}") == 403
