"""Refusals as HTTP answers, each in the dialect of the service that was asked.

Image, Identity and Compute have error formats of their own; the Image service's moreover follows the Accept header.
"""

from __future__ import annotations

import html
import json
import logging
from collections.abc import Mapping
from http import HTTPStatus

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, NotFound

from glance_emulator import errors
from glance_emulator.domain.universe import Universe
from glance_emulator.errors import Refusal
from glance_emulator.web import journal
from glance_emulator.web.accept import best
from glance_emulator.web.caller import base_url
from glance_emulator.web.places import absent
from glance_emulator.web.transaction import world

log = logging.getLogger(__name__)

# The order in which Allow names them.
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# Methods that the Image service would have for some path; any other, where there is no path, is 501.
IMPLEMENTED = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
# Where the real service's wording of a status is not Python's.
FAULTS = {
    400: "badRequest", 401: "unauthorized", 403: "forbidden", 404: "itemNotFound", 405: "badMethod",
    409: "conflictingRequest", 413: "overLimit", 415: "badMediaType", 429: "overLimit", 501: "notImplemented",
    503: "serviceUnavailable",
}  # fmt: skip
"""What Compute calls a refusal in its body."""
TITLES = {413: "Request Entity Too Large", 416: "Request Range Not Satisfiable"}


def register(app: Flask) -> None:
    """Render every refusal, and every fault of our own, in one place."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _not_routed)
    app.register_error_handler(Exception, _failed)
    app.register_error_handler(InternalServerError, _failed)  # what went wrong after the view


def _refused(refusal: Refusal) -> Response:
    journal.note(refusal)
    return render(refusal.code, refusal.message, refusal.headers)


def _not_routed(fault: HTTPException) -> Response:
    method = request.method
    if isinstance(fault, MethodNotAllowed):
        allowed = sorted(fault.valid_methods or (), key=METHODS.index)
        return render(405, f"{method} is not possible here.", {"Allow": ", ".join(allowed)})
    if isinstance(fault, NotFound) and method not in IMPLEMENTED and request.path.startswith("/v2"):
        return render(501, f"There is no method {method}.", {})
    if isinstance(fault, NotFound):
        return render(404, f"There is no {request.path} here.", {})
    headers = {name: value for name, value in fault.get_headers() if name == "Location"}
    return render(fault.code or 500, fault.description or "", headers)


def failed(fault: Exception) -> Response | None:
    """Log what went wrong; return the answer where it did because the request's world has been deleted meanwhile."""
    universe: Universe = current_app.extensions["glance_emulator"]
    try:
        universe.check(world())
    except errors.NotFound as refusal:
        return Response(absent(refusal), 404, content_type="application/json")
    if not isinstance(fault, InternalServerError):  # that has been logged by Flask
        log.error("%s %s failed", request.method, request.path, exc_info=fault)
    return None


def _failed(fault: Exception) -> Response:
    return failed(fault) or render(500, "The emulator failed while it answered this; its log has the details.", {})


def render(code: int, message: str, headers: Mapping[str, str]) -> Response:
    """Return the error answer that the service behind this request's path would give."""
    title = _title(code)
    if request.path.startswith("/identity"):
        return _identity(code, title, message, headers)
    if request.path.startswith("/compute"):
        return _compute(code, message, headers)
    if request.path.startswith("/_emulator"):
        return _own(code, message, headers)
    response = _image(f"{code} {title}", title, message)
    response.headers.update(headers)
    return response


def _title(code: int) -> str:
    if code in TITLES:
        return TITLES[code]
    try:
        return HTTPStatus(code).phrase
    except ValueError:  # only a fault has such a status; WebOb, of which the real service is made, calls it so
        return "Unknown Client Error" if code < 500 else "Unknown Server Error"


def _identity(code: int, title: str, message: str, headers: Mapping[str, str]) -> Response:
    body = {"error": {"code": code, "message": message, "title": title}}
    response = Response(json.dumps(body), code, {**headers, "Vary": "X-Auth-Token"}, content_type="application/json")
    if code == 401:
        response.headers["WWW-Authenticate"] = f'Keystone uri="{base_url()}/identity/v3"'
    return response


def _compute(code: int, message: str, headers: Mapping[str, str]) -> Response:
    body = {FAULTS.get(code, "computeFault"): {"code": code, "message": message}}
    return Response(json.dumps(body), code, headers, content_type="application/json; charset=UTF-8")


def _own(code: int, message: str, headers: Mapping[str, str]) -> Response:
    body = {"error": {"code": code, "message": message}}
    return Response(json.dumps(body), code, headers, content_type="application/json")


def _image(status: str, title: str, message: str) -> Response:
    """Return the error as JSON, a page or text; the real service escapes the message in the page alone."""
    if request.method == "HEAD":
        return Response(status=status, content_type="text/html; charset=UTF-8")
    # What ends a message that comes from the router is shorter.
    end = "<br /><br />\n" if status[:3] in ("405", "501") else "<br /><br />\n\n\n"
    form = best(request.headers.get("Accept", ""), ("text/html", "application/json"), "text/plain")
    if form == "application/json":
        body = json.dumps({"message": f"{message}{end}", "code": status, "title": title})
        return Response(body, status, content_type=form)
    if form == "text/html":
        page = (
            f"<html>\n <head>\n  <title>{status}</title>\n </head>\n <body>\n  <h1>{status}</h1>\n"
            f"  {html.escape(message)}{end}\n </body>\n</html>"
        )
        return Response(page, status, content_type="text/html; charset=UTF-8")
    return Response(f"{status}\n\n{message}\n\n   ", status, content_type="text/plain; charset=UTF-8")
