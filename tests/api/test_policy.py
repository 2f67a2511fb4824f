"""Every request that changes something asks policy whether it may; what it may is not the matter here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from glance_emulator.app import create_app
from glance_emulator.domain import identity_policy, policy, tokens
from glance_emulator.domain.grants import SYSTEM, Scope
from glance_emulator.domain.seed import id_of
from glance_emulator.domain.worlds import World
from glance_emulator.settings import Settings
from glance_emulator.storage.disk import Disk
from glance_emulator.web import parts
from tests.worlds import new_world

USER, PROJECT, ROLE = id_of("user", "outsider"), id_of("project", "outsider"), id_of("role", "reader")
IMAGE = "11111111-1111-4111-8111-111111111111"
MUTATING = {"POST", "PUT", "PATCH", "DELETE"}
V3 = "/identity/v3"
NAMESPACES = "/v2/metadefs/namespaces"
PROPERTY = {"name": "x", "title": "X", "type": "string"}
LIMIT = {
    "service_id": id_of("service", "image"), "resource_name": "images", "resource_limit": 1, "project_id": PROJECT,
}  # fmt: skip
PATCH = [{"op": "add", "path": "/name", "value": "new"}]

WEB_DOWNLOAD = {"method": {"name": "web-download", "uri": "nowhere"}}

ASKS: dict[tuple[str, str], tuple[str, str, Any]] = {
    ("POST", "images.create"): ("add_image", "/v2/images", {"name": "x"}),
    ("PATCH", "images.update"): ("modify_image", f"/v2/images/{IMAGE}", PATCH),
    ("DELETE", "images.delete"): ("delete_image", f"/v2/images/{IMAGE}", None),
    ("PUT", "data.update"): ("upload_image", f"/v2/images/{IMAGE}/file", b"data"),
    ("POST", "locations.create"): ("add_image_location", f"/v2/images/{IMAGE}/locations", {"url": "http://x"}),
    ("PUT", "staging.update"): ("modify_image", f"/v2/images/{IMAGE}/stage", b"data"),
    ("POST", "imports.create"): ("modify_image", f"/v2/images/{IMAGE}/import", WEB_DOWNLOAD),
    ("PUT", "tags.update"): ("modify_image", f"/v2/images/{IMAGE}/tags/new", None),
    ("DELETE", "tags.delete"): ("modify_image", f"/v2/images/{IMAGE}/tags/old", None),
    ("POST", "members.create"): ("add_member", f"/v2/images/{IMAGE}/members", {"member": "another"}),
    ("PUT", "members.update"): ("modify_member", f"/v2/images/{IMAGE}/members/one", {"status": "accepted"}),
    ("DELETE", "members.delete"): ("delete_member", f"/v2/images/{IMAGE}/members/one", None),
    ("POST", "actions.create"): ("deactivate", f"/v2/images/{IMAGE}/actions/deactivate", None),
    ("POST", "tasks.create"): ("tasks_api_access", "/v2/tasks", {"type": "api_image_import", "input": {}}),
    ("DELETE", "tasks.delete"): ("tasks_api_access", "/v2/tasks/any", None),
    ("DELETE", "cache.clear"): ("cache_delete", "/v2/cache", None),
    ("PUT", "cache.update"): ("cache_image", f"/v2/cache/{IMAGE}", None),
    ("DELETE", "cache.delete"): ("cache_delete", f"/v2/cache/{IMAGE}", None),
    ("POST", "cache.clean"): ("cache_clean", "/v2/cache/clean", None),
    ("POST", "cache.prune"): ("cache_prune", "/v2/cache/prune", None),
    ("DELETE", "stores.delete"): ("delete_image_location", f"/v2/stores/local/{IMAGE}", None),
    ("POST", "metadef_namespaces.create"): ("add_metadef_namespace", NAMESPACES, {"namespace": "x"}),
    ("PUT", "metadef_namespaces.update"): ("modify_metadef_namespace", f"{NAMESPACES}/ours", {"namespace": "x"}),
    ("DELETE", "metadef_namespaces.delete"): ("delete_metadef_namespace", f"{NAMESPACES}/ours", None),
    ("POST", "metadef_objects.create"): ("add_metadef_object", f"{NAMESPACES}/ours/objects", {"name": "x"}),
    ("PUT", "metadef_objects.update"): ("modify_metadef_object", f"{NAMESPACES}/ours/objects/none", {"name": "x"}),
    ("DELETE", "metadef_objects.delete"): ("delete_metadef_object", f"{NAMESPACES}/ours/objects/none", None),
    ("DELETE", "metadef_objects.delete_all"): ("delete_metadef_object", f"{NAMESPACES}/ours/objects", None),
    ("POST", "metadef_properties.create"): ("add_metadef_property", f"{NAMESPACES}/ours/properties", PROPERTY),
    ("PUT", "metadef_properties.update"): ("modify_metadef_property", f"{NAMESPACES}/ours/properties/none", PROPERTY),
    ("DELETE", "metadef_properties.delete"): ("remove_metadef_property", f"{NAMESPACES}/ours/properties/none", None),
    ("DELETE", "metadef_properties.delete_all"): ("remove_metadef_property", f"{NAMESPACES}/ours/properties", None),
    ("POST", "metadef_tags.create"): ("add_metadef_tag", f"{NAMESPACES}/ours/tags/x", None),
    ("POST", "metadef_tags.create_all"): ("add_metadef_tags", f"{NAMESPACES}/ours/tags", {"tags": []}),
    ("PUT", "metadef_tags.update"): ("modify_metadef_tag", f"{NAMESPACES}/ours/tags/none", {"name": "x"}),
    ("DELETE", "metadef_tags.delete"): ("delete_metadef_tag", f"{NAMESPACES}/ours/tags/none", None),
    ("DELETE", "metadef_tags.delete_all"): ("delete_metadef_tags", f"{NAMESPACES}/ours/tags", None),
    ("POST", "metadef_associations.create"): (
        "add_metadef_resource_type_association",
        f"{NAMESPACES}/ours/resource_types",
        {"name": "x"},
    ),
    ("DELETE", "metadef_associations.delete"): (
        "remove_metadef_resource_type_association",
        f"{NAMESPACES}/ours/resource_types/none",
        None,
    ),
    ("POST", "identity_application_credentials.create"): (
        "create_application_credential",
        f"{V3}/users/{USER}/application_credentials",
        {"application_credential": {"name": "x"}},
    ),
    ("DELETE", "identity_application_credentials.delete"): (
        "delete_application_credential",
        f"{V3}/users/{USER}/application_credentials/none",
        None,
    ),
    ("PUT", "identity_assignments.give"): ("create_grant", f"{V3}/projects/{PROJECT}/users/{USER}/roles/{ROLE}", None),
    ("DELETE", "identity_assignments.take"): (
        "revoke_grant",
        f"{V3}/projects/{PROJECT}/users/{USER}/roles/{ROLE}",
        None,
    ),
    ("POST", "identity_domains.create"): ("create_domain", f"{V3}/domains", {"domain": {"name": "x"}}),
    ("PATCH", "identity_domains.update"): ("update_domain", f"{V3}/domains/default", {"domain": {"description": "x"}}),
    ("DELETE", "identity_domains.delete"): ("delete_domain", f"{V3}/domains/default", None),
    ("POST", "identity_endpoints.create"): (
        "create_endpoint",
        f"{V3}/endpoints",
        {"endpoint": {"interface": "public", "url": "http://x", "service_id": id_of("service", "image")}},
    ),
    ("PATCH", "identity_endpoints.update"): (
        "update_endpoint",
        f"{V3}/endpoints/{id_of('endpoint', 'image/public')}",
        {"endpoint": {"enabled": False}},
    ),
    ("DELETE", "identity_endpoints.delete"): (
        "delete_endpoint",
        f"{V3}/endpoints/{id_of('endpoint', 'image/public')}",
        None,
    ),
    ("POST", "identity_limits.register"): (
        "create_registered_limits",
        f"{V3}/registered_limits",
        {"registered_limits": [{"service_id": LIMIT["service_id"], "resource_name": "images", "default_limit": 1}]},
    ),
    ("PATCH", "identity_limits.update_registered"): (
        "update_registered_limit",
        f"{V3}/registered_limits/any",
        {"registered_limit": {}},
    ),
    ("DELETE", "identity_limits.unregister"): ("delete_registered_limit", f"{V3}/registered_limits/any", None),
    ("POST", "identity_limits.create"): ("create_limits", f"{V3}/limits", {"limits": [LIMIT]}),
    ("POST", "identity_projects.create"): ("create_project", f"{V3}/projects", {"project": {"name": "x"}}),
    ("PATCH", "identity_projects.update"): (
        "update_project",
        f"{V3}/projects/{PROJECT}",
        {"project": {"description": "x"}},
    ),
    ("DELETE", "identity_projects.delete"): ("delete_project", f"{V3}/projects/{PROJECT}", None),
    ("POST", "identity_regions.create"): ("create_region", f"{V3}/regions", {"region": {}}),
    ("PATCH", "identity_regions.update"): (
        "update_region",
        f"{V3}/regions/RegionOne",
        {"region": {"description": "x"}},
    ),
    ("DELETE", "identity_regions.delete"): ("delete_region", f"{V3}/regions/RegionOne", None),
    ("PUT", "identity_regions.create_as"): ("create_region", f"{V3}/regions/RegionTwo", {"region": {}}),
    ("POST", "identity_roles.create"): ("create_role", f"{V3}/roles", {"role": {"name": "x"}}),
    ("PATCH", "identity_roles.update"): ("update_role", f"{V3}/roles/{ROLE}", {"role": {"description": "x"}}),
    ("DELETE", "identity_roles.delete"): ("delete_role", f"{V3}/roles/{ROLE}", None),
    ("PUT", "identity_roles.imply"): (
        "create_implied_role",
        f"{V3}/roles/{id_of('role', 'service')}/implies/{ROLE}",
        None,
    ),
    ("DELETE", "identity_roles.stop_implying"): (
        "delete_implied_role",
        f"{V3}/roles/{id_of('role', 'member')}/implies/{ROLE}",
        None,
    ),
    ("POST", "identity_services.create"): ("create_service", f"{V3}/services", {"service": {"type": "x"}}),
    ("PATCH", "identity_services.update"): (
        "update_service",
        f"{V3}/services/{id_of('service', 'image')}",
        {"service": {"name": "x"}},
    ),
    ("DELETE", "identity_services.delete"): ("delete_service", f"{V3}/services/{id_of('service', 'image')}", None),
    ("POST", "identity_users.create"): ("create_user", f"{V3}/users", {"user": {"name": "x"}}),
    ("PATCH", "identity_users.update"): ("update_user", f"{V3}/users/{USER}", {"user": {"description": "x"}}),
    ("DELETE", "identity_users.delete"): ("delete_user", f"{V3}/users/{USER}", None),
}
"""For each view and method that changes something: the action that it has to ask for, and a request to it."""

FREE = {
    ("POST", "identity_login.create"): "logging in asks for the password",
    ("POST", "identity_passwords.change_password"): "it asks for the password",
    ("DELETE", "identity_auth.delete"): "tokens.enforce decides: a token is its user's",
    ("PATCH", "identity_limits.update"): "it asks once there is a limit; contract/identity/test_limits makes one",
    ("DELETE", "identity_limits.delete"): "it asks once there is a limit; contract/identity/test_limits makes one",
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = new_world(tmp_path)
    return World(made.engine, {"local": Disk(tmp_path / "local")}, staging=Disk(tmp_path / "staging"))


@pytest.fixture
def application(world: World) -> Flask:
    return create_app(Settings(), world)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of actions for which policy is asked, as long as the test runs."""
    actions: list[str] = []
    for module in (policy, identity_policy):

        def listening(caller: Any, action: str, *given: Any, really: Any = module.allows, **named: Any) -> bool:
            actions.append(action)
            return bool(really(caller, action, *given, **named))

        monkeypatch.setattr(module, "allows", listening)
    return actions


