"""What comes before routing: which version of the Images API a path means, and how its routes differ from Flask's."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable
from typing import TYPE_CHECKING, Any, NoReturn

from flask import Flask
from werkzeug.routing import Map, Rule
from werkzeug.routing.rules import RuleFactory

from glance_emulator.domain.worlds import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# As the real service lists them, current first where there is a cache; without one it lacks what only a cache brings.
_OLDEST = ("v2.7", "v2.6", "v2.5", "v2.4", "v2.3", "v2.2", "v2.1", "v2.0")
PLAIN = ("v2.15", "v2.13", "v2.12", "v2.11", "v2.10", "v2.9", "v2.8", "v2.17", *_OLDEST)
CACHING = (
    "v2.18", "v2.17", "v2.16", "v2.15", "v2.14", "v2.13", "v2.12", "v2.11", "v2.10", "v2.9", "v2.8", *_OLDEST,
)  # fmt: skip
ANY = "ANY"
"""The method of a route that answers every method."""

_VENDOR = "application/vnd.openstack.images-"
_OTHER_SERVICES = ("identity", "compute", "panel", "_emulator", "metrics", "openapi.json")
_PLAIN = ("/v2/", *(f"/{name}" for name in _OTHER_SERVICES))
_SLASHES = re.compile("/{2,}")


def versions(world: World) -> Iterable[str]:
    """Return the versions of the Images API that the world serves."""
    cached = world.cache is not None
    if world.release is not None:
        return [version for version, _ in world.release.versions(cached)]
    return CACHING if cached else PLAIN


def prepare(app: Flask, missing: Collection[str] = ()) -> None:
    """Route as the real service does, but for the routes that are `missing`; to be called before there are routes."""
    if missing:
        app.url_map = SelectedRoutes(missing)
    app.url_rule_class = ServiceRule  # type: ignore[assignment]
    app.url_map.merge_slashes = False
    app.url_map.redirect_defaults = False
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False


def negotiate(app: Flask, versions: Iterable[str]) -> None:
    """Route by the path that is meant; to be called when all that routes is there."""
    app.wsgi_app = VersionNegotiation(app.wsgi_app, versions)  # type: ignore[method-assign]


def _build_nothing(_: Rule) -> NoReturn:
    raise TypeError("routes are not made into URLs")


class SelectedRoutes(Map):
    """Routes without those that an older release did not have."""

    def __init__(self, missing: Collection[str]) -> None:
        """Take the routes that are not to be there."""
        self.missing = missing
        super().__init__()

    def add(self, rulefactory: RuleFactory) -> None:
        """Add a route, unless it is missing."""
        if not (isinstance(rulefactory, Rule) and rulefactory.rule in self.missing):
            super().add(rulefactory)


class ServiceRule(Rule):
    """A route that may answer ANY method; and in the Images API, where there is GET there is no HEAD."""

    def __init__(self, string: str, *, methods: Iterable[str], **options: Any) -> None:
        """Take what Flask gives."""
        given = set(methods)
        super().__init__(string, methods=None if ANY in given else given, **options)
        if self.methods and string.startswith("/v2/"):
            self.methods &= given

    def _compile_builder(self, append_unknown: bool = True) -> Any:
        """Compile nothing: URLs are matched here, never built, and this would be a thirtieth of the start."""
        return _build_nothing


class VersionNegotiation:
    """Give every request the path under which it is routed."""

    def __init__(self, app: WSGIApplication, versions: Iterable[str]) -> None:
        """Take the application that routes, and the versions that there are."""
        self.app = app
        self.names = frozenset({"v2", *versions})

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request; most paths stand as they are, and cost next to nothing."""
        path = environ["PATH_INFO"]
        accept = environ.get("HTTP_ACCEPT", "")
        if not path.startswith(_PLAIN) or "//" in path or accept.startswith(_VENDOR):
            environ["PATH_INFO"] = served(path, accept, self.names)
        return self.app(environ, start_response)


def served(path: str, accept: str, names: Container[str]) -> str:
    """Return the path that is asked for: below /v2 or another service, `/versions`, `/healthcheck`, else the root."""
    path = _SLASHES.sub("/", path)
    first, slash, rest = path.lstrip("/").partition("/")
    if first in _OTHER_SERVICES:
        return path
    if first in ("versions", "healthcheck"):
        return f"/{first}"
    if accept.startswith(_VENDOR):
        # The whole path then lies within the version that the header names, even if it begins with one itself.
        version = accept.removeprefix(_VENDOR).partition(";")[0].strip()
        return f"/v2{path}" if version in names else "/"
    return f"/v2{slash}{rest}" if first in names else "/"
