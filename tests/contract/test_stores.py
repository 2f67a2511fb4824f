"""/v2/info: the stores and import methods that there are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.actors import Actor

PATHS = ("/v2/info/import", "/v2/info/stores", "/v2/info/stores/detail")
DETAIL = PATHS[2]


def test_stores_are_named_and_the_default_one_says_so(producer: Actor) -> None:
    answer = producer.get("/v2/info/stores")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == {"stores": [{"id": "reliable", "default": "true"}, {"id": "cheap"}]}


def test_import_methods_are_told_in_their_order(producer: Actor) -> None:
    methods = producer.get("/v2/info/import").json()["import-methods"]
    assert methods.pop("description")
    assert methods == {"type": "array", "value": ["glance-direct", "web-download", "copy-image"]}


def test_details_of_stores(admin: Actor) -> None:
    stores = admin.get(DETAIL).json()["stores"]
    folders = [store["properties"].pop("data_dir") for store in stores]
    assert [folder.rsplit("/", 1)[1] for folder in folders] == ["reliable", "cheap"]
    properties = {"chunk_size": 65536, "thin_provisioning": False}
    assert stores == [
        {"id": "reliable", "default": "true", "type": "file", "properties": properties, "weight": 0},
        {"id": "cheap", "type": "file", "properties": properties, "weight": 0},
    ]


@pytest.mark.parametrize(
    ("roles", "code"),
    [("admin", 200), ("service", 200), ("member,reader", 403), ("reader", 403), ("stranger", 403)],
)
def test_details_are_for_admins_and_services(newcomer: Callable[..., Actor], roles: str, code: int) -> None:
    caller = newcomer(roles=roles)
    assert [caller.get(path).status_code for path in PATHS] == [200, 200, code]


@pytest.mark.parametrize("path", PATHS)
def test_only_get(admin: Actor, path: str) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "HEAD"):
        answer = admin(method, path)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")
    assert admin.get(f"{path}/").status_code == 404
    assert admin.get(f"{path}?x=1").status_code == 200
    assert admin.get(path, data=b"{}").status_code == 400


def test_usage_is_empty_where_nothing_is_limited(producer: Actor) -> None:
    answer = producer.get("/v2/info/usage")
    assert (answer.status_code, answer.json()) == (200, {"usage": {}})
