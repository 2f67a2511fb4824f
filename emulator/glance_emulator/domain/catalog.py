"""The catalog: the services that there are, and at which addresses."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.db.identity import Endpoint, Service

INTERFACES = ("public", "internal", "admin")

_PLACES = re.compile(r"[$%]\((project_id|tenant_id|user_id)\)s")


def listed(session: Session, base_url: str, user_id: str, project_id: str | None) -> list[dict[str, Any]]:
    """Return the enabled services that have an enabled endpoint; `base_url` stands before addresses that are paths.

    An endpoint whose address names a project is left out where there is none.
    """
    statement = select(Service, Endpoint).join(Endpoint, Endpoint.service_id == Service.id)
    rows = session.execute(statement.where(Service.enabled, Endpoint.enabled).order_by(Service.type, Service.id)).all()
    values = {"project_id": project_id, "tenant_id": project_id, "user_id": user_id}
    entries: dict[str, dict[str, Any]] = {}
    for service, endpoint in sorted(rows, key=lambda row: INTERFACES.index(row.Endpoint.interface)):
        names = _PLACES.findall(endpoint.url)
        if any(values[name] is None for name in names):
            continue
        entry = entries.setdefault(
            service.id, {"endpoints": [], "id": service.id, "type": service.type, "name": service.name or ""}
        )
        entry["endpoints"].append(
            {
                "id": endpoint.id,
                "interface": endpoint.interface,
                "region_id": endpoint.region_id,
                "url": _PLACES.sub(lambda place: values[place[1]] or "", resolved(endpoint.url, base_url)),
                "region": endpoint.region_id,
            }
        )
    return list(entries.values())


def resolved(url: str, base_url: str) -> str:
    """Return an endpoint's address as clients need it; `/` is the base itself."""
    return base_url + url.rstrip("/") if url.startswith("/") else url
