"""/v2/info: the stores and import methods that there are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.actors import Actor
from tests.contract.stores import FIRST, STORES

PATHS = ("/v2/info/import", "/v2/info/stores", "/v2/info/stores/detail")
DETAIL = PATHS[2]


def test_stores_are_named_and_the_default_one_says_so(producer: Actor) -> None:
    answer = producer.get("/v2/info/stores")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    stores = answer.json()["stores"]
    assert set(STORES) <= {store["id"] for store in stores}
    assert all(store.keys() <= {"id", "description", "default", "read-only"} for store in stores)
    assert [(store["id"], store["default"]) for store in stores if "default" in store] == [(FIRST, "true")]


def test_import_methods_are_told_in_their_order(producer: Actor) -> None:
    methods = producer.get("/v2/info/import").json()["import-methods"]
    assert methods.pop("description")
    assert methods == {"type": "array", "value": ["glance-direct", "web-download", "copy-image"]}


def test_details_of_stores(admin: Actor) -> None:
    stores = {store["id"]: store for store in admin.get(DETAIL).json()["stores"]}
    if any(stores[name]["type"] != "file" for name in STORES):
        pytest.skip("has stores of another type than file, whose details are others")
    folders = [stores[name]["properties"].pop("data_dir") for name in STORES]
    assert len(set(folders)) == len(STORES)
    assert all(folder.startswith("/") for folder in folders)
    for name in STORES:
        stores[name].pop("description", None)
        assert stores[name] == {
            "id": name,
            **({"default": "true"} if name == FIRST else {}),
            "type": "file",
            "properties": {"chunk_size": 65536, "thin_provisioning": False},
            "weight": 0,
        }


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
