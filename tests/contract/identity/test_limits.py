"""Unified limits: registered for a resource of a service, and made for projects and domains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.contract.identity.cloud import SYSTEM, Cloud, Newcomer, project
from tests.contract.identity.resources import Asker, new_name

Document = dict[str, Any]
NOBODYS = "99999999999949998999999999999999"
REGISTERED = "/registered_limits"


@pytest.fixture(scope="module")
def admin(cloud: Cloud) -> Asker:
    return Asker(cloud, cloud.token("admin", project("admin")))


@pytest.fixture(scope="module")
def system(cloud: Cloud) -> Asker:
    return Asker(cloud, cloud.token("admin", SYSTEM))


@pytest.fixture
def mine(newcomer: Newcomer) -> Asker:
    """Ask as a member of a project of their own."""
    return Asker(newcomer.cloud, newcomer.token())


@pytest.fixture
def service(admin: Asker) -> Iterator[str]:
    """Make a service; return its id."""
    made = admin("POST", "/services", {"service": {"type": new_name()}}).json()["service"]["id"]
    yield made
    for limit in admin.found(f"/limits?service_id={made}"):
        admin("DELETE", f"/limits/{limit['id']}")
    for limit in admin.found(f"{REGISTERED}?service_id={made}"):
        admin("DELETE", f"{REGISTERED}/{limit['id']}")
    admin("DELETE", f"/services/{made}")


@pytest.fixture
def register(admin: Asker, service: str) -> Callable[..., Document]:
    """Register a limit of 5 widgets."""

    def registered(**values: Any) -> Document:
        body = {"service_id": service, "resource_name": "widgets", "default_limit": 5, **values}
        answer = admin("POST", REGISTERED, {"registered_limits": [body]})
        assert answer.status_code == 201, answer.text
        (document,) = answer.json()["registered_limits"]
        return dict(document)

    return registered


@pytest.fixture
def limit(admin: Asker, service: str, newcomer: Newcomer) -> Callable[..., Document]:
    """Limit the newcomer's project to 3 widgets."""

    def limited(**values: Any) -> Document:
        whose = {} if "domain_id" in values else {"project_id": newcomer.project_id}
        body = {"service_id": service, "resource_name": "widgets", "resource_limit": 3, **whose, **values}
        answer = admin("POST", "/limits", {"limits": [body]})
        assert answer.status_code == 201, answer.text
        (document,) = answer.json()["limits"]
        return dict(document)

    return limited


# Registered limits


def test_a_registered_limit_is_shown_to_everybody(
    cloud: Cloud, admin: Asker, mine: Asker, service: str, register: Callable[..., Document]
) -> None:
    made = register()
    here = f"{REGISTERED}/{made['id']}"
    assert made == {
        "id": made["id"],
        "service_id": service,
        "region_id": None,
        "resource_name": "widgets",
        "default_limit": 5,
        "description": None,
        "links": {"self": f"{cloud.url}{here}"},
    }
    for caller in (admin, mine):
        assert caller("GET", here).json() == {"registered_limit": made}
        assert caller.found(f"{REGISTERED}?service_id={service}") == [made]
        assert caller.code("GET", f"{REGISTERED}/nope") == 404


def test_registered_limits_are_changed_and_removed(admin: Asker, register: Callable[..., Document]) -> None:
    made = register(description="d")
    here = f"{REGISTERED}/{made['id']}"
    for change in ({}, {"default_limit": -1}, {"resource_name": "gadgets"}, {"description": None}):
        made |= change
        answer = admin("PATCH", here, {"registered_limit": change})
        assert (answer.status_code, answer.json()) == (200, {"registered_limit": made})
    assert admin.code("DELETE", here) == 204
    assert [admin.code(method, here) for method in ("GET", "DELETE")] == [404, 404]


def test_a_resource_is_registered_once_in_each_region(admin: Asker, register: Callable[..., Document]) -> None:
    first, second = register(), register(region_id="RegionOne")
    body = {name: first[name] for name in ("service_id", "resource_name", "default_limit")}
    assert admin.code("POST", REGISTERED, {"registered_limits": [body]}) == 409
    both = [{**body, "resource_name": "gadgets"}] * 2
    assert admin.code("POST", REGISTERED, {"registered_limits": both}) == 409
    assert admin.found(f"{REGISTERED}?service_id={first['service_id']}") == [first, second]
    other = register(resource_name="gadgets")
    change = {"registered_limit": {"resource_name": "widgets"}}
    assert admin.code("PATCH", f"{REGISTERED}/{other['id']}", change) == 409


def test_several_are_registered_at_once(admin: Asker, service: str) -> None:
    several = [{"service_id": service, "resource_name": name, "default_limit": 1} for name in ("b", "a", "c")]
    assert admin.code("POST", REGISTERED, {"registered_limits": several}) == 201
    assert [found["resource_name"] for found in admin.found(f"{REGISTERED}?service_id={service}")] == ["b", "a", "c"]


