"""Application credentials: made, shown and removed; logging in with them is elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.identity.cloud import Cloud, Newcomer, issued, project
from tests.contract.identity.resources import Asker

KEYS = "description expires_at id links name project_id roles system unrestricted user_id"


@pytest.fixture
def owner(cloud: Cloud, newcomer: Newcomer) -> Asker:
    return Asker(cloud, newcomer.token())


@pytest.fixture
def here(newcomer: Newcomer) -> str:
    return f"/users/{newcomer.user_id}/application_credentials"


def made(owner: Asker, here: str, **values: Any) -> dict[str, Any]:
    answer = owner("POST", here, {"application_credential": {"name": "one", **values}})
    assert answer.status_code == 201, answer.text
    credential: dict[str, Any] = answer.json()["application_credential"]
    return credential


def test_life(owner: Asker, here: str, newcomer: Newcomer) -> None:
    assert owner.found(here) == []
    credential = made(owner, here)
    secret = credential.pop("secret")
    assert len(secret) >= 43
    assert sorted(credential) == KEYS.split()
    assert credential["project_id"] == newcomer.project_id
    assert credential["unrestricted"] is None
    assert sorted(role["name"] for role in credential["roles"]) == ["member", "reader"]
    assert sorted(credential["roles"][0]) == ["description", "domain_id", "id", "name", "options"]
    assert credential["links"]["self"].endswith(f"/v3/application_credentials/{credential['id']}")
    shown = owner("GET", f"{here}/{credential['id']}").json()["application_credential"]
    assert shown.keys() == credential.keys()
    assert [found["id"] for found in owner.found(f"{here}?name=one")] == [credential["id"]]
    assert owner.found(f"{here}?name=two") == []
    assert owner.code("POST", here, {"application_credential": {"name": "one"}}) == 409
    assert owner.code("DELETE", f"{here}/{credential['id']}") == 204
    assert owner.code("GET", f"{here}/{credential['id']}") == owner.code("DELETE", f"{here}/{credential['id']}") == 404


def test_values(owner: Asker, here: str) -> None:
    rule = {"path": "/v2/images", "method": "GET", "service": "image"}
    credential = made(
        owner,
        here,
        description="d",
        secret="s",
        expires_at="2090-01-01T00:00:00Z",
        unrestricted=True,
        roles=[{"name": "reader"}],
        access_rules=[rule],
    )
    assert (credential["secret"], credential["expires_at"]) == ("s", "2090-01-01T00:00:00.000000")
    assert (credential["description"], credential["unrestricted"]) == ("d", True)
    assert [role["name"] for role in credential["roles"]] == ["reader"]
    assert [{**rule, "id": credential["access_rules"][0]["id"]}] == credential["access_rules"]
    (listed,) = owner.found(here.replace("application_credentials", "access_rules"))
    assert listed["path"] == "/v2/images"


def test_no_access_rules_are_not_shown(owner: Asker, here: str) -> None:
    assert "access_rules" not in made(owner, here, access_rules=[])


@pytest.mark.parametrize(
    ("values", "code"),
    [
        pytest.param({"name": None}, 400, id="no name"),
        pytest.param({"colour": "red"}, 400, id="unknown key"),
        pytest.param({"expires_at": "2000-01-01T00:00:00"}, 400, id="past"),
        pytest.param({"expires_at": "soon"}, 400, id="no time"),
        pytest.param({"unrestricted": "yes"}, 400, id="unrestricted"),
        pytest.param({"roles": [{}]}, 400, id="role of nothing"),
        pytest.param({"roles": [{"name": "admin"}]}, 400, id="role of others"),
        pytest.param({"roles": [{"id": "nope"}]}, 400, id="no such role id"),
        pytest.param({"roles": [{"name": "nope"}]}, 404, id="no such role"),
    ],
)
def test_refusals(owner: Asker, here: str, values: dict[str, Any], code: int) -> None:
    assert owner.code("POST", here, {"application_credential": {"name": "one", **values}}) == code


def test_they_are_their_users(cloud: Cloud, owner: Asker, here: str) -> None:
    credential = made(owner, here)
    one = f"{here}/{credential['id']}"
    body = {"application_credential": {"name": "two"}}
    consumer = Asker(cloud, cloud.token("consumer", project("consumer")))
    for method, path in (("GET", here), ("POST", here), ("GET", one), ("DELETE", one)):
        assert consumer.code(method, path, body if method == "POST" else None) == 403
    admin = Asker(cloud, cloud.token("admin", project("admin")))
    assert admin.code("POST", here, body) == 403
    assert admin.code("GET", here) == admin.code("GET", one) == 200
    assert admin.code("DELETE", one) == 204


@pytest.mark.parametrize(("unrestricted", "codes"), [(False, (403, 403)), (True, (201, 204))])
def test_only_unrestricted_ones_beget_others(
    cloud: Cloud, owner: Asker, here: str, unrestricted: bool, codes: tuple[int, int]
) -> None:
    credential = made(owner, here, unrestricted=unrestricted)
    proof = {"id": credential["id"], "secret": credential["secret"]}
    with_it = Asker(cloud, issued(cloud.ask({"methods": ["application_credential"], "application_credential": proof})))
    assert with_it.code("POST", here, {"application_credential": {"name": "two"}}) == codes[0]
    assert with_it.code("DELETE", f"{here}/{credential['id']}") == codes[1]
