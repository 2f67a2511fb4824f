from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
import requests

from tests.contract.identity.cloud import DEFAULT, SYSTEM, Cloud, Newcomer, by_password, by_token, issued, project

USER: dict[str, Any] = {"name": "producer", "domain": DEFAULT, "password": "secret"}
PASSWORD = by_password("producer")
DEFAULT_NAME = {"name": "Default"}


def password_of(**user: Any) -> dict[str, Any]:
    return {"methods": ["password"], "password": {"user": user}}


def is_refusal(answer: requests.Response, code: int) -> None:
    assert answer.status_code == code, answer.text
    error = answer.json()["error"]
    assert error["code"] == code
    assert isinstance(error["message"], str)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Vary"] == "X-Auth-Token"
    challenge = answer.headers.get("WWW-Authenticate")
    assert bool(challenge) == (code == 401)
    if challenge:
        assert re.fullmatch(r'Keystone uri="http://[^"]+/v3"', challenge)


# What a token says


def test_token_of_a_project(cloud: Cloud) -> None:
    answer = cloud.ask(PASSWORD, project("producer"), query="")
    assert answer.status_code == 201
    assert answer.headers["Vary"] == "X-Auth-Token"
    token = answer.json()["token"]
    assert list(token) == [
        "methods", "user", "audit_ids", "expires_at", "issued_at", "project", "is_domain", "roles", "catalog",
    ]  # fmt: skip
    assert token["methods"] == ["password"]
    assert token["is_domain"] is False
    assert {role["name"] for role in token["roles"]} == {"member", "reader"}
    assert all(list(role) == ["id", "name"] for role in token["roles"])
    domain = {"id": "default", "name": "Default"}
    assert token["project"] == {"domain": domain, "id": token["project"]["id"], "name": "producer"}
    user = token["user"]
    assert user == {"domain": domain, "id": user["id"], "name": "producer", "password_expires_at": None}
    assert [len(audit_id) for audit_id in token["audit_ids"]] == [22]


def test_token_is_valid_for_an_hour_of_whole_seconds(cloud: Cloud) -> None:
    token = cloud.ask(PASSWORD).json()["token"]
    form = "%Y-%m-%dT%H:%M:%S.000000Z"
    begins, ends = (datetime.strptime(token[key], form) for key in ("issued_at", "expires_at"))  # noqa: DTZ007
    assert (ends - begins).total_seconds() in (3599, 3600)


def test_catalog_lists_endpoints(cloud: Cloud) -> None:
    catalog = cloud.ask(PASSWORD, project("producer"), query="").json()["token"]["catalog"]
    assert {"identity", "image"} <= {entry["type"] for entry in catalog}
    for entry in catalog:
        assert list(entry) == ["endpoints", "id", "type", "name"]
        assert [endpoint["interface"] for endpoint in entry["endpoints"]] == ["public", "internal", "admin"]
        for endpoint in entry["endpoints"]:
            assert list(endpoint) == ["id", "interface", "region_id", "url", "region"]
            assert endpoint["region"] == endpoint["region_id"] == "RegionOne"
    identity = next(entry for entry in catalog if entry["type"] == "identity")
    assert identity["endpoints"][0]["url"] == cloud.url


def test_token_without_catalog(cloud: Cloud) -> None:
    assert "catalog" not in cloud.ask(PASSWORD, project("producer"), query="?nocatalog=0").json()["token"]


@pytest.mark.parametrize("scope", [None, "unscoped", {"unscoped": {}}])
def test_unscoped_token_has_no_roles_and_no_catalog(cloud: Cloud, scope: Any) -> None:
    token = cloud.ask(PASSWORD, scope, query="").json()["token"]
    assert list(token) == ["methods", "user", "audit_ids", "expires_at", "issued_at"]


@pytest.mark.parametrize("value", [{"all": True}, {"all": False}, {}])
def test_token_of_the_system(cloud: Cloud, value: Any) -> None:
    token = cloud.ask(by_password("admin"), {"system": value}).json()["token"]
    assert token["system"] == {"all": True}
    assert {role["name"] for role in token["roles"]} == {"admin", "manager", "member", "reader"}
    assert not {"project", "domain", "is_domain"} & set(token)


def test_token_of_a_domain(cloud: Cloud, newcomer: Newcomer) -> None:
    reader = cloud.admin("GET", "/roles?name=reader").json()["roles"][0]["id"]
    cloud.admin("PUT", f"/domains/default/users/{newcomer.user_id}/roles/{reader}")
    answer = cloud.ask(by_password(newcomer.name), {"domain": {"name": "Default"}})
    token = answer.json()["token"]
    assert token["domain"] == {"id": "default", "name": "Default"}
    assert "is_domain" not in token
    listed = cloud("GET", "/auth/domains", token=issued(answer)).json()["domains"]
    assert [domain["id"] for domain in listed] == ["default"]