BAD = (
    {"default_limit": -2},
    {"default_limit": "5"},
    {"default_limit": 5.5},
    {"default_limit": 2**31},
    {"resource_name": ""},
    {"resource_name": "x" * 256},
    {"resource_name": 5},
    {"service_id": "nope"},
    {"service_id": None},
    {"service_id": NOBODYS},
    {"region_id": "nope"},
    {"region_id": ""},
    {"extra": 1},
    {"id": "x"},
)


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: str(bad)[:40])
def test_bad_registered_limits(admin: Asker, service: str, register: Callable[..., Document], bad: Document) -> None:
    body = {"service_id": service, "resource_name": "gadgets", "default_limit": 5, **bad}
    assert admin.code("POST", REGISTERED, {"registered_limits": [body]}) == 400
    assert admin.code("PATCH", f"{REGISTERED}/{register()['id']}", {"registered_limit": bad}) == 400


@pytest.mark.parametrize(
    "body", [{}, {"registered_limits": []}, {"registered_limits": {}}, {"registered_limits": [{}]}]
)
def test_bad_bodies_come_before_policy(admin: Asker, mine: Asker, body: Document) -> None:
    several = {name.replace("registered_", ""): value for name, value in body.items()}
    for caller in (admin, mine):
        assert caller.code("POST", REGISTERED, body) == caller.code("POST", "/limits", several) == 400
        for path in (f"{REGISTERED}/nope", "/limits/nope"):
            assert caller.code("PATCH", path, {}) == 400


def test_members_register_nothing(mine: Asker, register: Callable[..., Document]) -> None:
    made = register()
    body = {"service_id": made["service_id"], "resource_name": "gadgets", "default_limit": 5}
    assert mine.code("POST", REGISTERED, {"registered_limits": [body]}) == 403
    for id_ in (made["id"], "nope"):
        assert mine.code("PATCH", f"{REGISTERED}/{id_}", {"registered_limit": {}}) == 403
        assert mine.code("DELETE", f"{REGISTERED}/{id_}") == 403


def test_admin_of_the_system_may_all(system: Asker, register: Callable[..., Document]) -> None:
    here = f"{REGISTERED}/{register()['id']}"
    assert system.code("PATCH", here, {"registered_limit": {"default_limit": 6}}) == 200
    assert system.code("DELETE", here) == 204


# Limits


def test_a_limit_of_a_project(
    cloud: Cloud, admin: Asker, newcomer: Newcomer, register: Callable[..., Document], limit: Callable[..., Document]
) -> None:
    registered, made = register(), limit()
    assert made == {
        "id": made["id"],
        "project_id": newcomer.project_id,
        "domain_id": None,
        "service_id": registered["service_id"],
        "region_id": None,
        "resource_name": "widgets",
        "resource_limit": 3,
        "description": None,
        "links": {"self": f"{cloud.url}/limits/{made['id']}"},
    }
    assert admin("GET", f"/limits/{made['id']}").json() == {"limit": made}


def test_limits_are_changed_and_removed(
    admin: Asker, register: Callable[..., Document], limit: Callable[..., Document]
) -> None:
    register()
    made = limit()
    here = f"/limits/{made['id']}"
    for change in ({}, {"resource_limit": 100}, {"resource_limit": -1}, {"description": "d"}):
        made |= change
        answer = admin("PATCH", here, {"limit": change})
        assert (answer.status_code, answer.json()) == (200, {"limit": made})
    assert admin("PATCH", here, {"limit": {"description": None}}).json() == {"limit": made}
    for bad in ({"resource_limit": "x"}, {"resource_limit": -2}, {"project_id": "x"}, {"resource_name": "x"}, {"x": 1}):
        assert admin.code("PATCH", here, {"limit": bad}) == 400
    assert admin.code("DELETE", here) == 204
    for method in ("GET", "DELETE"):
        assert admin.code(method, here) == 404


def test_a_limit_needs_a_registered_one_of_the_same_place(
    admin: Asker, newcomer: Newcomer, register: Callable[..., Document], limit: Callable[..., Document]
) -> None:
    service = register()["service_id"]
    register(resource_name="gadgets", region_id="RegionOne")
    limit()
    limit(resource_name="gadgets", region_id="RegionOne")
    body = {"service_id": service, "resource_limit": 1, "project_id": newcomer.project_id}
    for other in (
        {"resource_name": "gadgets"},
        {"resource_name": "widgets", "region_id": "RegionOne"},
        {"resource_name": "things"},
    ):
        assert admin.code("POST", "/limits", {"limits": [{**body, **other}]}) == 403


def test_a_registered_limit_stays_while_there_are_limits(
    admin: Asker, register: Callable[..., Document], limit: Callable[..., Document]
) -> None:
    here = f"{REGISTERED}/{register()['id']}"
    made = limit()
    assert admin.code("PATCH", here, {"registered_limit": {"default_limit": 9}}) == 403
    assert admin.code("DELETE", here) == 403
    admin("DELETE", f"/limits/{made['id']}")
    assert admin.code("DELETE", here) == 204


