"""Imports being done, in the background.

The data come to the staging store first, unless a store of the image has them; there they are judged, and from there
put into one store after the other. A run may have been cut off anywhere: the next leaves alone what is in its place.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image
from glance_emulator.db.tasks import Task
from glance_emulator.domain import blobs, data, import_sources, quotas, task_log, transfer
from glance_emulator.domain.formats import Inspector
from glance_emulator.domain.imports import FAILED, IMPORTING, TASK
from glance_emulator.domain.transfer import Content
from glance_emulator.domain.worlds import World
from glance_emulator.errors import Conflict, Refusal, TooLarge
from glance_emulator.storage import Store

Formats = tuple[str | None, str | None]
"""Of the disk and of the container."""
PIECE = 1 << 20
"""Bytes that are read from the staging store at a time."""
DELETED = "The image was deleted while it was imported."
FETCHES = ("web-download", "glance-download")
LOOKS_UP = 5.0
"""Seconds of a download after which it is asked whether the image is still there."""


def run(
    world: World, image_id: str, task_id: str, method: str, stores: Sequence[str], must: bool, source: Mapping[str, Any]
) -> None:
    """Import the data into the stores; `must` says that none of them may fail."""
    work = _Import(world, image_id, task_id, must)
    try:
        missing = work.begin(stores)
        work.weigh(method)
        if missing and method in FETCHES and not work.has_data:
            work.fetch(source, of_glance=method == "glance-download")
        if method != "copy-image":
            work.weigh_staged()
        for store in missing:
            work.put(store)
        work.end()
    except _Over:
        work.leave()
    finally:
        work.close()


def fail(
    world: World,
    reason: Exception,
    image_id: str,
    task_id: str,
    method: str,
    stores: Sequence[str],
    must: bool,
    source: Mapping[str, Any],
) -> None:
    """Take the data out of the stores again, and say why.

    Where the data were fetched, the image is queued again. Where they were staged they still are, and the image stays
    `importing`, as the real service leaves it; deleting it is all that is left.
    """
    work = _Import(world, image_id, task_id, must)
    try:
        garbage = work.take_back(stores, empties=method != "copy-image")
        blobs.remove(world.stores, garbage)
        if method in FETCHES or (method == "glance-direct" and isinstance(reason, TooLarge)):
            work.wait_again(() if isinstance(reason, import_sources.Unknown | TooLarge) else stores)
        work.unlock(_words(reason))
    except _Over:
        work.leave()


def _words(reason: Exception) -> str:
    return reason.message if isinstance(reason, Refusal) else f"The import failed: {type(reason).__name__}."


class _Over(Exception):
    """The image was deleted, or this import had come to its end before."""


class _Import:
    """An import with its image, its task and its bytes."""

    def __init__(self, world: World, image_id: str, task_id: str, must: bool) -> None:
        self._world = world
        self._image_id = image_id
        self._task_id = task_id
        self._must = must
        self._reason: Exception | None = None
        self.has_data = False
        """Whether some store of the image has the data."""

    @property
    def _staging(self) -> Store:
        return self._world.places[blobs.STAGING]

    @contextmanager
    def _changing(self) -> Iterator[tuple[Session, Image]]:
        """Open a transaction with the image; raise _Over if there is none for this import."""
        with self._world.writing() as session:
            mine = (Image.id == self._image_id, Image.deleted_at.is_(None))
            image = session.scalars(select(Image).where(*mine).with_for_update()).one_or_none()
            if image is None or image.properties.get(TASK) != self._task_id:
                raise _Over
            yield session, image

    def begin(self, stores: Sequence[str]) -> list[str]:
        """Return the stores that have yet to get the data."""
        with self._changing() as (session, image):
            task_log.progress(session, self._task_id, self._world.clock())
            have = {location["store"] for location in image.locations}
            missing = [store for store in stores if store not in have]
            _tell(image, importing=missing, failed=_told(image, FAILED) - set(missing))
        self.has_data = bool(have)
        return missing

    def weigh(self, method: str) -> None:
        """Raise TooLarge if the project that wants the import has more on the stage than it may."""
        with self._changing() as (session, image):
            if method == "copy-image":
                quotas.check_size(session, self._wanted_by(session), quotas.STAGED, image.size)
            elif method in FETCHES:
                for resource in (quotas.STAGED, quotas.UPLOADING):
                    quotas.check(session, self._wanted_by(session), resource)

    def weigh_staged(self) -> None:
        """Raise TooLarge if the project that wants the import may not have what is on the stage in its stores."""
        if self.has_data:
            return
        with closing(self._staging.open(self._image_id)) as file:
            size = file.seek(0, io.SEEK_END)
        with self._changing() as (session, _):
            quotas.check_size(session, self._wanted_by(session), quotas.SIZE, size)

    def _wanted_by(self, session: Session) -> Caller:
        task = session.get_one(Task, self._task_id)
        return Caller(task.user_id, task.owner)

    def fetch(self, source: Mapping[str, Any], *, of_glance: bool) -> None:
        """Bring the data to the staging store, and of an image elsewhere what describes them."""
        size = self._take_over(import_sources.remote(source)) if of_glance else None
        self._stage(import_sources.pieces(source, size, self._world.lacks))

    def _stage(self, pieces: Iterator[bytes]) -> None:
        incoming = self._staging.receive(self._image_id)
        try:
            for _ in transfer.written(incoming, self._while_wanted(pieces), None):
                pass
            self._staging.remove(self._image_id)  # what a run that was cut off has left
            incoming.keep(self._image_id)
        finally:
            incoming.drop()

    def _take_over(self, remote: import_sources.Remote) -> int:
        with self._changing() as (_, image):
            image.disk_format, image.container_format = remote.disk_format, remote.container_format
            image.properties = {**image.properties, **remote.properties}
        return remote.size

    def _while_wanted(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        looked = time.monotonic()
        for piece in pieces:
            if time.monotonic() - looked > LOOKS_UP:
                looked = time.monotonic()
                with self._changing():
                    pass
            yield piece

    def put(self, store: str) -> None:
        """Put the data into a store; raise what hinders that if none may fail."""
        try:
            self._put(store)
        except _Over:
            raise
        except Exception as reason:
            self._reason = reason
            with self._changing() as (_, image):
                _tell(image, importing=_told(image, IMPORTING) - {store}, failed=_told(image, FAILED) | {store})
            if self._must:
                raise

    def _put(self, store: str) -> None:
        file, content, formats = self._data
        incoming = self._world.stores[store].receive(self._image_id)
        try:
            incoming.copy(file)
            with self._changing() as (session, image):
                if formats not in (None, _formats(image)):
                    raise Conflict("The formats of the image were changed after its data had been judged.")
                location = blobs.keep(session, store, content.sha512, content.size, incoming)
                image.locations = [*image.locations, location]
                image.updated_at = self._world.clock()
                data.describe(image, content)
                _tell(image, importing=_told(image, IMPORTING) - {store}, failed=_told(image, FAILED))
                if image.status == "importing" and not self._must:
                    image.status = "active"
        finally:
            incoming.drop()

    @cached_property
    def _data(self) -> tuple[BinaryIO, Content, Formats | None]:
        """The data, what is to be told of them, and for which formats they were judged unless that is long ago."""
        with self._changing() as (_, image):
            formats = _formats(image)
        if not image.locations:
            file = self._staging.open(self._image_id)
            return file, _examined(file, Inspector(*formats, self._world.lacks)), formats
        file = data.open_blob(self._world.stores, image)
        if not file.seekable():  # it is on the web, and every store would have to fetch it
            with closing(file):
                self._stage(_pieces(file))
            file = self._staging.open(self._image_id)
        # They were judged when they came, and most are known since.
        return file, data.described(image) or _examined(file, Inspector(None, None)), None

    def close(self) -> None:
        """Close the data, if they were opened."""
        if "_data" in vars(self):
            self._data[0].close()

    def end(self) -> None:
        """Come to the end: well, unless no store has the data."""
        with self._changing() as (_, image):
            empty = not image.locations
            if empty:
                _empty(image, "queued")
            elif image.status == "importing":
                image.status = "active"
        self._staging.remove(self._image_id)
        self.unlock(_words(self._reason) if empty and self._reason else "There was no store." if empty else None)

    def take_back(self, stores: Sequence[str], *, empties: bool) -> list[blobs.Garbage]:
        """Take the image's data out of these stores; return the blobs that nobody refers to any more."""
        with self._changing() as (session, image):
            put = [location for location in image.locations if location["store"] in stores]
            image.locations = [location for location in image.locations if location not in put]
            if put and empties:
                _empty(image, image.status)
            return blobs.release(session, put)

    def wait_again(self, failed: Iterable[str]) -> None:
        """Let the image wait for data as it did before."""
        with self._changing() as (_, image):
            _empty(image, "queued")
            if failed:
                _tell(image, importing=(), failed=_told(image, FAILED) | set(failed))
        self._staging.remove(self._image_id)

    def unlock(self, failure: str | None) -> None:
        """Let go of the image, and end the task."""
        with self._changing() as (session, image):
            image.properties = {name: value for name, value in image.properties.items() if name != TASK}
            image.updated_at = now = self._world.clock()
            message = f"{image.size >> 20} MiB were imported." if image.size else ""
            task_log.finish(session, self._task_id, now, failure=failure, message=message)

    def leave(self) -> None:
        """Clear away what came for an image that has gone."""
        with self._world.writing() as session:
            image = session.get_one(Image, self._image_id)
            task_log.finish(session, self._task_id, self._world.clock(), failure=DELETED)
        if image.deleted_at is not None:
            self._staging.remove(self._image_id)


def _examined(file: BinaryIO, inspector: Inspector) -> Content:
    try:
        return transfer.examine(_pieces(file), inspector)
    except BaseException:
        file.close()
        raise


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(PIECE), b"")


def _formats(image: Image) -> Formats:
    return image.disk_format, image.container_format


def _told(image: Image, name: str) -> set[str]:
    return set(filter(None, image.properties.get(name, "").split(",")))


def _tell(image: Image, *, importing: Iterable[str], failed: Iterable[str]) -> None:
    told = {IMPORTING: ",".join(sorted(importing)), FAILED: ",".join(sorted(failed))}
    image.properties = {**image.properties, **told}


def _empty(image: Image, status: str) -> None:
    image.status = status
    image.size = image.virtual_size = image.checksum = image.os_hash_algo = image.os_hash_value = None