def test_no_scope_means_the_default_project_if_there_is_a_role_on_it(cloud: Cloud, newcomer: Newcomer) -> None:
    newcomer.becomes(default_project_id=newcomer.project_id)
    ask = by_password(newcomer.name)
    assert cloud.ask(ask).json()["token"]["project"]["id"] == newcomer.project_id
    assert "project" not in cloud.ask(ask, "unscoped").json()["token"]
    newcomer.loses("member")
    assert "project" not in cloud.ask(ask).json()["token"]


@pytest.mark.parametrize(
    ("user", "scope"),
    [
        pytest.param({"domain": DEFAULT_NAME}, {"project": {"name": "producer", "domain": DEFAULT_NAME}}, id="names"),
        pytest.param({}, {"project": {"id": "none", "name": "producer", "domain": DEFAULT}}, id="name before id"),
        pytest.param({"unknown": 1}, project("producer"), id="unknown key"),
    ],
)  # fmt: skip
def test_ways_to_name_user_and_project(cloud: Cloud, user: Any, scope: Any) -> None:
    assert cloud.ask(password_of(**(USER | user)), scope).status_code == 201


def test_user_and_project_by_id(cloud: Cloud) -> None:
    token = cloud.ask(PASSWORD, project("producer")).json()["token"]
    identity = password_of(id=token["user"]["id"], password="secret")
    again = cloud.ask(identity, {"project": {"id": token["project"]["id"]}})
    assert again.json()["token"]["project"] == token["project"]


# What is refused


@pytest.mark.parametrize(
    ("identity", "scope"),
    [
        pytest.param(by_password("producer", "wrong"), None, id="wrong password"),
        pytest.param(by_password("nobody"), None, id="unknown user"),
        pytest.param(by_password("PRODUCER"), None, id="other case"),
        pytest.param(password_of(**(USER | {"domain": {"id": "none"}})), None, id="unknown domain"),
        pytest.param(password_of(id="none", password="secret"), None, id="unknown user id"),
        pytest.param(password_of(name="producer", domain=DEFAULT), None, id="no password"),
        pytest.param({"methods": []}, None, id="no methods"),
        pytest.param({"methods": ["magic"], "magic": {}}, None, id="unknown method"),
        pytest.param(PASSWORD, project("none"), id="unknown project"),
        pytest.param(PASSWORD, {"project": {"id": "none"}}, id="unknown project id"),
        pytest.param(PASSWORD, {"project": {"name": "producer", "domain": {"id": "none"}}}, id="project of no domain"),
        pytest.param(PASSWORD, project("consumer"), id="another's project"),
        pytest.param(PASSWORD, {"domain": DEFAULT}, id="domain without a role"),
        pytest.param(PASSWORD, {"domain": {"id": "none"}}, id="unknown scope domain"),
        pytest.param(PASSWORD, SYSTEM, id="system without a role"),
        pytest.param(by_password("producer", "wrong"), {"project": {"id": "none"}}, id="nothing right"),
    ],
)
def test_login_is_refused(cloud: Cloud, identity: Any, scope: Any) -> None:
    is_refusal(cloud.ask(identity, scope), 401)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(None, id="nothing"),
        pytest.param([1], id="list"),
        pytest.param({}, id="empty"),
        pytest.param({"auth": None}, id="auth null"),
        pytest.param({"auth": {}}, id="no identity"),
        pytest.param({"auth": {"identity": {}}}, id="no methods"),
        pytest.param({"auth": {"identity": {"methods": "password"}}}, id="methods a string"),
        pytest.param({"auth": {"identity": {"methods": ["magic"]}}}, id="unknown method"),
        pytest.param({"auth": {"identity": {**PASSWORD, "methods": ["password", "magic"]}}}, id="one unknown method"),
        pytest.param({"auth": {"identity": {"methods": ["password"]}}}, id="password missing"),
        pytest.param({"auth": {"identity": {"methods": ["password"], "password": {}}}}, id="user missing"),
        pytest.param({"auth": {"identity": password_of()}}, id="user empty"),
        pytest.param({"auth": {"identity": password_of(name="producer", password="secret")}}, id="no domain"),
        pytest.param({"auth": {"identity": password_of(**(USER | {"domain": {}}))}}, id="domain empty"),
        pytest.param({"auth": {"identity": password_of(**(USER | {"domain": {"id": None}}))}}, id="domain null"),
        pytest.param({"auth": {"identity": password_of(**(USER | {"id": None}))}}, id="id null"),
        pytest.param({"auth": {"identity": password_of(**(USER | {"password": 5}))}}, id="password a number"),
        pytest.param({"auth": {"identity": {"methods": ["token"]}}}, id="token missing"),
        pytest.param({"auth": {"identity": {"methods": ["token"], "token": {}}}}, id="token empty"),
    ],
)
def test_request_is_malformed(cloud: Cloud, body: Any) -> None:
    is_refusal(cloud("POST", "/auth/tokens", body), 400)


