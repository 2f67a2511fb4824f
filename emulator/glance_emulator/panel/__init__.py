"""/panel: the Control Panel, where people do by hand what the API does.

Its pages are made of forms that work without a script, and its views call the functions of the domain that the API
calls: what the panel may not do is refused by these.
"""

from __future__ import annotations

from flask import Blueprint

from glance_emulator.panel import activity, changes, frame, images, login, servers, sharing

blueprints: tuple[Blueprint, ...] = (
    frame.blueprint,
    login.blueprint,
    images.blueprint,
    changes.blueprint,
    sharing.blueprint,
    servers.blueprint,
    activity.blueprint,
)
prepare = frame.prepare
