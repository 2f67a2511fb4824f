"""/compute/v2.1/servers/{id}/action: what can be done to a server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, g

from glance_emulator.api.compute import documents
from glance_emulator.api.compute.queries import check_version
from glance_emulator.api.compute.servers import new_password
from glance_emulator.domain import blobs, server_images, servers
from glance_emulator.errors import BadRequest
from glance_emulator.web.body import answer, check, document, empty
from glance_emulator.web.caller import base_url
from glance_emulator.web.microversions import at_least
from glance_emulator.web.transaction import transaction, world
from glance_schemas.compute import CreateImage, Lock, Reboot, Rebuild

blueprint = Blueprint("server_actions", __name__, url_prefix="/compute/v2.1/servers")


@blueprint.post("/<server_id>/action")
def create(server_id: str) -> Response:
    """Do what the body names: it has one member, the name of the action."""
    body = document()
    if not isinstance(body, dict) or len(body) != 1:
        raise BadRequest("The body must name one action.")
    ((action, argument),) = body.items()
    if action not in ACTIONS:
        raise BadRequest(f"There is no such action: {action}.")
    return ACTIONS[action](server_id, action, argument)


def _simple(server_id: str, action: str, argument: Any) -> Response:
    if argument not in (None, {}):
        raise BadRequest(f"{action} takes nothing.")
    return _begin(server_id, action)


def _begin(server_id: str, action: str) -> Response:
    with transaction() as session:
        servers.act(session, g.caller, server_id, action, world().clock())
    world().runner.wake()
    return _accepted()


def _reboot(server_id: str, action: str, argument: Any) -> Response:
    return _begin(server_id, f"reboot-{check(Reboot, argument)['type'].lower()}")


def _create_image(server_id: str, action: str, argument: Any) -> Response:
    wanted = check(CreateImage, argument)
    with transaction() as session:
        image = server_images.create(session, g.caller, server_id, wanted["name"], wanted["metadata"], world().clock())
        image_id = image.id
    world().runner.wake()
    if at_least(45):
        return answer({"image_id": image_id}, 202)
    response = _accepted()
    response.headers["Location"] = f"{base_url()}/v2/images/{image_id}"
    return response


def _rebuild(server_id: str, action: str, argument: Any) -> Response:
    wanted = check(Rebuild, argument)
    check_version(wanted, key_name=54, user_data=57)
    with transaction() as session:
        server, garbage = servers.rebuild(session, g.caller, server_id, wanted["imageRef"], wanted, world().clock())
        shown = documents.server(server)
    blobs.remove(world().places, garbage)
    world().runner.wake()
    return answer({"server": {**shown, "adminPass": wanted.get("adminPass") or new_password()}}, 202)


def _lock(server_id: str, action: str, argument: Any) -> Response:
    if argument is not None and not at_least(73):
        raise BadRequest("A reason to lock came with the microversion 2.73.")
    reason = check(Lock, argument).get("locked_reason") if argument is not None else None
    with transaction() as session:
        servers.lock(session, g.caller, server_id, reason, world().clock())
    return _accepted()


def _unlock(server_id: str, action: str, argument: Any) -> Response:
    with transaction() as session:
        servers.unlock(session, g.caller, server_id, world().clock())
    return _accepted()


def _accepted() -> Response:
    response = empty("application/json")
    response.status_code = 202
    return response


ACTIONS: Mapping[str, Callable[[str, str, Any], Response]] = {
    **dict.fromkeys(("os-start", "os-stop", "pause", "unpause", "suspend", "resume"), _simple),
    "reboot": _reboot,
    "createImage": _create_image,
    "rebuild": _rebuild,
    "lock": _lock,
    "unlock": _unlock,
}
