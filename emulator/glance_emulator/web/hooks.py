"""What happens around every request: the Images API asks who calls, and names the request in its answer."""

from __future__ import annotations

from flask import Flask, Response, g, request
from werkzeug.exceptions import MethodNotAllowed

from glance_emulator.domain import background
from glance_emulator.domain.controls import TRANSITIONS
from glance_emulator.domain.journal import public
from glance_emulator.errors import BadRequest
from glance_emulator.web import journal
from glance_emulator.web.body import refuse_nonsense
from glance_emulator.web.caller import establish
from glance_emulator.web.transaction import transaction, world

LONGEST_REQUEST_ID = 64
BODYLESS = {"GET", "DELETE"}
BODYLESS_BLUEPRINTS = {"tags", "actions", "cache"}
POLLS = {"images.show", "tasks.show", "tasks.index_of_image", "servers.show"}
"""What clients ask again and again to see whether something is done."""
# Here the real service does not mind a body.
EXEMPT = {
    "images.index",
    "metadef_namespaces.index",
    "metadef_objects.index",
    "metadef_properties.show",
    "metadef_tags.index",
    "tasks.index",
    "versions.redirect",
}


def register(app: Flask) -> None:
    """Run the hooks."""
    app.before_request(_admit)
    app.before_request(_count_poll)
    app.after_request(_name_request)


def _admit() -> None:
    """Establish the caller of the Images API, also where there is no such route: 401 comes before 404 and 405."""
    environ = request.environ
    if not environ["PATH_INFO"].startswith("/v2"):
        return
    establish()
    # What comes in chunks is not refused by the real service either.
    if environ.get("CONTENT_LENGTH", "0") in ("0", ""):
        return
    if _takes_no_body():
        raise BadRequest("This request does not take a body.")
    if isinstance(request.routing_exception, MethodNotAllowed):
        refuse_nonsense()  # the real service reads the body before it looks at the method


def _count_poll() -> None:
    """Let work that waits for looks at what it is about go on after the last of them; the next one sees it done."""
    if request.method != "GET" or world().controls.read(TRANSITIONS) is None or public(request.endpoint) not in POLLS:
        return
    about = next(iter((request.view_args or {}).values()))
    with transaction() as session:
        ready = background.poll(session, about)
    if ready:
        world().runner.work_off()


def _takes_no_body() -> bool:
    if request.routing_exception is not None or request.endpoint in EXEMPT:
        return False
    return request.method in BODYLESS or request.blueprint in BODYLESS_BLUEPRINTS


def _name_request(response: Response) -> Response:
    asked = request._get_current_object()  # type: ignore[attr-defined]  # each look-up through the proxy costs
    environ = asked.environ
    environ[journal.OPERATION] = asked.endpoint
    if environ["PATH_INFO"].startswith("/identity"):
        response.headers["x-openstack-request-id"] = f"req-{world().controls.uuid('request')}"
    elif "caller" in g:
        response.headers["x-openstack-request-id"] = request_id()
    return response


def request_id() -> str:
    """Return the request's id, always the same: the client's if it brought one that is not too long."""
    if "request_id" not in g:
        g.request_id = _chosen(request.environ.get("HTTP_X_OPENSTACK_REQUEST_ID"))
    named: str = g.request_id
    return named


def _chosen(given: str | None) -> str:
    if not given or len(given) > LONGEST_REQUEST_ID:
        return f"req-{world().controls.uuid('request')}"
    return given if given.startswith("req-") else f"req-{given}"
