"""The emulator's own API, at /_emulator: what testers do to a world besides what its users do.

It is for callers on this machine, and for admins from elsewhere. Below /w/NAME it is about that world.
"""

from __future__ import annotations

from flask import Blueprint, Flask

from glance_emulator.api.control import clock, faults, openapi, requests, snapshots, work, worlds
from glance_emulator.web import guard

blueprints: tuple[Blueprint, ...] = (
    worlds.blueprint,
    worlds.contents,
    snapshots.blueprint,
    clock.blueprint,
    work.blueprint,
    faults.blueprint,
    faults.names,
    requests.blueprint,
    openapi.blueprint,
)


def prepare(app: Flask) -> None:
    """Let nobody in who may not be."""
    app.before_request(guard.check)
