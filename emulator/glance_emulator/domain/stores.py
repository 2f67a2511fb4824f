"""Stores: what there are, and taking an image's data out of one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.domain import blobs, images, policy
from glance_emulator.errors import Conflict, Forbidden, NotFound
from glance_emulator.storage import Store

OWN = frozenset({"os_glance_staging_store", "os_glance_tasks_store"})
"""Stores that every deployment has for itself, and never lists; no image has its data there."""


@dataclass(frozen=True)
class Described:
    """A store as it is told of; what only some may know is left out for the others."""

    id: str
    default: bool
    read_only: bool = False
    details: Mapping[str, Any] = field(default_factory=dict)


def index(stores: Mapping[str, Store]) -> Sequence[Described]:
    """Return the stores; anybody may know of them."""
    return [Described(name, number == 0, store.read_only) for number, (name, store) in enumerate(stores.items())]


def detail(caller: Caller, stores: Mapping[str, Store]) -> Sequence[Described]:
    """Return the stores with what they are made of; raise Forbidden."""
    policy.enforce(caller, "stores_info_detail")
    return [
        Described(name, number == 0, store.read_only, _details(caller, store))
        for number, (name, store) in enumerate(stores.items())
    ]


def _details(caller: Caller, store: Store) -> dict[str, Any]:
    told: dict[str, Any] = {"type": store.kind, "properties": store.properties()}
    if "store-properties" in caller.lacks:
        told["properties"] = {}
    if "store-weight" not in caller.lacks:
        told["weight"] = 0  # of all, as in the real service unless its configuration says otherwise
    return told


def remove(
    session: Session, caller: Caller, stores: Mapping[str, Store], name: str, image_id: str, now: datetime
) -> list[blobs.Garbage]:
    """Take an image's data out of one store; return the blobs that nobody refers to any more.

    Raises Conflict for a store that there is not, before all else, then NotFound and Forbidden, Conflict unless the
    image is active, Forbidden for the only store that has the data, NotFound for one that does not have them.
    A protected image is no exception.
    """
    if name not in stores and name not in OWN:
        raise Conflict(f"There is no store {name}; there are {', '.join(stores)}.")
    image = images.get(session, caller, image_id)
    policy.enforce(caller, "get_image_location", image.owner, image)
    policy.enforce(caller, "delete_image_location", image.owner, image)
    if image.status != "active":
        raise Conflict(f"The image {image_id} is {image.status}; data are taken out of a store for active images only.")
    if len(image.locations) == 1:
        raise Forbidden(f"Only one store has the data of image {image_id}; delete the image instead.")
    place = next((place for place, location in enumerate(image.locations) if location["store"] == name), None)
    if place is None:
        raise NotFound(f"The store {name} has no data of image {image_id}.")
    garbage = blobs.release(session, [image.locations[place]])
    image.locations = [*image.locations[:place], *image.locations[place + 1 :]]
    image.updated_at = now
    return garbage
