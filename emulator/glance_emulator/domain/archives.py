"""Snapshots as one file each: a tar of what the snapshot's folder has."""

from __future__ import annotations

import json
import re
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from sqlalchemy.exc import SQLAlchemyError

from glance_emulator.domain import controls, recovery, snapshots
from glance_emulator.domain.snapshots import DATABASE, OPTIONS, Snapshot
from glance_emulator.domain.worlds import Opener, World
from glance_emulator.errors import BadRequest, SetupError

PIECE = 1 << 16
_BLOB = re.compile(r"(stores/[A-Za-z0-9][A-Za-z0-9_-]{0,63}|staging|cache)/blobs/[^/.]{2}/[A-Za-z0-9-]{1,64}")
_COUNTER = re.compile(rf"{controls.COUNTERS}/[A-Za-z0-9_.~%-]{{1,255}}")
_PLAIN = {DATABASE, controls.FILE, OPTIONS}


def packed(folder: Path) -> Iterator[bytes]:
    """Yield the file, piece by piece."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or not _known(name):
            continue
        entry = tarfile.TarInfo(name)
        entry.size = path.stat().st_size
        yield entry.tobuf(tarfile.PAX_FORMAT)
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece
        yield bytes(-entry.size % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _known(name: str) -> bool:
    return name in _PLAIN or bool(_BLOB.fullmatch(name) or _COUNTER.fullmatch(name))


class _Body:
    """What comes in pieces, as a file that is read from its beginning to its end."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = b""

    def read(self, size: int) -> bytes:
        while len(self._rest) < size and (piece := next(self._pieces, b"")):
            self._rest += piece
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken


def unpack(world: World, name: str, pieces: Iterable[bytes], open_world: Opener) -> Snapshot:
    """Make a snapshot of the file that comes in pieces.

    Raises BadRequest for what is no such file, Conflict where there is a snapshot of this name.
    """
    snapshots.check_name(name, "snapshot")
    with snapshots.arriving(snapshots.folder_of(world), name) as place:
        try:
            with tarfile.open(fileobj=_Body(pieces), mode="r|") as tar:  # type: ignore[call-overload]  # it only reads
                for entry in tar:
                    _extract(tar, entry, place)
        except (tarfile.TarError, EOFError) as reason:
            raise BadRequest(f"This is no file of a snapshot: {reason}.") from None
        _check(place, world, open_world)
    return snapshots.find(world, name)


def _extract(tar: tarfile.TarFile, entry: tarfile.TarInfo, place: Path) -> None:
    if not entry.isreg() or not _known(entry.name):
        raise BadRequest(f"This is no file of a snapshot: it has {entry.name!r}.")
    target = place / PurePosixPath(entry.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    source = tar.extractfile(entry)
    if source is not None:
        with target.open("xb") as file:
            shutil.copyfileobj(source, file, PIECE)


def _check(folder: Path, world: World, open_world: Opener) -> None:
    """Open what came, bring it up to date, and see that it is whole."""
    try:
        for part in (controls.FILE, OPTIONS):
            if (folder / part).exists() and not isinstance(json.loads((folder / part).read_text()), dict):
                raise ValueError(part)
        if not (folder / DATABASE).exists():
            raise BadRequest(f"This is no file of a snapshot: it has no {DATABASE}.")
        made = open_world(folder, world.name)
        try:
            recovery.after_stop(made)
            with made.reading() as session:
                wanted = recovery.kept(session)
            there = {(store, blob) for store, place in made.places.items() for blob in place.blobs()}
            missing = {store for store, _ in wanted} - made.places.keys()
        finally:
            made.engine.dispose()
    except (SetupError, SQLAlchemyError, ValueError) as reason:
        raise BadRequest(f"This is no snapshot that can be used here: {reason}.") from None
    if missing:
        raise BadRequest(f"The snapshot has images in stores that are not here: {', '.join(sorted(missing))}.")
    if wanted - there:
        raise BadRequest("The file of the snapshot lacks image data.")
