"""/v2/info/usage: what the caller's project uses of what it may."""

from __future__ import annotations

from typing import NoReturn

from flask import Blueprint, Response, g
from werkzeug.exceptions import NotFound

from glance_emulator.domain import quotas
from glance_emulator.web.body import show
from glance_emulator.web.routing import ANY
from glance_emulator.web.transaction import reading
from glance_schemas.usage import Usage

blueprint = Blueprint("usage", __name__, url_prefix="/v2/info/usage")


@blueprint.get("")
def show_usage() -> Response:
    """Show the usage."""
    with reading() as session:
        return show(Usage, {"usage": quotas.usage(session, g.caller)})


@blueprint.route("", methods=[ANY])
def reject() -> NoReturn:
    """Find nothing by other methods, as the real service, which otherwise would say which method there is."""
    raise NotFound
