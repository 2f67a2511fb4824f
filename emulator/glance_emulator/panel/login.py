"""/panel/login and /panel/projects: coming, going, and choosing where to act."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, request

from glance_emulator.domain.seed import PASSWORD, PERSONAS
from glance_emulator.errors import Unauthorized
from glance_emulator.panel import session
from glance_emulator.panel.frame import at, go, page

blueprint = Blueprint("panel_login", __name__, url_prefix="/panel")
ROLES = "member,reader"


@blueprint.get("/login")
def show() -> Any:
    """Ask who comes."""
    if session.find() is not None:
        return redirect(_back())
    return _form()


def _form(status: int = 200, fault: str = "") -> Response:
    return page(
        "login", status, fault=fault, trusted=session.trusted(), personas=PERSONAS, password=PASSWORD,
        roles=request.form.get("roles", ROLES), asked=request.values,
    )  # fmt: skip


@blueprint.post("/login")
def create() -> Response:
    """Let somebody in."""
    form = request.form
    try:
        kept = _believed() if session.trusted() else session.log_in(form["user"], form["domain"], form["password"])
    except Unauthorized:
        return _form(401, "This user, or this password, is not right.")
    return session.keep(go(_back()), "seat", kept)


def _believed() -> str:
    form = request.form
    return session.claimed(form["user"], form["project"], form["roles"])


def _back() -> str:
    """Return the page that somebody wanted before they were asked to log in, if it is one of ours."""
    wanted = request.values.get("next", "")
    ours = wanted.startswith(f"{at()}/") and "\\" not in wanted and "//" not in wanted
    return wanted if ours else at("images")


@blueprint.post("/logout", endpoint="leave")
def delete() -> Response:
    """Let somebody go."""
    session.log_out()
    return session.keep(go(at("login")), "seat", "")


@blueprint.get("/projects", endpoint="projects")
def projects() -> Response:
    """Ask where to act."""
    return page("projects")


@blueprint.post("/projects", endpoint="switch")
def switch() -> Response:
    """Go on in another project."""
    return session.keep(go(at("images")), "seat", session.switch(request.form["project"]))