@pytest.mark.parametrize(
    "scope",
    [
        pytest.param(None, id="null"),
        pytest.param([], id="list"),
        pytest.param({}, id="empty"),
        pytest.param("all", id="string"),
        pytest.param({"other": {}}, id="unknown"),
        pytest.param({**SYSTEM, **project("producer")}, id="two"),
        pytest.param({"project": {}}, id="project empty"),
        pytest.param({"project": None}, id="project null"),
        pytest.param({"project": "producer"}, id="project a string"),
        pytest.param({"project": {"name": "producer"}}, id="project without domain"),
        pytest.param({"project": {"name": 1, "domain": DEFAULT}}, id="name a number"),
        pytest.param({"domain": {}}, id="domain empty"),
    ],
)
@pytest.mark.parametrize("password", ["secret", "wrong"])
def test_scope_is_malformed(cloud: Cloud, scope: Any, password: str) -> None:
    identity = by_password("producer", password)
    is_refusal(cloud("POST", "/auth/tokens", {"auth": {"identity": identity, "scope": scope}}), 400)


def test_body_of_another_type_is_refused(cloud: Cloud) -> None:
    body = '{"auth": {"identity": {"methods": []}}}'
    for content_type in ("text/plain", "application/json"):
        headers = {"Content-Type": content_type}
        answer = requests.post(f"{cloud.url}/auth/tokens", data=body, headers=headers, timeout=60)
        is_refusal(answer, 400 if content_type == "text/plain" else 401)


# Tokens from tokens


def test_token_from_a_token_keeps_its_end_and_remembers_its_origin(cloud: Cloud) -> None:
    first = cloud.ask(PASSWORD, "unscoped")
    second = cloud.ask(by_token(issued(first)), project("producer"))
    third = cloud.ask(by_token(issued(second)))
    origin = first.json()["token"]
    for answer in (second, third):
        token = answer.json()["token"]
        assert sorted(token["methods"]) == ["password", "token"]
        assert token["expires_at"] == origin["expires_at"]
        assert token["audit_ids"][1:] == origin["audit_ids"]
    assert "project" not in third.json()["token"]


def test_revoking_the_first_token_of_a_chain_revokes_all(cloud: Cloud) -> None:
    first = cloud.token("producer")
    second = issued(cloud.ask(by_token(first), project("producer")))
    third = issued(cloud.ask(by_token(second), project("producer")))
    assert cloud.check(second, method="DELETE").status_code == 204
    assert [cloud.refuses(token) for token in (first, second, third)] == [False, True, False]
    assert cloud.check(first, method="DELETE").status_code == 204
    assert [cloud.refuses(token) for token in (first, second, third)] == [True, True, True]


def test_forged_token_is_not_found(cloud: Cloud) -> None:
    is_refusal(cloud.ask(by_token("forged")), 404)


# Looking at tokens, and revoking them


def test_token_shows_itself(cloud: Cloud) -> None:
    asked = cloud.ask(PASSWORD, project("producer"), query="")
    token = issued(asked)
    answer = cloud.check(token, query="")
    assert answer.status_code == 200
    assert answer.headers["X-Subject-Token"] == token
    assert answer.json() == asked.json()
    head = cloud.check(token, method="HEAD")
    assert (head.status_code, head.content, head.headers["X-Subject-Token"]) == (200, b"", token)


@pytest.mark.parametrize(
    ("name", "scope", "status"),
    [
        pytest.param("admin", project("admin"), 200, id="admin"),
        pytest.param("admin", SYSTEM, 200, id="system"),
        pytest.param("admin", "unscoped", 403, id="admin without a scope"),
        pytest.param("producer", "unscoped", 200, id="the same user"),
        pytest.param("consumer", project("consumer"), 403, id="another user"),
    ],
)
def test_who_may_look_at_a_token(cloud: Cloud, name: str, scope: Any, status: int) -> None:
    subject = cloud.token("producer", project("producer"))
    caller = cloud.token(name, scope)
    assert cloud.check(caller, subject).status_code == status
    assert cloud.check(caller, subject, method="DELETE").status_code == {200: 204}.get(status, status)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_subject_that_is_none(cloud: Cloud, method: str) -> None:
    token = cloud.token("producer")
    is_refusal(cloud(method, "/auth/tokens", token=token), 403)
    is_refusal(cloud.check(token, "forged", method), 404)
    is_refusal(cloud(method, "/auth/tokens", X_Subject_Token=token), 401)
    is_refusal(cloud.check("forged", token, method), 401)