def test_one_limit_for_each_project(
    admin: Asker, newcomer: Newcomer, register: Callable[..., Document], limit: Callable[..., Document]
) -> None:
    service = register()["service_id"]
    body = {"service_id": service, "resource_name": "widgets", "resource_limit": 1, "project_id": newcomer.project_id}
    assert admin.code("POST", "/limits", {"limits": [body, body]}) == 409
    assert admin.found(f"/limits?service_id={service}") == []
    limit()
    assert admin.code("POST", "/limits", {"limits": [body]}) == 409
    limit(domain_id="default")


@pytest.mark.parametrize(
    "bad",
    [
        {"resource_limit": -2},
        {"resource_limit": "3"},
        {"resource_limit": 2**31},
        {"resource_name": ""},
        {"service_id": "x"},
        {"service_id": NOBODYS},
        {"region_id": "nope"},
        {"project_id": "nope"},
        {"project_id": NOBODYS},
        {"domain_id": "default"},
        {"extra": 1},
    ],
    ids=str,
)
def test_bad_limits(
    admin: Asker, mine: Asker, newcomer: Newcomer, register: Callable[..., Document], bad: Document
) -> None:
    body = {
        "service_id": register()["service_id"],
        "resource_name": "widgets",
        "resource_limit": 1,
        "project_id": newcomer.project_id,
    }
    assert admin.code("POST", "/limits", {"limits": [{**body, **bad}]}) == 400
    assert admin.code("POST", "/limits", {"limits": [{**body, "project_id": None}]}) in (400, 500)
    del body["project_id"]
    assert admin.code("POST", "/limits", {"limits": [body]}) == 400
    assert admin.code("POST", "/limits", {"limits": [{**body, "domain_id": "nope"}]}) == 400


def test_members_see_the_limits_of_their_project(
    cloud: Cloud,
    admin: Asker,
    system: Asker,
    mine: Asker,
    register: Callable[..., Document],
    limit: Callable[..., Document],
) -> None:
    service = register()["service_id"]
    own, domains = limit(), limit(domain_id="default")
    other = Asker(cloud, cloud.token("producer", project("producer")))
    here = f"/limits?service_id={service}"
    assert admin.found(here) == system.found(here) == [own, domains]
    assert mine.found(here) == [own]
    assert other.found(here) == []
    path = f"/limits/{own['id']}"
    assert [caller.code("GET", path) for caller in (admin, mine, other)] == [200, 200, 403]
    assert mine.code("GET", f"/limits/{domains['id']}") == mine.code("GET", "/limits/nope") == 403
    assert admin.code("GET", "/limits/nope") == 404


def test_members_limit_nothing(mine: Asker, register: Callable[..., Document], limit: Callable[..., Document]) -> None:
    register()
    made = limit()
    body = {name: made[name] for name in ("service_id", "resource_name", "resource_limit", "project_id")}
    assert mine.code("POST", "/limits", {"limits": [body]}) == 403
    assert mine.code("PATCH", f"/limits/{made['id']}", {"limit": {}}) == 403
    assert mine.code("DELETE", f"/limits/{made['id']}") == 403
    assert mine.code("PATCH", "/limits/nope", {"limit": {}}) == mine.code("DELETE", "/limits/nope") == 404


def test_filters(
    admin: Asker, newcomer: Newcomer, register: Callable[..., Document], limit: Callable[..., Document]
) -> None:
    service = register()["service_id"]
    register(region_id="RegionOne")
    register(resource_name="gadgets")
    limit()
    limit(region_id="RegionOne")
    limit(resource_name="gadgets", domain_id="default")
    everywhere = {
        "": 3,
        "&region_id=RegionOne": 1,
        "&region_id=nope": 0,
        "&resource_name=widgets": 2,
        "&resource_name__contains=dgets": 3,
        "&resource_name=nope": 0,
        "&foo=bar": 3,
    }
    for query, number in everywhere.items():
        assert len(admin.found(f"{REGISTERED}?service_id={service}{query}")) == number
        assert len(admin.found(f"/limits?service_id={service}{query}")) == number
    for query, number in {f"&project_id={newcomer.project_id}": 2, "&project_id=x": 0, "&domain_id=default": 1}.items():
        assert len(admin.found(f"/limits?service_id={service}{query}")) == number
    for query in ("service_id=x", "region_id=", "resource_name="):
        assert admin.code("GET", f"{REGISTERED}?{query}") == admin.code("GET", f"/limits?{query}") == 400
    assert admin.code("GET", "/limits?project_id=") == 400


def test_limits_go_with_their_project(
    admin: Asker, newcomer: Newcomer, register: Callable[..., Document], limit: Callable[..., Document]
) -> None:
    register()
    made = limit()
    assert admin.code("DELETE", f"/projects/{newcomer.project_id}") == 204
    assert admin.code("GET", f"/limits/{made['id']}") == 404


def test_the_model_is_flat(mine: Asker) -> None:
    model = mine("GET", "/limits/model").json()["model"]
    assert (model["name"], set(model)) == ("flat", {"name", "description"})
