"""What happens around every request: the Images API asks who calls, and names the request in its answer."""

from __future__ import annotations

import uuid

from flask import Flask, Response, g, request

from glance_emulator.errors import BadRequest
from glance_emulator.web.caller import establish

LONGEST_REQUEST_ID = 64
BODYLESS = {"GET", "DELETE"}
BODYLESS_BLUEPRINTS = {"tags", "actions"}
# Here the real service does not mind a body.
EXEMPT = {"images.index", "versions.redirect"}


def register(app: Flask) -> None:
    """Run the hooks."""
    app.before_request(_admit)
    app.after_request(_name_request)


def _admit() -> None:
    """Establish the caller of the Images API, also where there is no such route: 401 comes before 404 and 405."""
    environ = request.environ
    if not environ["PATH_INFO"].startswith("/v2"):
        return
    establish()
    # What comes in chunks is not refused by the real service either.
    if environ.get("CONTENT_LENGTH", "0") not in ("0", "") and _takes_no_body():
        raise BadRequest("This request does not take a body.")


def _takes_no_body() -> bool:
    if request.routing_exception is not None or request.endpoint in EXEMPT:
        return False
    return request.method in BODYLESS or request.blueprint in BODYLESS_BLUEPRINTS


def _name_request(response: Response) -> Response:
    environ = request.environ
    if environ["PATH_INFO"].startswith("/identity"):
        response.headers["x-openstack-request-id"] = f"req-{uuid.uuid4()}"
    elif "caller" in g:
        response.headers["x-openstack-request-id"] = _request_id(environ.get("HTTP_X_OPENSTACK_REQUEST_ID"))
    return response


def _request_id(given: str | None) -> str:
    """Return the request's id: the client's if it brought one that is not too long."""
    if not given or len(given) > LONGEST_REQUEST_ID:
        return f"req-{uuid.uuid4()}"
    return given if given.startswith("req-") else f"req-{given}"
