"""Snapshots of a world: folders beside its database that have all it had, but for the journal.

Image data cost no bytes: a blob is never changed, so each folder has its own name (a hard link) for the same file.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from glance_emulator.db import copies
from glance_emulator.db.world import Fact
from glance_emulator.domain import controls, generation, recovery, worlds
from glance_emulator.domain.worlds import Opener, World
from glance_emulator.errors import BadRequest, Conflict, NotFound
from glance_emulator.storage import locks
from glance_emulator.storage.disk import Disk

FOLDER = "snapshots"
LOCK = "snapshots.lock"
UNDER_WAY = "under-way"
OPTIONS = "options.json"
"""What is different in a world from how the server was told to be."""
DATABASE = "world.sqlite"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
NAMES = "1 to 100 letters, digits, dots, dashes and underscores, beginning with a letter or digit"


@dataclass(frozen=True)
class Snapshot:
    """A world as it was."""

    name: str
    created_at: datetime
    """Real time, in UTC, naive, whatever the world's clock said."""
    folder: Path


def check_name(name: str, what: str) -> None:
    """Raise BadRequest for what cannot be a name."""
    if not NAME.fullmatch(name):
        raise BadRequest(f"{name!r} cannot be the name of a {what}: that has {NAMES}.")


def index(world: World) -> list[Snapshot]:
    """Return the world's snapshots, oldest first."""
    found = []
    for path in folder_of(world).glob("*"):
        with suppress(FileNotFoundError):  # it may be deleted just now
            if NAME.fullmatch(path.name):
                found.append(_snapshot(path))
    return sorted(found, key=lambda one: (one.created_at, one.name))


def find(world: World, name: str) -> Snapshot:
    """Return a snapshot; raise NotFound."""
    path = folder_of(world) / name
    if NAME.fullmatch(name):
        with suppress(FileNotFoundError):
            return _snapshot(path)
    raise NotFound(f"The world {world.name} has no snapshot {name}.")


def _snapshot(path: Path) -> Snapshot:
    made = (path / DATABASE).stat().st_mtime
    return Snapshot(path.name, datetime.fromtimestamp(made, UTC).replace(tzinfo=None), path)


def folder_of(world: World) -> Path:
    """Return the folder of a world's snapshots; raise Conflict where there can be none."""
    if world.folder is None:
        raise Conflict("This world has no folder for snapshots.")
    return world.folder / FOLDER


def save(world: World, name: str, open_world: Opener) -> Snapshot:
    """Keep the world as it is now; raise BadRequest for the name, Conflict where there is such a snapshot."""
    check_name(name, "snapshot")
    with arriving(folder_of(world), name) as place:
        copy(world, place, open_world)
    return find(world, name)


def delete(world: World, name: str) -> None:
    """Forget a snapshot; raise NotFound."""
    with alone(world):
        discard(find(world, name).folder)


def discard(folder: Path) -> None:
    """Remove a folder: it is gone at once, its files soon."""
    gone = folder.with_name(f".gone-{folder.name}-{controls.FREE.uuid('folder')}")
    folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


@contextmanager
def alone(world: World) -> Iterator[None]:
    """Let nobody else copy, restore, reset or delete the world, or a snapshot of it; raise NotFound where it has gone.

    Each of them removes data that nothing speaks of any more, of which another could have thought that they are there.
    """
    if world.folder is None:
        yield
        return
    with ExitStack() as ending:
        try:
            ending.enter_context(locks.alone(world.folder / LOCK))
        except FileNotFoundError:
            raise NotFound(f"There is no world {world.name}.") from None
        yield


@contextmanager
def arriving(parent: Path, name: str) -> Iterator[Path]:
    """Give a folder to be filled, which has its name when the block ends; raise Conflict where there is one already."""
    parent.mkdir(exist_ok=True)
    if (parent / name / DATABASE).exists():
        raise Conflict(f"There is {name} already.")
    with suppress(FileNotFoundError):  # what is there without a database was left when the last one was deleted
        discard(parent / name)
    place = Path(tempfile.mkdtemp(prefix=".new-", dir=parent))
    try:
        yield place
        place.rename(parent / name)
    except OSError as reason:
        if (parent / name).exists():
            raise Conflict(f"There is {name} already.") from reason
        raise
    finally:
        shutil.rmtree(place, ignore_errors=True)


