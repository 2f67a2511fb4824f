"""Imports as they are ordered: data that were staged, that lie elsewhere, or that another store has already.

An order is checked here and becomes a job in the background, done by `import_runs`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image
from glance_emulator.domain import background, downloads, images, policy, quotas, task_log
from glance_emulator.domain.worlds import World
from glance_emulator.errors import BadRequest, Conflict

BEGINS_IN = {
    "glance-direct": "uploading",
    "web-download": "queued",
    "glance-download": "queued",
    "copy-image": "active",
}
"""The methods, and the state in which each finds the image."""
_UNSAID: Any = object()
TASK, IMPORTING, FAILED = "os_glance_import_task", "os_glance_importing_to_stores", "os_glance_failed_import"
"""Properties that tell of an import: the task that has the image, stores that are to get it, stores that did not."""


@dataclass(frozen=True)
class Order:
    """An import as it was asked for."""

    request: Mapping[str, Any]
    """The body of the request."""
    store: str | None = None
    """The only store that is to get the data, if a header named one."""
    fault: str | None = None
    """What is wrong with what the method needs, if anything is; see `fault`."""
    source: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What fetches the data: `url`, and the caller's `token`, which is kept with the job and goes with it."""

    @property
    def method(self) -> Any:
        """Whatever was given as the method's name."""
        return self.request["method"]["name"]


def fault(method: Mapping[str, Any], lacks: Collection[str]) -> str | None:
    """Say what is wrong with what the method needs, or None; looks hosts up, so not to be called in a transaction."""
    check = _FAULTS.get(str(method["name"]))
    return check(method, lacks) if check else None


def _fault_of_web_download(method: Mapping[str, Any], lacks: Collection[str]) -> str | None:
    wrong = downloads.fault(method.get("uri"), lacks)
    return f"The uri of a web-download cannot be fetched: {wrong}." if wrong else None


def _fault_of_glance_download(method: Mapping[str, Any], _: Collection[str]) -> str | None:
    for name in ("glance_region", "glance_image_id"):
        if name not in method:
            return f"A glance-download needs a {name}."
    try:
        uuid.UUID(str(method["glance_image_id"]))
    except ValueError:
        return "glance_image_id must be the id of an image."
    return None


_FAULTS: Mapping[str, Callable[[Mapping[str, Any], Collection[str]], str | None]] = {
    "web-download": _fault_of_web_download,
    "glance-download": _fault_of_glance_download,
}


def submit(
    session: Session, caller: Caller, world: World, image_id: str, order: Order, request_id: str, now: datetime
) -> None:
    """Let the image's data be imported in the background.

    Raises, in this order: BadRequest for an unknown method, TooLarge over the project's quota, NotFound, Conflict for
    the image's state and for formats that it lacks, NotFound, Forbidden, Conflict while another import has the image,
    BadRequest and Conflict for the stores, BadRequest for what the method needs (of a glance-download before policy is
    asked).
    """
    if order.method not in world.features.import_methods:
        raise BadRequest(f"The import methods are {', '.join(world.features.import_methods)}, not {order.method!r}.")
    quotas.check(session, caller, quotas.SIZE)
    image = images.get(session, caller, image_id)
    _check_state(image, order.method)
    if order.fault and order.method == "glance-download":
        raise BadRequest(order.fault)
    copies = order.method == "copy-image"
    policy.enforce(caller, "copy_image" if copies else "modify_image", image.owner, image)
    if TASK in image.properties:
        raise Conflict(f"Another import has the image {image_id}.")
    stores = _stores(order, tuple(world.stores), image)
    if order.fault:
        raise BadRequest(order.fault)
    task = task_log.begin(
        session, caller, "api_image_import", now, image_id=image_id, request_id=request_id,
        input={"image_id": image_id, "import_req": order.request, "backend": stores},
    )  # fmt: skip
    told = {TASK: task.id, IMPORTING: ",".join(sorted(stores)), FAILED: image.properties.get(FAILED, "")}
    image.properties = {**image.properties, **told}
    image.updated_at = now
    if not copies:
        image.status = "importing"
    must = order.request.get("all_stores_must_succeed", True)
    background.submit(
        session, "import", now, image_id=image_id, task_id=task.id, method=order.method, stores=stores, must=must,
        source=dict(order.source),
    )  # fmt: skip


def _check_state(image: Image, method: str) -> None:
    if image.status != BEGINS_IN[method]:
        raise Conflict(f"The image {image.id} is {image.status}; {method} is for images that are {BEGINS_IN[method]}.")
    if image.status == "uploading" and image.size is None:
        raise Conflict(f"The data of the image {image.id} are still coming to the stage.")
    for name in ("container_format", "disk_format"):
        if getattr(image, name) is None:
            raise Conflict(f"The image {image.id} needs a {name} before its data are imported.")


def _stores(order: Order, known: Sequence[str], image: Image) -> list[str]:
    """Return the stores that are to get the data; raise BadRequest or Conflict."""
    named, everywhere = order.request.get("stores", _UNSAID), order.request.get("all_stores", False)
    if named is not _UNSAID and order.store is not None:
        raise BadRequest("Stores are named by the body or by a header, not by both.")
    if everywhere and (named is not _UNSAID or order.store is not None):
        raise BadRequest("These are all stores or those that are named, not both.")
    present = {location["store"] for location in image.locations}
    if everywhere:
        return [name for name in known if name not in present]
    wanted = [known[0] if order.store is None else order.store] if named is _UNSAID else named
    if not isinstance(wanted, list | str | dict):
        raise BadRequest("stores must be a list of names.")
    for name in wanted:
        if name not in known:
            raise Conflict(f"There is no store {name!r}; there are {', '.join(known)}.")
    for name in wanted:
        if name in present:
            raise BadRequest(f"The store {name} has the image {image.id} already.")
    return list(dict.fromkeys(wanted))
