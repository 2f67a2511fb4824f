"""/metrics: what was answered, and what there is, for Prometheus."""

from __future__ import annotations

from flask import Blueprint, Response

from glance_emulator.domain import census
from glance_emulator.web import metrics
from glance_emulator.web.transaction import reading

blueprint = Blueprint("metrics", __name__)

blueprints = (blueprint,)
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@blueprint.get("/metrics")
def show() -> Response:
    """Show all metrics."""
    with reading() as session:
        found = census.take(session)
    return Response(metrics.text(found), content_type=MEDIA_TYPE)
