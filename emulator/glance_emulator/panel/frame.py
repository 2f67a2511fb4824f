"""What all pages of the panel have in common: who may enter, what is around them, and how refusals look."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Flask, Response, g, make_response, redirect, render_template, request, send_from_directory
from werkzeug.exceptions import HTTPException, InternalServerError

from glance_emulator.domain import offers
from glance_emulator.errors import Forbidden, Refusal, Unauthorized
from glance_emulator.panel import session
from glance_emulator.web import errors, journal
from glance_emulator.web.caller import adopt
from glance_emulator.web.transaction import reader

blueprint = Blueprint("panel", __name__, url_prefix="/panel", template_folder="templates")

STATIC = Path(__file__).with_name("static")
PAGES = (("images", "Images"), ("servers", "Servers"), ("activity", "Activity"))
"""What can be gone to from everywhere: paths and titles."""
LONGEST_NUMBER = 18
LONGEST_LOGIN = 1 << 16
"""Bytes that are read of a form from somebody who is not logged in."""
OPEN = frozenset({"panel.static", "panel_login.show", "panel_login.create"})
HOMELESS = frozenset({"panel_login.projects", "panel_login.switch", "panel_login.leave"})
"""What somebody can do before they have chosen a project."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ADVICE = {
    400: "Something in the form cannot be taken as it is.",
    403: "You may see this, but you may not do that.",
    404: "It is not there, or not there for your project.",
    405: "This page cannot be asked for like this.",
    409: "It does not go together with how things are now.",
    413: "That would be more than is allowed.",
    415: "The data are not of the format that the image is said to have.",
    500: "The emulator failed; its log has the details.",
}


def prepare(app: Flask) -> None:
    """Let what holds for all pages happen around each request."""
    app.before_request(_enter)
    for done in (_protect, session.forget_notice, session.visit):
        app.after_request(done)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _not_routed)
    app.register_error_handler(Exception, _failed)
    app.register_error_handler(InternalServerError, _failed)
    app.context_processor(_surroundings)
    app.add_template_filter(human_size)
    app.add_template_filter(moment)
    app.add_template_global(at)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _enter() -> Any:
    """Let in who is logged in; whoever is not goes to the login, and comes back from there."""
    if request.endpoint in OPEN:
        request.max_content_length = LONGEST_LOGIN
        if request.method == "POST":
            session.check_form()
        return None
    caller = session.find()
    if caller is None:
        asked = request.full_path.removesuffix("?").removeprefix("/panel")
        return redirect(at("login", next=session.root() + asked if request.method == "GET" else ""))
    adopt(caller)
    if caller.project_id is None and request.endpoint not in HOMELESS:
        return redirect(at("projects"))
    if request.method not in ("GET", "HEAD"):
        session.check_form()
    return None


def _protect(response: Response) -> Response:
    response.headers.update(HEADERS)
    if request.endpoint != "panel.static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _surroundings() -> dict[str, Any]:
    """Return what the frame of every page shows."""
    found: dict[str, Any] = {"pages": PAGES, "csrf": session.csrf(), "notice": session.notice(), "seat": None}
    if "caller" in g:
        found["seat"] = session.describe()
        with reader() as rows:
            found["waiting"] = offers.count(rows, g.caller, "pending") if g.caller.project_id else 0
    return found


@blueprint.get("", strict_slashes=False)
def index() -> Any:
    """Begin with the images."""
    return redirect(at("images"))


@blueprint.get("/static/<name>")
def static(name: str) -> Response:
    """Send a script or a style sheet."""
    return send_from_directory(STATIC, name, max_age=3600)


def at(*place: str, **query: Any) -> str:
    """Return the address of a page, as `at("images", image_id, name="x")`; what is empty is left out of the query."""
    path = "/".join((session.root(), *(quote(part, safe="") for part in place)))
    said = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(said)}" if said else path


def page(template: str, code: int = 200, **facts: Any) -> Response:
    """Return a page."""
    return make_response(render_template(f"panel/{template}.html", **facts), code)


def go(address: str, notice: str = "") -> Response:
    """Send the browser to another page, which says that something was done."""
    response = make_response(redirect(address, 303))
    return session.leave_notice(response, notice) if notice else response


def _refused(refusal: Refusal) -> Response:
    if isinstance(refusal, Unauthorized):
        return page("error", 401, title="Not logged in", message=refusal.message, advice="")
    journal.note(refusal)
    return _error(refusal.code, refusal.message)


def _not_routed(fault: HTTPException) -> Response:
    code = fault.code or 500
    message = "There is no such page." if code == 404 else fault.description or ""
    return fault.get_response() if code < 400 else _error(code, message)  # type: ignore[return-value]


def _failed(fault: Exception) -> Response:
    return errors.failed(fault) or _error(500, "")


def _error(code: int, message: str) -> Response:
    if request.headers.get("X-CSRF-Token"):  # a script asked: it shows the message itself
        return Response(message, code, content_type="text/plain; charset=UTF-8")
    return page("error", code, title=HTTPStatus(code).phrase, message=message, advice=ADVICE.get(code, ""))


def only(allowed: bool) -> None:
    """Raise Forbidden for a page whose form would be refused anyway."""
    if not allowed:
        raise Forbidden("Your role does not allow this.")


def whole(text: str) -> int | str:
    """Return the number that somebody has typed; the text itself where it is none, for the schema to refuse."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else text


def human_size(size: int | None) -> str:
    """Return a number of bytes as people read it."""
    if size is None:
        return "-"
    number, unit = float(size), "bytes"
    for unit in ("bytes", "KiB", "MiB", "GiB", "TiB"):
        if number < 1024 or unit == "TiB":
            break
        number /= 1024
    return f"{size} bytes" if unit == "bytes" else f"{number:.1f} {unit}"


def moment(time: datetime | None) -> dict[str, str] | None:
    """Return a time as an attribute has it, and as it is read without a script."""
    return None if time is None else {"exact": f"{time:%Y-%m-%dT%H:%M:%SZ}", "told": f"{time:%Y-%m-%d %H:%M} UTC"}
