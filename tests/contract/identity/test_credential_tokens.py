from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.contract.identity.cloud import DEFAULT, SYSTEM, Cloud, Newcomer, by_token, issued, project
from tests.contract.identity.test_tokens import is_refusal


def by_credential(**named: Any) -> dict[str, Any]:
    return {"methods": ["application_credential"], "application_credential": named}


def made(newcomer: Newcomer, **attributes: Any) -> dict[str, Any]:
    body = {"application_credential": {"name": f"credential-{uuid.uuid4().hex}", **attributes}}
    path = f"/users/{newcomer.user_id}/application_credentials"
    answer = newcomer.cloud("POST", path, body, newcomer.token())
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()["application_credential"]
    return document


@pytest.fixture
def credential(newcomer: Newcomer) -> dict[str, Any]:
    return made(newcomer)


def test_credential_acts_in_its_project(cloud: Cloud, newcomer: Newcomer, credential: dict[str, Any]) -> None:
    answer = cloud.ask(by_credential(id=credential["id"], secret=credential["secret"]))
    token = answer.json()["token"]
    assert token["methods"] == ["application_credential"]
    assert token["project"]["id"] == newcomer.project_id
    assert {role["name"] for role in token["roles"]} == {"member", "reader"}
    shown = {"id": credential["id"], "name": credential["name"], "restricted": True}
    assert token["application_credential"] == shown
    assert cloud.check(issued(answer)).json() == answer.json()


def test_credential_by_name(cloud: Cloud, newcomer: Newcomer, credential: dict[str, Any]) -> None:
    for user in ({"id": newcomer.user_id}, {"name": newcomer.name, "domain": DEFAULT}):
        identity = by_credential(name=credential["name"], user=user, secret=credential["secret"])
        assert cloud.ask(identity).status_code == 201


def test_credential_gives_only_its_roles(cloud: Cloud, newcomer: Newcomer) -> None:
    rules = [{"service": "image", "path": "/v2/images", "method": "GET"}]
    limited = made(newcomer, roles=[{"name": "reader"}], access_rules=rules, unrestricted=True)
    token = cloud.ask(by_credential(id=limited["id"], secret=limited["secret"])).json()["token"]
    assert [role["name"] for role in token["roles"]] == ["reader"]
    assert token["application_credential"]["restricted"] is False
    assert token["application_credential"]["access_rules"] == limited["access_rules"]


def test_token_ends_with_its_credential(cloud: Cloud, newcomer: Newcomer) -> None:
    end = (datetime.now(UTC) + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%S")
    expiring = made(newcomer, expires_at=f"{end}.250000")
    made(newcomer)  # On SQLite a real Keystone stumbles over the remains of its last credential, if that was deleted.
    answer = cloud.ask(by_credential(id=expiring["id"], secret=expiring["secret"]))
    assert answer.json()["token"]["expires_at"] == f"{end}.000000Z"
    path = f"/users/{newcomer.user_id}/application_credentials/{expiring['id']}"
    assert cloud("DELETE", path, token=newcomer.token()).status_code == 204
    assert cloud.refuses(issued(answer))


@pytest.mark.parametrize("scope", [None, "unscoped", SYSTEM])
def test_token_of_a_credential_cannot_be_exchanged(cloud: Cloud, credential: dict[str, Any], scope: Any) -> None:
    token = issued(cloud.ask(by_credential(id=credential["id"], secret=credential["secret"])))
    is_refusal(cloud.ask(by_token(token), scope), 403)


@pytest.mark.parametrize("scope", ["unscoped", SYSTEM, project("producer")])
def test_credential_takes_no_scope(cloud: Cloud, credential: dict[str, Any], scope: Any) -> None:
    is_refusal(cloud.ask(by_credential(id=credential["id"], secret=credential["secret"]), scope), 401)


@pytest.mark.parametrize(
    ("named", "code"),
    [
        pytest.param({"secret": "wrong"}, 401, id="wrong secret"),
        pytest.param({"secret": None}, 401, id="no secret"),
        pytest.param({"id": "none"}, 404, id="unknown id"),
        pytest.param({"id": None}, 400, id="no id"),
        pytest.param({"id": None, "name": "none"}, 400, id="name without user"),
        pytest.param({"id": None, "name": "none", "user": {}}, 400, id="user empty"),
        pytest.param({"id": None, "name": "none", "user": {"name": "producer"}}, 400, id="user without domain"),
        pytest.param({"id": None, "name": "none", "user": {"id": "none"}}, 401, id="unknown user"),
        pytest.param({"id": None, "name": "none", "user": {"name": "producer", "domain": DEFAULT}}, 401, id="unknown"),
    ],
)
def test_credential_is_refused(cloud: Cloud, credential: dict[str, Any], named: dict[str, Any], code: int) -> None:
    asked = {"id": credential["id"], "secret": credential["secret"]} | named
    identity = by_credential(**{name: value for name, value in asked.items() if value is not None})
    is_refusal(cloud.ask(identity), code)
