"""Where images' data are, as the API shows it, and as PATCH may change it where a deployment allows that."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image
from glance_emulator.db.rows import Row
from glance_emulator.domain import blobs, downloads, limits, policy
from glance_emulator.errors import BadRequest, Conflict, Forbidden, TooLarge
from glance_emulator.storage import Store

Location = dict[str, Any]
"""As it is kept with an image, or as a request describes it: `{"url": ..., "metadata": {...}}`."""
HASH_LENGTHS = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}
"""Hexadecimal digits of each hash."""
USUAL_HASH = "sha512"
OPEN = ("queued", "active")
"""The states in which an image's locations may be added to or replaced."""


@dataclass(frozen=True)
class Measured:
    """Data that were found somewhere: which store reads them, and how many bytes they are."""

    store: str
    size: int


@dataclass(frozen=True)
class Places:
    """What a change of locations needs to know, found out before its transaction begins."""

    stores: Mapping[str, Store]
    found: Mapping[str, Measured] = field(default_factory=dict)
    """By URL; what is not there leads nowhere."""
    garbage: list[blobs.Garbage] = field(default_factory=list)
    """Blobs that the change leaves to nobody, to be removed after the commit."""


def shown(stores: Mapping[str, Store], image: Image | Row) -> list[Location]:
    """Return the image's locations as the API shows them."""
    return [{"url": url(stores, location), "metadata": location["metadata"]} for location in image.locations]


def url(stores: Mapping[str, Store], location: Location) -> str:
    """Return where a location leads."""
    return str(location.get("url") or stores[location["store"]].url(location["blob"]))


def reader_of(stores: Mapping[str, Store], url: str) -> str | None:
    """Return the name of the store that reads what is at `url`, if there is one."""
    return next((name for name, store in stores.items() if store.serves(url)), None)


def survey(stores: Mapping[str, Store], urls: Iterable[str]) -> Places:
    """Look what there is at these URLs; takes as long as the servers there take to answer."""
    found = {}
    for asked in set(urls):
        store = reader_of(stores, asked)
        if store is not None and downloads.fault(asked) is None:
            try:
                found[asked] = Measured(store, stores[store].measure(asked))
            except FileNotFoundError:
                continue
    return Places(stores, found)


def change(
    session: Session, caller: Caller, image: Image, op: str, path: Sequence[str], value: Any, places: Places | None
) -> None:
    """Do one operation of a PATCH on the image's locations; without `places`, they are closed to change.

    Raises Forbidden, Conflict for the state of the image or validation data that do not fit it, TooLarge over the
    limit, BadRequest for positions and URLs that there are not.
    """
    if op == "replace" and not value:
        raise Forbidden("The locations of an image cannot be replaced by none.")
    action = "delete_image_location" if op == "remove" else "set_image_location"
    policy.enforce(caller, action, image.owner, image)
    if places is None:
        raise Forbidden("Locations are not open to change.")
    if image.status not in OPEN if op != "remove" else image.status != "active":
        raise Conflict(f"The image {image.id} is {image.status}; its locations cannot be changed.")
    _CHANGES[op](session, image, path[-1], value, places)


def _add(session: Session, image: Image, position: str, value: Location, places: Places) -> None:
    """Add one; whatever place in the list it is to get, it becomes the last, as in the real service's database."""
    given = _check_validation(image, value.get("validation_data", {}))
    if position != "-" and not position.isdecimal():
        raise BadRequest(f"{position!r} is not a position for a location.")
    append(image, value, places)
    _describe(image, given, places.found[value["url"]])


def append(image: Image, value: Location, places: Places) -> None:
    """Give the image one more location."""
    if len(image.locations) >= limits.LOCATIONS:
        raise TooLarge(f"An image may have {limits.LOCATIONS} locations.")
    found = places.found.get(value["url"])
    if found is None:
        raise BadRequest(f"There are no data to be had at {value['url']}.")
    if any(value["url"] == url(places.stores, location) for location in image.locations):
        raise BadRequest(f"The image has the location {value['url']} already.")
    refuse_formless(image)
    image.locations = [
        *image.locations,
        {"store": found.store, "url": value["url"], "metadata": _metadata(value, found.store)},
    ]


