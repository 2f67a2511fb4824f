"""How definitions are asked for: methods, paths, bodies."""

from __future__ import annotations

import pytest

from tests.contract.actors import Actor
from tests.contract.metadefs.definitions import NAMESPACES, TITLED, add

NAMESPACE = f"{NAMESPACES}/none"  # There is none: the method is judged before.
ALLOWED = {
    NAMESPACES: "GET, POST",
    NAMESPACE: "GET, PUT, DELETE",
    f"{NAMESPACE}/objects": "GET, POST, DELETE",
    f"{NAMESPACE}/objects/x": "GET, PUT, DELETE",
    f"{NAMESPACE}/properties": "GET, POST, DELETE",
    f"{NAMESPACE}/properties/x": "GET, PUT, DELETE",
    f"{NAMESPACE}/tags": "GET, POST, DELETE",
    f"{NAMESPACE}/tags/x": "GET, POST, PUT, DELETE",
    f"{NAMESPACE}/resource_types": "GET, POST",
    f"{NAMESPACE}/resource_types/x": "DELETE",
    "/v2/metadefs/resource_types": "GET",
}
METHODS = ["HEAD", "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@pytest.mark.parametrize(
    ("path", "method"),
    [(path, method) for path, allow in ALLOWED.items() for method in METHODS if method not in allow.split(", ")],
)
def test_other_methods_are_refused_and_the_right_ones_told(outsider: Actor, path: str, method: str) -> None:
    answer = outsider(method, path)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == ALLOWED[path]


@pytest.mark.parametrize(
    "path",
    [
        "/v2/metadefs",
        "/v2/metadefs/",
        "/v2/metadefs/resource_types/x",
        "/v2/metadefs/resource_types/",
        f"{NAMESPACES}/",
        f"{NAMESPACE}/",
        f"{NAMESPACE}/nothing",
        f"{NAMESPACE}/objects/",
        f"{NAMESPACE}/objects/x/y",
        f"{NAMESPACE}/tags/",
    ],
)
def test_no_such_path(admin: Actor, path: str) -> None:
    assert admin.get(path).status_code == 404


@pytest.mark.parametrize("below", ["", "/properties", "/objects/o", "/tags/t", "/resource_types"])
def test_reading_takes_no_body(admin: Actor, below: str) -> None:
    assert admin.get(add(admin) + below, json={"a": 1}).status_code == 400


@pytest.mark.parametrize("below", ["", "/objects/o", "/tags/t", "/resource_types/x"])
def test_deleting_takes_no_body(admin: Actor, below: str) -> None:
    assert admin.delete(add(admin) + below, json={"a": 1}).status_code == 400


def test_a_property_is_shown_whatever_the_body(admin: Actor) -> None:
    path = add(admin, properties={"p": TITLED})
    assert admin.get(f"{path}/properties/p", json={"a": 1}).status_code == 200


def test_resource_types_take_no_body(admin: Actor) -> None:
    assert admin.get("/v2/metadefs/resource_types", json={"a": 1}).status_code == 400