def test_revoked_token_is_refused_though_it_may_be_expired(cloud: Cloud) -> None:
    token = cloud.token("producer")
    assert cloud.check(token, method="DELETE").status_code == 204
    admin = cloud.token("admin", project("admin"))
    is_refusal(cloud.check(admin, token), 404)
    is_refusal(cloud.check(admin, token, query="?allow_expired=1"), 404)
    is_refusal(cloud.ask(by_token(token)), 404)


# What makes tokens invalid


def test_token_ends_with_the_last_role(cloud: Cloud, newcomer: Newcomer) -> None:
    scoped, unscoped = newcomer.token(), newcomer.token("unscoped")
    newcomer.loses("member")
    assert (cloud.refuses(scoped), cloud.refuses(unscoped)) == (True, False)
    is_refusal(cloud.ask(by_password(newcomer.name), project(newcomer.name)), 401)


def test_token_rests_while_the_project_is_disabled(cloud: Cloud, newcomer: Newcomer) -> None:
    token = newcomer.token()
    newcomer.project_becomes(enabled=False)
    assert cloud.refuses(token)
    is_refusal(cloud.ask(by_password(newcomer.name), project(newcomer.name)), 401)
    listed = cloud("GET", "/auth/projects", token=newcomer.token("unscoped")).json()["projects"]
    assert [item["enabled"] for item in listed] == [False]
    newcomer.project_becomes(enabled=True)
    assert not cloud.refuses(token)


def test_tokens_end_when_the_user_is_disabled(cloud: Cloud, newcomer: Newcomer) -> None:
    token = newcomer.token("unscoped")
    newcomer.becomes(enabled=False)
    is_refusal(cloud.ask(by_password(newcomer.name)), 401)
    is_refusal(cloud.ask(by_token(token)), 404)
    newcomer.becomes(enabled=True)
    assert cloud.refuses(token)


def test_tokens_end_with_a_new_password(cloud: Cloud, newcomer: Newcomer) -> None:
    token = newcomer.token()
    newcomer.becomes(password="another")
    assert cloud.refuses(token)
    is_refusal(cloud.ask(by_password(newcomer.name)), 401)
    assert cloud.ask(by_password(newcomer.name, "another")).status_code == 201


# Where somebody may act


@pytest.mark.parametrize("path", ["/auth/catalog", "/auth/projects", "/auth/domains", "/auth/system"])
def test_what_is_shown_needs_a_valid_token(cloud: Cloud, path: str) -> None:
    is_refusal(cloud("GET", path), 401)
    is_refusal(cloud("GET", path, token="forged"), 401)
    token = cloud.token("admin", project("admin"))
    for method, ending in (("GET", ""), ("HEAD", ""), ("GET", "/")):
        assert cloud(method, path + ending, token=token).status_code == 200


def test_catalog_alone_is_that_of_the_token(cloud: Cloud) -> None:
    answer = cloud.ask(PASSWORD, project("producer"), query="")
    document = cloud("GET", "/auth/catalog", token=issued(answer)).json()
    links = {"self": f"{cloud.url}/auth/catalog"}
    assert document == {"catalog": answer.json()["token"]["catalog"], "links": links}
    is_refusal(cloud("GET", "/auth/catalog", token=cloud.token("producer")), 403)


def test_projects_and_domains_and_system_of_a_user(cloud: Cloud) -> None:
    token = cloud.token("producer")
    document = cloud("GET", "/auth/projects", token=token).json()
    assert document["links"] == {"next": None, "self": f"{cloud.url}/auth/projects", "previous": None}
    (shown,) = document["projects"]
    assert shown == {
        "id": shown["id"], "name": "producer", "domain_id": "default", "description": "", "enabled": True,
        "parent_id": "default", "is_domain": False, "tags": [], "options": {},
        "links": {"self": f"{cloud.url}/projects/{shown['id']}"},
    }  # fmt: skip
    assert cloud("GET", "/auth/domains", token=token).json()["domains"] == []
    assert cloud("GET", "/auth/system", token=token).json() == {
        "system": [],
        "links": {"self": f"{cloud.url}/auth/system"},
    }
    admin = cloud.token("admin")
    assert cloud("GET", "/auth/system", token=admin).json()["system"] == [{"all": True}]


# Versions


def test_versions(cloud: Cloud) -> None:
    version = {
        "id": "v3.14", "status": "stable", "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": f"{cloud.url}/"}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}],
    }  # fmt: skip
    for path in ("", "/"):
        answer = cloud("GET", path)
        assert (answer.status_code, answer.json()) == (200, {"version": version})
    root = cloud.url.removesuffix("v3")
    answer = requests.get(root, allow_redirects=False, timeout=60)
    assert (answer.status_code, answer.json()) == (300, {"versions": {"values": [version]}})
    assert answer.headers["Location"] == f"{cloud.url}/"
    assert cloud("HEAD", "").status_code == 200
    assert cloud("POST", "").status_code == 405
