"""The WSGI application: all wiring, in one factory."""

from __future__ import annotations

from flask import Flask

from glance_emulator.domain.worlds import World
from glance_emulator.settings import Settings
from glance_emulator.web import cors, errors, hooks, routing


def create_app(settings: Settings, world: World) -> Flask:
    """Return the application that serves `world`."""
    from glance_emulator.api import blueprints

    app = Flask("glance_emulator", static_folder=None)
    app.config["SETTINGS"] = settings
    app.extensions["glance_emulator"] = world
    routing.prepare(app)
    errors.register(app)
    hooks.register(app)
    cors.register(app, settings.cors_origins)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    return app