def refuse_formless(image: Image) -> None:
    """Raise BadRequest for an image that lacks what data need."""
    if image.disk_format is None or image.container_format is None:
        raise BadRequest(f"The image {image.id} needs a disk_format and a container_format before it takes data.")


def _replace(session: Session, image: Image, _: str, value: list[Location], places: Places) -> None:
    """Set all of an image without any; of others only order and metadata may change."""
    for one in value:
        _check_validation(image, one.get("validation_data", {}))
    if not image.locations:
        if len(value) > limits.LOCATIONS:
            raise TooLarge(f"An image may have {limits.LOCATIONS} locations.")
        for one in value:
            _add(session, image, "-", one, places)
        return
    known = {url(places.stores, location): location for location in image.locations}
    if sorted(known) != sorted(one["url"] for one in value):
        raise BadRequest("The image has locations; replacing them may not add or remove any.")
    image.locations = [{**known[one["url"]], "metadata": _metadata(one, known[one["url"]]["store"])} for one in value]


def _remove(session: Session, image: Image, position: str, value: None, places: Places) -> None:
    if len(image.locations) == 1:
        raise Forbidden(f"The image {image.id} would be left without data.")
    last = len(image.locations) - 1
    place = last if position == "-" else int(position) if position.isdecimal() else -1
    if not 0 <= place <= last:
        raise BadRequest(f"The image has no location at {position!r}.")
    places.garbage.extend(blobs.release(session, [image.locations[place]]))
    image.locations = [*image.locations[:place], *image.locations[place + 1 :]]


_CHANGES: Mapping[str, Callable[[Session, Image, str, Any, Places], None]] = {
    "add": _add,
    "replace": _replace,
    "remove": _remove,
}


def _metadata(value: Location, store: str) -> dict[str, str]:
    """Return what is told of a location: what was said of it, and its store, whatever was said of that."""
    metadata = {**value["metadata"], "store": store}
    if not all(isinstance(text, str) for text in metadata.values()):
        raise BadRequest("The metadata of a location are strings.")
    return metadata


def _check_validation(image: Image, given: Mapping[str, str]) -> Mapping[str, str]:
    """Return what a request says the data come to; raise Conflict if that cannot be, or is known to be otherwise."""
    for name, value in given.items():
        known = getattr(image, name)
        if image.status != "queued" and known != value:
            raise Conflict(f"The image {image.id} has data already, and a {name} of {known}.")
    if given and (fault := hash_fault(given["os_hash_algo"], given["os_hash_value"])):
        raise Conflict(fault)
    if given and given["os_hash_algo"] != USUAL_HASH:
        raise Conflict(f"os_hash_algo must be {USUAL_HASH}.")
    if "checksum" in given and (fault := hash_fault("md5", given["checksum"])):
        raise Conflict(fault)
    return given


def hash_fault(algorithm: str, value: str) -> str | None:
    """Say why `value` is no hash of this kind, or None if it could be one."""
    length = HASH_LENGTHS.get(algorithm)
    if length is None:
        return f"There is no hash {algorithm}; there are {', '.join(HASH_LENGTHS)}."
    if not re.fullmatch(f"[0-9a-fA-F]{{{length}}}", value):
        return f"A hash {algorithm} has {length} hexadecimal digits, not like {value!r}."
    return None


def _describe(image: Image, given: Mapping[str, str], found: Measured) -> None:
    """Let a queued image be what its first location is said to hold."""
    if image.status != "queued":
        return
    image.status, image.size = "active", found.size
    for name, value in given.items():
        setattr(image, name, value)
