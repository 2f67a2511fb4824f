"""The WSGI application: all wiring, in one factory."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from importlib import import_module

from flask import Blueprint, Flask

from glance_emulator.domain.universe import Universe
from glance_emulator.domain.worlds import World
from glance_emulator.settings import Settings
from glance_emulator.web import cors, errors, faults, hooks, parts, routing
from glance_emulator.web.places import Places

PARTS = {
    "/identity": "glance_emulator.api.identity",
    "/v2/metadefs": "glance_emulator.api.metadefs",
    "/compute": "glance_emulator.api.compute",
    "/panel": "glance_emulator.panel",
    "/_emulator": "glance_emulator.api.control",
    "/metrics": "glance_emulator.api.metrics",
}
"""The packages of views that are loaded when somebody asks for them, by the paths below which they answer."""


def create_app(settings: Settings, world: World, universe: Universe | None = None) -> Flask:
    """Return the application that serves `world`, and, if there is a universe of which it is the root, all of that."""
    from glance_emulator.api import blueprints

    universe = universe or Universe(world)
    app = _application(settings, universe, blueprints)
    parts.register(app, {path: partial(_part, app, universe, package) for path, package in PARTS.items()})
    routing.negotiate(app, routing.versions(world))
    app.wsgi_app = Places(app.wsgi_app, universe)  # type: ignore[method-assign]
    return app


def _part(whole: Flask, universe: Universe, package: str) -> Flask:
    part = import_module(package)
    app = _application(whole.config["SETTINGS"], universe, part.blueprints)
    app.extensions[parts.WHOLE] = whole
    if hasattr(part, "prepare"):  # what holds for all of its paths, whether there is a route or not
        part.prepare(app)
    return app


def _application(settings: Settings, universe: Universe, blueprints: Iterable[Blueprint]) -> Flask:
    app = Flask("glance_emulator", static_folder=None)
    app.config["SETTINGS"] = settings
    app.extensions["glance_emulator"] = universe
    release = universe.default.release
    routing.prepare(app, release.missing_routes if release else ())
    errors.register(app)
    hooks.register(app)
    faults.register(app)
    cors.register(app, settings.cors_origins)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    return app
