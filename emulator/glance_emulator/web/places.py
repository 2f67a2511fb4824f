"""Which world a request speaks to: that at the root, or, below /w/NAME, another."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from glance_emulator.domain.universe import Universe
from glance_emulator.errors import NotFound

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/w/"
WORLD = "glance_emulator.world"
"""The key under which a request's environ has the world."""
BELOW = "glance_emulator.below"
"""The key under which it has the path of the world, with which all that is served in it begins."""


def absent(refusal: NotFound) -> bytes:
    """Return the body of the answer where there is no such world, in JSON."""
    return json.dumps({"error": {"code": 404, "message": refusal.message}}).encode()


class Places:
    """Give every request its world; the prefix goes to SCRIPT_NAME, so that links and the catalog have it again."""

    def __init__(self, app: WSGIApplication, universe: Universe) -> None:
        """Take the application, and the worlds."""
        self.app = app
        self.universe = universe

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        path = environ["PATH_INFO"]
        if not path.startswith(PREFIX):
            environ[WORLD] = self.universe.default
            environ[BELOW] = ""
            return self.app(environ, start_response)
        name, slash, rest = path[len(PREFIX) :].partition("/")
        try:
            environ[WORLD] = self.universe.find(name)
        except NotFound as refusal:
            body = absent(refusal)
            start_response("404 Not Found", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
            return [body]
        environ[BELOW] = below = f"{PREFIX}{name}"
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + below
        environ["PATH_INFO"] = slash + rest or "/"
        return self.app(environ, start_response)
