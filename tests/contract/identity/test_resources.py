"""Projects, domains, users, roles, regions, services and endpoints: made, found, changed and removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.identity.cloud import SYSTEM, Cloud, by_password, project
from tests.contract.identity.resources import Asker, Made, new_name

# By kind: what a new one needs, beside a name; and the keys that it then has.
KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "project": ({}, "description domain_id enabled id is_domain links name options parent_id tags"),
    "domain": ({}, "description enabled id links name options tags"),
    "user": ({}, "domain_id enabled id links name options password_expires_at"),
    "role": ({}, "description domain_id id links name options"),
    "region": ({}, "description id links name parent_region_id"),
    "service": ({"type": "contract"}, "enabled id links name type"),
    "endpoint": (
        {"interface": "public", "url": "http://example.net/%(project_id)s"},
        "enabled id interface links name region region_id service_id url",
    ),
}
UNIQUE = ("project", "domain", "user", "role")


@pytest.fixture(scope="module")
def admin(cloud: Cloud) -> Asker:
    return Asker(cloud, cloud.token("admin", project("admin")))


@pytest.fixture(scope="module")
def member(cloud: Cloud) -> Asker:
    return Asker(cloud, cloud.token("producer", project("producer")))


@pytest.fixture
def make(admin: Asker) -> Iterator[Made]:
    """Make things, and remove them in the end."""
    made: list[tuple[str, str]] = []

    def making(kind: str, **values: Any) -> dict[str, Any]:
        wanted = {"name": new_name(), **KINDS[kind][0], **values}
        if kind == "endpoint":
            wanted.setdefault("service_id", admin.id_of("services", "glance"))
        answer = admin("POST", f"/{kind}s", {kind: wanted})
        assert answer.status_code == 201, answer.text
        thing: dict[str, Any] = answer.json()[kind]
        made.append((kind, thing["id"]))
        return thing

    yield making
    for kind, id_ in reversed(made):
        if kind == "domain":
            admin("PATCH", f"/domains/{id_}", {"domain": {"enabled": False}})
        admin("DELETE", f"/{kind}s/{id_}")


@pytest.mark.parametrize("kind", KINDS)
def test_life_of_a_resource(admin: Asker, make: Made, kind: str) -> None:
    thing = make(kind)
    here = f"/{kind}s/{thing['id']}"
    assert sorted(thing) == sorted(KINDS[kind][1].split())
    assert thing["links"] == {"self": admin.cloud.url + here}
    assert admin("GET", here).json() == {kind: thing}
    assert admin.code("HEAD", here) == 200
    assert thing in admin.found(f"/{kind}s")
    changed = admin("PATCH", here, {kind: {"enabled": False, "colour": "red"}})
    assert changed.status_code == 200
    shown = admin("GET", here).json()[kind]
    assert shown == {**thing, "enabled": False, "colour": "red"}
    if kind == "domain":
        assert admin.code("DELETE", here) == 204
    else:
        assert admin("DELETE", here).content == b""
    assert admin.code("GET", here) == admin.code("DELETE", here) == 404


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_there(admin: Asker, kind: str) -> None:
    answer = admin("GET", f"/{kind}s/nope")
    assert answer.status_code == 404
    assert answer.json()["error"].keys() == {"code", "message", "title"}
    assert admin.code("PATCH", f"/{kind}s/nope", {kind: {"description": "x"}}) == 404


@pytest.mark.parametrize("kind", UNIQUE)
def test_names_are_taken_once(admin: Asker, make: Made, kind: str) -> None:
    thing, other = make(kind), make(kind)
    assert admin.code("POST", f"/{kind}s", {kind: {"name": thing["name"]}}) == 409
    if kind != "project":  # the real service fails over it
        assert admin.code("PATCH", f"/{kind}s/{other['id']}", {kind: {"name": thing["name"]}}) == 409
    assert admin.found(f"/{kind}s?name={thing['name']}") == [thing]
    assert admin.found(f"/{kind}s?name={thing['name'].upper()}") == []


@pytest.mark.parametrize("kind", ["project", "user"])
def test_another_domain_has_names_of_its_own(make: Made, kind: str) -> None:
    domain = make("domain")
    here = make(kind)
    assert make(kind, name=here["name"], domain_id=domain["id"])["domain_id"] == domain["id"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("name__contains={0}", True, id="contains"),
        pytest.param("name__startswith=c-{0}", True, id="starts with"),
        pytest.param("name__endswith={0}", True, id="ends with"),
        pytest.param("name__contains=x{0}", False, id="contains not"),
        pytest.param("name=c-{0}&enabled=true", True, id="enabled"),
        pytest.param("name=c-{0}&enabled", True, id="enabled, bare"),
        pytest.param("name=c-{0}&enabled=0", False, id="disabled"),
        pytest.param("name=c-{0}&colour=red", True, id="unknown filter"),
        pytest.param("name=c-{0}&domain_id=nope", False, id="another domain"),
    ],
)
@pytest.mark.parametrize("kind", ["project", "user"])
def test_filters(admin: Asker, make: Made, kind: str, query: str, found: bool) -> None:
    thing = make(kind)
    listed = admin("GET", f"/{kind}s?{query.format(thing['name'].removeprefix('c-'))}").json()[f"{kind}s"]
    assert listed == ([thing] if found else [])


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        *[pytest.param(kind, {kind: {}}, id=f"{kind}, empty") for kind in KINDS if kind != "region"],
        *[pytest.param(kind, {kind: {"name": 5, "type": 5}}, id=f"{kind}, wrong type") for kind in UNIQUE],
        *[pytest.param(kind, {kind: {"name": ""}}, id=f"{kind}, no name") for kind in UNIQUE],
        pytest.param("project", {"name": "x"}, id="unwrapped"),
        pytest.param("project", {"project": []}, id="list"),
        pytest.param("project", {"project": {"name": "  "}}, id="blank"),
        pytest.param("project", {"project": {"name": "n" * 65}}, id="long name"),
        pytest.param("project", {"project": {"name": "n", "enabled": "maybe"}}, id="enabled"),
        pytest.param("project", {"project": {"name": "n", "domain_id": "nope"}}, id="project without domain"),
        pytest.param("project", {"project": {"name": "n", "parent_id": "nope"}}, id="project without parent"),
        pytest.param("project", {"project": {"name": "n", "tags": ["a", "a"]}}, id="tag twice"),
        pytest.param("project", {"project": {"name": "n", "options": {"x": True}}}, id="unknown option"),
        pytest.param("user", {"user": {"name": "n" * 256}}, id="long user name"),
        pytest.param("region", {"region": {"id": 5}}, id="region id"),
        pytest.param("region", {}, id="no region"),
        pytest.param("service", {"service": {"type": ""}}, id="service type"),
    ],
)
def test_bad_bodies_come_before_policy(admin: Asker, member: Asker, kind: str, body: Any) -> None:
    assert admin.code("POST", f"/{kind}s", body) == 400
    if "nope" not in str(body):
        assert member.code("POST", f"/{kind}s", body) == 400


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "project"])
def test_a_change_changes_something(admin: Asker, make: Made, kind: str) -> None:
    assert admin.code("PATCH", f"/{kind}s/{make(kind)['id']}", {kind: {}}) == 400


@pytest.mark.parametrize(
    ("kind", "change", "code"),
    [
        pytest.param("project", {"id": "other"}, 400, id="project id"),
        pytest.param("project", {"domain_id": "other"}, 400, id="project domain"),
        pytest.param("project", {"parent_id": "other"}, 403, id="project parent"),
        pytest.param("project", {"is_domain": True}, 400, id="project to domain"),
        pytest.param("user", {"id": "other"}, 400, id="user id"),
        pytest.param("user", {"domain_id": "other"}, 400, id="user domain"),
        pytest.param("role", {"domain_id": "default"}, 400, id="role domain"),
    ],
)
def test_what_does_not_change(admin: Asker, make: Made, kind: str, change: dict[str, Any], code: int) -> None:
    assert admin.code("PATCH", f"/{kind}s/{make(kind)['id']}", {kind: change}) == code


@pytest.mark.parametrize("kind", ["project", "user"])
def test_changes_of_projects_and_users_repeat_what_is_extra(admin: Asker, make: Made, kind: str) -> None:
    here = f"/{kind}s/{make(kind)['id']}"
    assert admin("PATCH", here, {kind: {"colour": "red"}}).json()[kind]["extra"] == {"colour": "red"}
    assert "extra" not in admin("GET", here).json()[kind]


def test_null_description_stays_null(make: Made) -> None:
    assert make("project", description=None)["description"] is None
    assert make("domain", description=None)["description"] is None
    assert make("region", description=None)["description"] == ""


def test_projects_lie_below_projects(admin: Asker, make: Made) -> None:
    parent = make("project", tags=["a", "b"])
    child = make("project", parent_id=parent["id"])
    assert admin.found(f"/projects?parent_id={parent['id']}") == [child]
    assert [found["id"] for found in admin.found("/projects?tags=a,b")] == [parent["id"]]
    assert admin.code("DELETE", f"/projects/{parent['id']}") == 403


@pytest.mark.parametrize("kind", ["project", "role"])
def test_immutable_things_stay(admin: Asker, make: Made, kind: str) -> None:
    here = f"/{kind}s/{make(kind, options={'immutable': True})['id']}"
    assert admin.code("PATCH", here, {kind: {"description": "x"}}) == 403
    assert admin.code("DELETE", here) == 403
    assert admin("PATCH", here, {kind: {"options": {"immutable": None}}}).json()[kind]["options"] == {}
    assert admin.code("DELETE", here) == 204


def test_domain_goes_with_all_that_is_in_it(admin: Asker, make: Made) -> None:
    domain = make("domain")["id"]
    inside = [(kind, make(kind, domain_id=domain)["id"]) for kind in ("project", "user")]
    assert admin.code("DELETE", f"/domains/{domain}") == 403
    admin("PATCH", f"/domains/{domain}", {"domain": {"enabled": False}})
    assert admin.code("DELETE", f"/domains/{domain}") == 204
    assert [admin.code("GET", f"/{kind}s/{id_}") for kind, id_ in inside] == [404, 404]


def test_user_has_a_default_project_only_where_one_is_set(admin: Asker, make: Made) -> None:
    user = make("user", default_project_id="any", email="a@example.net")
    assert (user["default_project_id"], user["email"]) == ("any", "a@example.net")
    changed = admin("PATCH", f"/users/{user['id']}", {"user": {"default_project_id": None}}).json()["user"]
    assert "default_project_id" not in changed


def test_password_is_changed_by_who_knows_it(cloud: Cloud, make: Made) -> None:
    user = make("user", password="first")

    def change(**body: str) -> int:
        return cloud("POST", f"/users/{user['id']}/password", {"user": body}).status_code

    assert change(password="second") == change(original_password="first") == 400
    assert change(original_password="wrong", password="second") == 401
    both = {"original_password": "a", "password": "b"}
    assert cloud("POST", "/users/nope/password", {"user": both}).status_code == 401
    assert change(original_password="first", password="second") == 204
    assert cloud.ask(by_password(user["name"], "first")).status_code == 401
    assert cloud.ask(by_password(user["name"], "second")).status_code == 201


def test_regions_lie_in_regions(admin: Asker, make: Made) -> None:
    name = new_name()
    region = make("region", id=name, parent_region_id="RegionOne")
    assert region["id"] == name
    assert [found["id"] for found in admin.found("/regions?parent_region_id=RegionOne")].count(name) == 1
    assert admin.code("POST", "/regions", {"region": {"id": name}}) == 409
    assert admin.code("POST", "/regions", {"region": {"parent_region_id": "nope"}}) == 404
    assert admin.code("DELETE", "/regions/RegionOne") == 403
    other = new_name()
    assert admin("PUT", f"/regions/{other}", {"region": {"description": "d"}}).json()["region"]["id"] == other
    assert admin.code("DELETE", f"/regions/{other}") == 204


def test_endpoints_go_with_their_service(admin: Asker, make: Made) -> None:
    service = make("service")["id"]
    region = new_name()
    endpoint = make("endpoint", service_id=service, region=region)
    assert (endpoint["region"], endpoint["region_id"]) == (region, region)
    assert admin.code("GET", f"/regions/{region}") == 200
    assert admin.code("DELETE", f"/regions/{region}") == 403
    for query in ("", "&interface=public", f"&region_id={region}", f"&region={region}"):
        assert admin.found(f"/endpoints?service_id={service}{query}") == [endpoint]
    assert admin.found(f"/endpoints?service_id={service}&interface=admin") == []
    assert admin.code("DELETE", f"/services/{service}") == 204
    assert admin.code("GET", f"/endpoints/{endpoint['id']}") == 404
    assert admin.code("DELETE", f"/regions/{region}") == 204


@pytest.mark.parametrize(
    "change",
    [
        {"service_id": "nope"},
        {"region_id": "nope"},
        {"interface": "side"},
        {"url": ""},
        {"url": "no url"},
    ],
    ids=str,
)
def test_endpoints_of_nothing(admin: Asker, make: Made, change: dict[str, Any]) -> None:
    endpoint = make("endpoint")
    assert admin.code("PATCH", f"/endpoints/{endpoint['id']}", {"endpoint": change}) == 400
    whole = {"interface": "public", "url": "http://example.net", "service_id": endpoint["service_id"], **change}
    assert admin.code("POST", "/endpoints", {"endpoint": whole}) == 400


# What a member of a project may do: itself, its project and its domain it may see.
ALLOWED = (
    ("GET", "/projects/{project}"),
    ("GET", "/users/{user}"),
    ("GET", "/users/{user}/projects"),
    ("GET", "/users/{user}/groups"),
    ("GET", "/domains/default"),
    ("GET", "/regions"),
    ("GET", "/limits"),
    ("GET", "/registered_limits"),
    ("GET", "/limits/model"),
)
FORBIDDEN = (
    *[("GET", f"/{kind}s") for kind in KINDS if kind != "region"],
    *[("GET", f"/{kind}s/nope") for kind in ("project", "domain", "user", "service", "endpoint")],
    *[("DELETE", f"/{kind}s/nope") for kind in ("project", "user", "region", "service", "endpoint")],
    ("GET", "/groups"),
    ("GET", "/role_inferences"),
    ("GET", "/role_assignments"),
    ("GET", "/role_assignments?user.id={user}"),
    ("GET", "/users/nope/application_credentials"),
    ("GET", "/projects/{project}/users/{user}/roles"),
    ("GET", "/domains/default/users/{user}/roles"),
    ("GET", "/system/users/{user}/roles"),
    ("DELETE", "/users/{user}"),
    ("DELETE", "/projects/{project}"),
)
MISSING = (
    *[("GET", f"/{kind}s/nope") for kind in ("role", "region")],
    *[("DELETE", f"/{kind}s/nope") for kind in ("role", "domain")],
    ("GET", "/projects/nope/users/{user}/roles"),
    ("PUT", "/projects/{project}/users/{user}/roles/nope"),
)


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        *[pytest.param(*asked, 200, id=" ".join(asked)) for asked in ALLOWED],
        *[pytest.param(*asked, 403, id=" ".join(asked)) for asked in FORBIDDEN],
        *[pytest.param(*asked, 404, id=" ".join(asked)) for asked in MISSING],
    ],
)
def test_what_a_member_may(admin: Asker, member: Asker, method: str, path: str, code: int) -> None:
    ids = {"user": admin.id_of("users", "producer"), "project": admin.id_of("projects", "producer")}
    assert member.code(method, path.format(**ids)) == code


@pytest.mark.parametrize("kind", UNIQUE)
def test_members_make_nothing(member: Asker, kind: str) -> None:
    assert member.code("POST", f"/{kind}s", {kind: {"name": new_name()}}) == 403


def test_nobody_may_anything(cloud: Cloud) -> None:
    for token in (None, "forged"):
        answer = cloud("GET", "/projects", token=token)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Keystone uri=")
    assert cloud("POST", "/projects", {}).status_code == 401


def test_admin_of_the_system_may_all(cloud: Cloud, admin: Asker) -> None:
    system = Asker(cloud, cloud.token("admin", SYSTEM))
    assert system.found("/projects") == admin.found("/projects")
    made = system("POST", "/projects", {"project": {"name": new_name()}}).json()["project"]
    assert made["domain_id"] == "default"
    assert system.code("DELETE", f"/projects/{made['id']}") == 204
