"""The resources of Identity: projects, users, domains, roles, services, endpoints, regions, limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema

from contrib.openapi.parts import Json, Operation, answer, json_body, link, query
from glance_schemas import identity_limits as limits
from glance_schemas import identity_resources as resources

TAG = "identity"
V3 = "/identity/v3"
LINKS: Json = {
    "type": "object",
    "properties": {name: {"type": ["string", "null"]} for name in ("self", "next", "previous")},
}


@dataclass(frozen=True)
class Resource:
    """A resource that is listed, made, shown, changed and removed, all in the same way."""

    shown: Any
    create: type[Schema]
    change: type[Schema]
    example: Json
    """Of what is sent to make one."""
    filters: Sequence[str] = ()
    flags: Sequence[str] = ("enabled",)
    many: bool = False
    """Whether several are made at once."""
    id_: str = ""
    more: Json = field(default_factory=dict)

    @property
    def words(self) -> str:
        """Its name for people."""
        return str(self.shown.singular).replace("_", " ")


def one(kind: Any) -> Json:
    """Return the schema of a resource, wrapped in its name."""
    return {"type": "object", "properties": {kind.singular: kind}, "required": [kind.singular]}


def many(kind: Any, **more: Any) -> Json:
    """Return the schema of several resources."""
    properties = {kind.plural: {"type": "array", "items": kind}, "links": LINKS, **more}
    return {"type": "object", "properties": properties, "required": [kind.plural]}


def collection(name: str, item: Any) -> Json:
    """Return the schema of a collection of what has no schema of its own."""
    properties = {name: {"type": "array", "items": item}, "links": LINKS}
    return {"type": "object", "properties": properties, "required": [name, "links"]}


def text_filters(*names: str) -> tuple[Json, ...]:
    """Return the parameters that narrow a list."""
    return tuple(query(name, "Only those that have this.") for name in names)


def flag_filters(*names: str) -> tuple[Json, ...]:
    """Return the parameters that are true or false; any text is true that does not say that it is false."""
    return tuple(query(name, "Only those of which it is true; or, by `false` or `0`, those others.") for name in names)


def operations(of: Resource) -> tuple[Operation, ...]:
    """Return what can be done with a resource."""
    kind, words = of.shown, of.words
    id_ = of.id_ or f"{kind.singular}_id"
    several, single = f"{V3}/{kind.plural}", f"{V3}/{kind.plural}/{{{id_}}}"
    which = {id_: f"$response.body#/{kind.singular}/id"}
    made = {name: link(name, "It.", **which) for name in (f"show_{kind.singular}", f"update_{kind.singular}")}
    new = {kind.plural: [of.example]} if of.many else {kind.singular: of.example}
    return (
        Operation(
            "GET",
            several,
            f"list_{kind.plural}",
            f"List {words}s",
            {200: answer("They, in one piece.", many(kind))},
            parameters=(*text_filters(*of.filters), *flag_filters(*of.flags)),
            refuses=(403,),
        ),
        Operation(
            "POST",
            several,
            f"create_{kind.singular}",
            f"Make a {words}",
            {201: answer("It.", many(kind) if of.many else one(kind), links={} if of.many else made)},
            body=json_body(of.create, new),
            refuses=(403, 404, 409),
        ),
        Operation(
            "GET",
            single,
            f"show_{kind.singular}",
            f"Show a {words}",
            {200: answer("It.", one(kind))},
            refuses=(403, 404),
        ),
        Operation(
            "PATCH",
            single,
            f"update_{kind.singular}",
            f"Change a {words}",
            {200: answer("It as it is now.", one(kind))},
            body=json_body(of.change),
            refuses=(403, 404, 409),
        ),
        Operation(
            "DELETE",
            single,
            f"delete_{kind.singular}",
            f"Remove a {words}",
            {204: answer("It is gone.")},
            refuses=(403, 404, 409),
        ),
    )


_SERVICE = "0b5ffe8bd3c44c0c9e8ad7bb8ad5f6b7"
RESOURCES = (
    Resource(
        resources.Project,
        resources.NewProject,
        resources.ChangedProject,
        {"name": "builds", "domain_id": "default", "description": "Images from CI"},
        ("name", "domain_id", "parent_id"),
    ),
    Resource(
        resources.User,
        resources.NewUser,
        resources.ChangedUser,
        {"name": "ci", "password": "secret", "domain_id": "default"},
        ("name", "domain_id"),
    ),
    Resource(resources.Domain, resources.NewDomain, resources.ChangedDomain, {"name": "partners"}, ("name",)),
    Resource(
        resources.Role, resources.NewRole, resources.ChangedRole, {"name": "auditor"}, ("name", "domain_id"), flags=()
    ),
    Resource(
        resources.Service,
        resources.NewService,
        resources.ChangedService,
        {"type": "object-store", "name": "objects"},
        ("name", "type"),
        flags=(),
    ),
    Resource(
        resources.Endpoint,
        resources.NewEndpoint,
        resources.ChangedEndpoint,
        {"service_id": _SERVICE, "interface": "public", "url": "http://127.0.0.1:8080/v1", "region_id": "RegionOne"},
        ("service_id", "interface", "region_id"),
    ),
    Resource(
        resources.Region,
        resources.NewRegion,
        resources.ChangedRegion,
        {"id": "RegionTwo", "description": "Elsewhere"},
        ("parent_region_id",),
        flags=(),
    ),
    Resource(
        limits.RegisteredLimit,
        limits.RegisteredLimitsCreate,
        limits.ChangedRegisteredLimit,
        {"service_id": _SERVICE, "resource_name": "image_count_total", "default_limit": 100},
        flags=(),
        many=True,
        id_="limit_id",
    ),
    Resource(
        limits.Limit,
        limits.LimitsCreate,
        limits.ChangedLimit,
        {
            "service_id": _SERVICE,
            "resource_name": "image_count_total",
            "resource_limit": 10,
            "project_id": "05f4e8dd1ae04adbae65f4bb03d5a1d6",
        },
        flags=(),
        many=True,
        id_="limit_id",
    ),
)
_NAMELESS: Json = {"type": "object"}

OPERATIONS = (
    *(operation for resource in RESOURCES for operation in operations(resource)),
    Operation(
        "PUT",
        f"{V3}/regions/{{region_id}}",
        "create_region_as",
        "Make a region of this id",
        {201: answer("It.", one(resources.Region))},
        body=json_body(resources.NewRegion, {"region": {"description": "Elsewhere"}}),
        refuses=(403, 404, 409),
    ),
    Operation(
        "GET",
        f"{V3}/limits/model",
        "show_model_of_limits",
        "Say how limits of a project bear on those below it",
        {200: answer("The model.", {"type": "object", "properties": {"model": _NAMELESS}, "required": ["model"]})},
    ),
    Operation(
        "POST",
        f"{V3}/users/{{user_id}}/password",
        "change_password",
        "Set a new password",
        {204: answer("It is the password.")},
        body=json_body(
            resources.ChangedPassword, {"user": {"original_password": "secret", "password": "a better secret"}}
        ),
        refuses=(403, 404),
        open=True,
    ),
    Operation(
        "GET",
        f"{V3}/users/{{user_id}}/projects",
        "list_projects_of_user",
        "List the projects that a user has a role on",
        {200: answer("They.", many(resources.Project))},
        refuses=(403, 404),
    ),
    Operation(
        "GET",
        f"{V3}/users/{{user_id}}/groups",
        "list_groups_of_user",
        "List a user's groups: there are none",
        {200: answer("None.", collection("groups", _NAMELESS))},
        refuses=(403, 404),
    ),
    Operation(
        "GET",
        f"{V3}/groups",
        "list_groups",
        "List groups: there are none",
        {200: answer("None.", collection("groups", _NAMELESS))},
        refuses=(403,),
    ),
    Operation("GET", f"{V3}/groups/{{group_id}}", "show_group", "Find no group", refuses=(403, 404)),
)