def copy(world: World, place: Path, open_world: Opener) -> None:
    """Fill a folder with all that the world has, but for its journal and snapshots; raise Conflict where it cannot be.

    What was on its way into the world (uploads, work in the background) is in the copy as after a crash: it begins
    again.
    """
    if not copies.possible(world.engine):
        raise Conflict("A world can be copied where it is kept in SQLite; this one is not.")
    with alone(world), copies.resting(world.engine):
        copies.save(world.engine, place / DATABASE)
        made = open_world(place, world.name)
        try:
            _adopt(made, world)
        finally:
            made.engine.dispose()
        if world.folder is not None:
            made.controls.replace(world.folder)
            if (world.folder / OPTIONS).exists():
                shutil.copyfile(world.folder / OPTIONS, place / OPTIONS)
    recovery.after_stop(made)
    made.engine.dispose()


def duplicate(source: Path, place: Path, open_world: Opener) -> None:
    """Fill a folder with what another has that nobody serves, as a world of its own."""
    copies.duplicate(source / DATABASE, place / DATABASE, _own())
    if not (source / controls.FILE).exists() and not any(source.glob("**/blobs/??/*")):
        return  # that is all, as of a new world
    before, made = open_world(source, ""), open_world(place, "")
    try:
        _adopt(made, before)
        made.controls.replace(source)
    finally:
        before.engine.dispose()
        made.engine.dispose()


def _own() -> dict[str, str]:
    """Return the facts by which a world is another than the one it was copied from, and has tokens of its own."""
    return {**worlds.identity(), generation.NAME: generation.new()}


def _adopt(world: World, source: World) -> None:
    """Have all the files that the source speaks of; those that are there already stay."""
    with source.reading() as session:
        wanted = recovery.kept(session)
    for place, blob in wanted:
        there, here = source.places.get(place), world.places.get(place)
        if isinstance(there, Disk) and isinstance(here, Disk):
            here.adopt(blob, there)


def restore(world: World, name: str, open_world: Opener) -> None:
    """Let the world be again as it was, its controls included; raise NotFound, or Conflict where it cannot be.

    Tokens of before go on to be valid where their users are still there, since the world's key stays what it is.
    """
    if not copies.possible(world.engine):
        raise Conflict("A world can be restored where it is kept in SQLite; this one is not.")
    with alone(world):
        folder = find(world, name).folder
        with under_way(world, name):
            bring_back(world, folder, open_world)


@contextmanager
def under_way(world: World, name: str) -> Iterator[None]:
    """Remember, should the process be killed in the block, what is to be done once more: a restore, or "" for reset."""
    if world.folder is None:
        yield
        return
    path = world.folder / UNDER_WAY
    path.with_name(f"{UNDER_WAY}.new").write_text(name)
    path.with_name(f"{UNDER_WAY}.new").replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def cut_off(world: World) -> str | None:
    """Return what is under way, or was when a process was killed, which can be told apart where one is alone."""
    with suppress(FileNotFoundError):
        return (world.folder / UNDER_WAY).read_text() if world.folder is not None else None
    return None


def bring_back(world: World, folder: Path, open_world: Opener) -> None:
    """Let the world be as a snapshot's folder has it; to be called alone."""
    with world.reading() as session:
        before = recovery.kept(session)
        stays = {fact.name: fact.value for fact in session.scalars(select(Fact)) if fact.name in worlds.identity()}
    saved = open_world(folder, world.name)
    try:
        _adopt(world, saved)
        with copies.replacing(world.engine, folder / DATABASE, {**stays, generation.NAME: generation.new()}):
            world.controls.replace(folder)  # while nobody writes: no id is given that was given already
        _adopt(world, saved)  # who deleted an image just before has removed its data just now
    finally:
        saved.engine.dispose()
    with world.reading() as session:
        garbage = before - recovery.kept(session)
    for place, blob in garbage:
        if place in world.places:
            world.places[place].remove(blob)