def token(world: World, user: str, scope: Scope) -> dict[str, str]:
    claims = tokens.claim(id_of("user", user), ("password",), scope, world.clock())
    return {"X-Auth-Token": tokens.sign(world.token_key, claims)}


def test_every_route_that_changes_something_is_known_here(application: Flask) -> None:
    found = {
        (method, rule.endpoint)
        for rule in parts.rules(application)
        if not rule.rule.startswith(
            ("/compute", "/panel", "/_emulator")
        )  # see tests/api/compute, tests/panel and tests/control
        for method in (rule.methods or set()) & MUTATING
    }
    assert found == ASKS.keys() | FREE.keys()


@pytest.mark.parametrize(
    ("method", "action", "path", "body"),
    [pytest.param(method, *asks, id=f"{method} {endpoint}") for (method, endpoint), asks in ASKS.items()],
)
def test_a_change_asks_policy(
    application: Flask, world: World, asked: list[str], method: str, action: str, path: str, body: Any
) -> None:
    producer = token(world, "producer", Scope("project", id_of("project", "producer")))
    client = application.test_client()
    image = {"id": IMAGE, "tags": ["old"], "disk_format": "raw", "container_format": "bare"}
    assert client.post("/v2/images", json=image, headers=producer).status_code == 201
    assert client.post(f"/v2/images/{IMAGE}/members", json={"member": "one"}, headers=producer).status_code == 200
    headers = token(world, "admin", Scope("system", SYSTEM))
    assert client.post(NAMESPACES, json={"namespace": "ours"}, headers=headers).status_code == 201
    asked.clear()
    if isinstance(body, bytes):
        client.open(path, method=method, data=body, headers={**headers, "Content-Type": "application/octet-stream"})
    elif body is PATCH:
        headers["Content-Type"] = "application/openstack-images-v2.1-json-patch"
        client.open(path, method=method, json=body, headers=headers)
    else:
        client.open(path, method=method, json=body, headers=headers)
    assert action in asked
