"""Who has which role where, and which roles imply others."""

from __future__ import annotations

from contrib.openapi.operations.identity import LINKS, V3, collection, many, text_filters
from contrib.openapi.parts import Json, Operation, answer, query
from glance_schemas.identity_resources import Role

TAG = "identity: roles"
_NAMED: Json = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
    "required": ["id"],
}
_ASSIGNMENT: Json = {
    "type": "object",
    "properties": {"links": {"type": "object"}, "scope": {"type": "object"}, "user": _NAMED, "role": _NAMED},
    "required": ["links", "scope", "user", "role"],
}
_RULE: Json = {
    "type": "object",
    "properties": {"prior_role": _NAMED, "implies": {"type": "array", "items": _NAMED}},
    "required": ["prior_role", "implies"],
}
_ONE_RULE: Json = {**_RULE, "properties": {"prior_role": _NAMED, "implies": _NAMED}}
_REFUSES = (403, 404)
_FILTERS = ("user.id", "role.id", "scope.project.id", "scope.domain.id")


def _wrapped(name: str, shape: Json) -> Json:
    return {"type": "object", "properties": {name: shape, "links": LINKS}, "required": [name]}


def _grants(path: str, where: str) -> tuple[Operation, ...]:
    """Return what can be done with the roles of a user somewhere."""
    roles, role = f"{V3}{path}/users/{{user_id}}/roles", f"{V3}{path}/users/{{user_id}}/roles/{{role_id}}"
    on = f"on {'the system' if where == 'system' else f'a {where}'}"
    return (
        Operation(
            "GET",
            roles,
            f"list_{where}_roles",
            f"List the roles of a user {on}",
            {200: answer("They.", many(Role))},
            refuses=_REFUSES,
        ),
        Operation(
            "GET",
            role,
            f"check_{where}_role",
            f"Say whether a user has a role {on}",
            {204: answer("Yes.")},
            refuses=_REFUSES,
        ),
        Operation(
            "PUT",
            role,
            f"give_{where}_role",
            f"Give a user a role {on}",
            {204: answer("Given.")},
            refuses=(403, 404, 409),
        ),
        Operation(
            "DELETE",
            role,
            f"take_{where}_role",
            f"Take a role {on} from a user",
            {204: answer("Taken.")},
            refuses=_REFUSES,
        ),
    )


OPERATIONS = (
    *_grants("/projects/{target_id}", "project"),
    *_grants("/domains/{target_id}", "domain"),
    *_grants("/system", "system"),
    Operation(
        "GET",
        f"{V3}/role_assignments",
        "list_role_assignments",
        "List who has which role where",
        {200: answer("They.", collection("role_assignments", _ASSIGNMENT))},
        parameters=(
            *text_filters(*_FILTERS),
            query("effective", "Tell implied roles instead of those that imply them; unless it is `false` or `0`."),
            query("include_names", "Tell names too; unless it is `false` or `0`."),
        ),
        refuses=(403, 404),
    ),
    Operation(
        "GET",
        f"{V3}/role_inferences",
        "list_role_inferences",
        "List which roles imply which",
        {200: answer("They.", _wrapped("role_inferences", {"type": "array", "items": _RULE}))},
        refuses=(403,),
    ),
    Operation(
        "GET",
        f"{V3}/roles/{{role_id}}/implies",
        "list_implied_roles",
        "List what a role implies",
        {200: answer("The roles.", _wrapped("role_inference", _RULE))},
        refuses=_REFUSES,
    ),
    Operation(
        "GET",
        f"{V3}/roles/{{role_id}}/implies/{{implied_id}}",
        "show_implied_role",
        "Show that a role implies another",
        {200: answer("Both.", _wrapped("role_inference", _ONE_RULE))},
        refuses=_REFUSES,
    ),
    Operation(
        "PUT",
        f"{V3}/roles/{{role_id}}/implies/{{implied_id}}",
        "imply_role",
        "Have a role imply another",
        {201: answer("Both.", _wrapped("role_inference", _ONE_RULE))},
        refuses=(403, 404, 409),
    ),
    Operation(
        "DELETE",
        f"{V3}/roles/{{role_id}}/implies/{{implied_id}}",
        "stop_implying_role",
        "Have a role not imply another any more",
        {204: answer("It does not.")},
        refuses=_REFUSES,
    ),
)
