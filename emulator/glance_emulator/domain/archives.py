"""Snapshots as one file each: a tar of what the snapshot's folder has."""

from __future__ import annotations

import json
import re
import shutil
import tarfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from glance_emulator.db.base import Base
from glance_emulator.db.world import Fact
from glance_emulator.domain import controls, recovery, snapshots, worlds
from glance_emulator.domain.snapshots import DATABASE, OPTIONS, Snapshot
from glance_emulator.domain.worlds import Opener, World
from glance_emulator.errors import BadRequest, SetupError

Check = Callable[[str, Any], None]
"""Looks at what a document of a snapshot has, by the name of its file; raises ValueError."""
PIECE = 1 << 16
_BLOB = re.compile(r"(stores/[A-Za-z0-9][A-Za-z0-9_-]{0,63}|staging|cache)/blobs/[A-Za-z0-9-]{2}/[A-Za-z0-9-]{1,64}")
_COUNTER = re.compile(rf"{controls.COUNTERS}/[A-Za-z0-9][A-Za-z0-9_.~%-]{{0,254}}")
_COUNT = re.compile(rb"[0-9]{0,20}")
_PLAIN = {DATABASE, controls.FILE, OPTIONS}


def packed(folder: Path) -> Iterator[bytes]:
    """Return the file, in pieces; raise FileNotFoundError, then or later, where the snapshot is deleted meanwhile."""
    files = [(path.relative_to(folder).as_posix(), path) for path in sorted(folder.rglob("*"))]
    if not (folder / DATABASE).exists():
        raise FileNotFoundError(folder)
    return _pieces([(name, path) for name, path in files if _known(name)])


def _pieces(files: Iterable[tuple[str, Path]]) -> Iterator[bytes]:
    for name, path in files:
        entry = tarfile.TarInfo(name)
        entry.size = path.stat().st_size
        yield entry.tobuf(tarfile.PAX_FORMAT)
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece
        yield bytes(-entry.size % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _check_database(world: World) -> None:
    with world.reading() as session:
        if not {*worlds.identity()} <= {*session.scalars(select(Fact.name))}:
            raise BadRequest("This is no file of a snapshot: its database is not that of a world.")
        for table in Base.metadata.sorted_tables:
            session.execute(select(table).limit(1)).all()


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


def unpack(world: World, name: str, pieces: Iterable[bytes], open_world: Opener, check: Check) -> Snapshot:
    """Make a snapshot of the file that comes in pieces; `check` is asked about its documents.

    Raises BadRequest for what is no such file, Conflict where there is a snapshot of this name.
    """
    snapshots.check_name(name, "snapshot")
    with snapshots.arriving(snapshots.folder_of(world), name) as place:
        try:
            with tarfile.open(fileobj=_Body(pieces), mode="r|") as tar:  # type: ignore[call-overload]  # it only reads
                for entry in tar:
                    _extract(tar, entry, place)
        except (tarfile.TarError, EOFError, ValueError) as reason:
            raise BadRequest(f"This is no file of a snapshot: {reason}.") from None
        _check(place, world, open_world, check)
    return snapshots.find(world, name)


def _extract(tar: tarfile.TarFile, entry: tarfile.TarInfo, place: Path) -> None:
    plain = entry.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and not entry.issparse()  # one with holes may be huge
    if not plain or not _known(entry.name):
        raise BadRequest(f"This is no file of a snapshot: it has {entry.name!r}.")
    target = place / PurePosixPath(entry.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        raise BadRequest(f"This is no file of a snapshot: it has {entry.name!r} twice.")
    source = tar.extractfile(entry)
    if source is not None:
        with target.open("xb") as file:
            shutil.copyfileobj(source, file, PIECE)


def _check(folder: Path, world: World, open_world: Opener, check: Check) -> None:
    """Open what came, bring it up to date, and see that it is whole."""
    try:
        for part in (controls.FILE, OPTIONS):
            if (folder / part).exists():
                check(part, json.loads((folder / part).read_text()))
        for path in folder.glob(f"{controls.COUNTERS}/*"):
            if not _COUNT.fullmatch(path.read_bytes()):
                raise ValueError(f"{path.name} does not count")
        if not (folder / DATABASE).exists():
            raise BadRequest(f"This is no file of a snapshot: it has no {DATABASE}.")
        made = open_world(folder, world.name)
        try:
            _check_database(made)
            recovery.after_stop(made)
            with made.reading() as session:
                wanted = recovery.kept(session)
            there = {(store, blob) for store, place in made.places.items() for blob in place.blobs()}
            missing = {store for store, _ in wanted} - made.places.keys()
        finally:
            made.engine.dispose()
    except (SetupError, SQLAlchemyError, ValueError, RecursionError) as reason:
        raise BadRequest(f"This is no snapshot that can be used here: {reason}.") from None
    if missing:
        raise BadRequest(f"The snapshot has images in stores that are not here: {', '.join(sorted(missing))}.")
    if wanted - there:
        raise BadRequest("The file of the snapshot lacks image data.")
