"""The WSGI application: all wiring, in one factory."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from importlib import import_module

from flask import Blueprint, Flask

from glance_emulator.domain.worlds import World
from glance_emulator.settings import Settings
from glance_emulator.web import cors, errors, hooks, parts, routing

PARTS = {
    "/identity": "glance_emulator.api.identity",
    "/v2/metadefs": "glance_emulator.api.metadefs",
    "/compute": "glance_emulator.api.compute",
    "/panel": "glance_emulator.panel",
}
"""The packages of views that are loaded when somebody asks for them, by the paths below which they answer."""


def create_app(settings: Settings, world: World) -> Flask:
    """Return the application that serves `world`."""
    from glance_emulator.api import blueprints

    app = _application(settings, world, blueprints)
    parts.register(app, {path: partial(_part, settings, world, package) for path, package in PARTS.items()})
    routing.negotiate(app, routing.versions(world))
    return app


def _part(settings: Settings, world: World, package: str) -> Flask:
    part = import_module(package)
    app = _application(settings, world, part.blueprints)
    if hasattr(part, "prepare"):  # what holds for all of its paths, whether there is a route or not
        part.prepare(app)
    return app


def _application(settings: Settings, world: World, blueprints: Iterable[Blueprint]) -> Flask:
    app = Flask("glance_emulator", static_folder=None)
    app.config["SETTINGS"] = settings
    app.extensions["glance_emulator"] = world
    routing.prepare(app, world.release.missing_routes if world.release else ())
    errors.register(app)
    hooks.register(app)
    cors.register(app, settings.cors_origins)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    return app
