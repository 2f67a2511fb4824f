"""/identity/v3/users, their passwords, projects and groups."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from glance_emulator.api.identity.documents import PREFIX, beyond, blueprint_of, collection, many, nothing, one
from glance_emulator.domain import identity_policy, projects, users
from glance_emulator.domain.records import missing
from glance_emulator.web.body import load
from glance_emulator.web.transaction import reading, transaction, world
from glance_schemas.identity_resources import ChangedPassword, ChangedUser, NewUser, Project, User

blueprint = blueprint_of("users", "/users")
passwords = Blueprint("identity_passwords", __name__, url_prefix=f"{PREFIX}/users")  # open: it asks for the password


@blueprint.get("")
def index() -> Response:
    """List users."""
    with reading() as session:
        return many(User, users.index(session, g.caller, request.args))


@blueprint.post("")
def create() -> Response:
    """Make a user."""
    body = load(NewUser)
    with transaction() as session:
        return one(User, users.create(session, g.caller, body["user"], world().clock()), 201)


@blueprint.get("/<user_id>")
def show(user_id: str) -> Response:
    """Show a user."""
    with reading() as session:
        return one(User, users.get(session, g.caller, user_id))


@blueprint.patch("/<user_id>")
def update(user_id: str) -> Response:
    """Change a user."""
    body = load(ChangedUser)
    with transaction() as session:
        user = users.update(session, g.caller, user_id, body["user"], world().clock())
        return one(User, user, extra=beyond(user.extra))


@blueprint.delete("/<user_id>")
def delete(user_id: str) -> Response:
    """Remove a user."""
    with transaction() as session:
        users.delete(session, g.caller, user_id)
    return nothing()


@passwords.post("/<user_id>/password")
def change_password(user_id: str) -> Response:
    """Set a new password."""
    body = load(ChangedPassword)["user"]
    with transaction() as session:
        users.change_password(session, user_id, body["original_password"], body["password"], world().clock())
    return nothing()


@blueprint.get("/<user_id>/projects")
def index_projects(user_id: str) -> Response:
    """List the projects that the user has a role on."""
    with reading() as session:
        return many(Project, projects.of_user(session, g.caller, user_id, request.args))


@blueprint.get("/<user_id>/groups")
def index_groups(user_id: str) -> Response:
    """List the user's groups: there are none."""
    with reading() as session:
        users.get(session, g.caller, user_id, "list_groups_for_user")
    return collection("groups", [])


groups = blueprint_of("groups", "/groups")


@groups.get("")
def list_groups() -> Response:
    """List groups, which clients look for where a name may be a user's or a group's: there are none."""
    identity_policy.enforce(g.caller, "list_groups", domain_id=g.caller.domain_id)
    return collection("groups", [])


@groups.get("/<group_id>")
def show_group(group_id: str) -> Response:
    """Find no group."""
    identity_policy.enforce(g.caller, "get_group")
    raise missing("group", group_id)
