"""All worlds of a state: the one at the root, and others below /w/NAME, each in a folder of its own.

Which there are, the folders say, so every process knows of every world; a process opens one when it is asked for it,
and then takes up the work that waits there.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.exc import SQLAlchemyError

from glance_emulator.domain import recovery, snapshots
from glance_emulator.domain.snapshots import DATABASE, NAME, OPTIONS
from glance_emulator.domain.worlds import DEFAULT, World
from glance_emulator.errors import BadRequest, Conflict, NotFound, Refusal, SetupError

FOLDER = "worlds"
TEMPLATE = "template"


class Maker(Protocol):
    """Opens worlds, and makes new ones, as the server was told to."""

    def open(self, folder: Path, name: str) -> World:
        """Open the world that a folder keeps; whoever has it disposes of its engine."""
        ...

    def found(self, folder: Path) -> None:
        """Begin a new world in a folder; raise Conflict where the settings name what cannot be used any more."""
        ...

    def reset(self, world: World) -> None:
        """Let a world be as a new one is; raise Conflict where none could be made, and leave it; to be called alone."""
        ...

    def prepare(self, world: World, quotas: Mapping[str, int]) -> None:
        """Write into a new world what its options want."""
        ...


class Universe:
    """The worlds as one process has them."""

    def __init__(self, default: World, maker: Maker | None = None) -> None:
        """Take the world at the root; without a maker it is the only one."""
        self.default = default
        self._maker = maker
        self._open: dict[str, tuple[World, int]] = {}
        self._lock = threading.Lock()

    @property
    def maker(self) -> Maker:
        """What opens and makes worlds; raises Conflict where nothing does."""
        if self._maker is None:
            raise Conflict("There can be no other worlds here.")
        return self._maker

    @property
    def _home(self) -> Path:
        """The folder of the world at the root, which has those of all others; raises Conflict where it has none."""
        if self.default.folder is None:
            raise Conflict("There can be no other worlds here.")
        return self.default.folder

    def names(self) -> list[str]:
        """Return the names of all worlds, that at the root first."""
        if self._maker is None:
            return [DEFAULT]
        others = (self._home / FOLDER).glob(f"*/{DATABASE}")
        return [DEFAULT, *sorted(path.parent.name for path in others if NAME.fullmatch(path.parent.name))]

    def find(self, name: str) -> World:
        """Return a world; raise NotFound. What is open already costs a look at its folder."""
        if name == DEFAULT:
            return self.default
        try:
            born = (self._place(name) / DATABASE).stat().st_ino
        except OSError:
            raise _no(name) from None
        known = self._open.get(name)
        return known[0] if known and known[1] == born else self._opened(name, born)

    def check(self, world: World) -> None:
        """Raise NotFound if a world that was found has been deleted meanwhile, even if there is one of its name."""
        if self.find(world.name) is not world:
            raise _no(world.name)

    def _opened(self, name: str, born: int) -> World:
        with self._lock:
            known = self._open.get(name)
            if known and known[1] == born:
                return known[0]
            self._close_what_is_gone()
            world = self._made(name)
            self._open[name] = (world, born)
        world.runner.wake()
        return world

    def _made(self, name: str) -> World:
        place = self._place(name)
        try:
            return self.maker.open(place, name)
        except (SetupError, SQLAlchemyError, OSError):
            if (place / DATABASE).exists():
                raise
            raise _no(name) from None

    def _close_what_is_gone(self) -> None:
        for name, (world, born) in list(self._open.items()):
            with suppress(OSError):
                if (self._place(name) / DATABASE).stat().st_ino == born:
                    continue
            _close(world)
            del self._open[name]

    def _place(self, name: str) -> Path:
        if self._maker is None or not NAME.fullmatch(name):
            raise _no(name)
        return self._home / FOLDER / name

    def create(self, name: str, source: str | None, snapshot: str | None, options: Mapping[str, Any]) -> World:
        """Make a world: empty, or as another is, or was at a snapshot.

        `options` are `rejected_members` and `quotas`; what they do not say is as in the source. Raises BadRequest for a
        name, NotFound for a source that there is not, Conflict where there is such a world or none can be made.
        """
        snapshots.check_name(name, "world")
        if name == DEFAULT:
            raise Conflict(f"The world at the root is called {DEFAULT} already.")
        with snapshots.arriving(self._home / FOLDER, name) as place:
            self._fill(place, source, snapshot)
            if options:
                (place / OPTIONS).write_text(json.dumps(_merged(place / OPTIONS, options)))
        world = self.find(name)
        if options.get("quotas"):
            self.maker.prepare(world, options["quotas"])
        return world

    def _fill(self, place: Path, source: str | None, snapshot: str | None) -> None:
        if source is None:
            if snapshot is not None:
                raise BadRequest("A snapshot is one of a world: say from which.")
            snapshots.duplicate(self._template(), place, self.maker.open)
            return
        world = self.find(source)
        folder = world.folder
        if snapshot is not None:
            with snapshots.alone(world):
                folder = snapshots.find(world, snapshot).folder
                snapshots.duplicate(folder, place, self.maker.open)
        else:
            beside = place / "copy"
            beside.mkdir()
            snapshots.copy(world, beside, self.maker.open)
            snapshots.duplicate(beside, place, self.maker.open)
            shutil.rmtree(beside)
        for one in (folder, world.folder):  # a snapshot that came from elsewhere may have none
            if one is not None and (one / OPTIONS).exists():
                shutil.copyfile(one / OPTIONS, place / OPTIONS)
                break

    def _template(self) -> Path:
        """Return the folder of a new world, which is made when the first world is."""
        folder = self._home / TEMPLATE
        if not folder.exists():
            try:
                with snapshots.arriving(self._home, TEMPLATE) as place:
                    self.maker.found(place)
            except Conflict:
                if not folder.exists():
                    raise
        return folder

    def delete(self, name: str) -> None:
        """Remove a world and all it has; raise NotFound, Conflict for the one at the root."""
        if name == DEFAULT:
            raise Conflict("The world at the root stays; it can be reset.")
        with snapshots.alone(self.find(name)):
            snapshots.discard(self._place(name))
        with self._lock:
            self._close_what_is_gone()

    def reset(self, world: World) -> None:
        """Let a world be as a new one is; raise Conflict where none could be made, and leave it as it is."""
        with snapshots.alone(world), snapshots.under_way(world, ""):
            self.maker.reset(world)

    def _complete(self, world: World) -> None:
        """Do once more what a process was killed in: half of it is done."""
        if snapshots.cut_off(world) is None:
            return
        with suppress(Refusal), snapshots.alone(world):  # what cannot be any more stays as it is
            name = snapshots.cut_off(world)
            if name is None:  # another process has done it
                return
            with snapshots.under_way(world, name):
                if name:
                    snapshots.bring_back(world, snapshots.find(world, name).folder, self.maker.open)
                else:
                    self.maker.reset(world)

    def stop(self) -> None:
        """Begin no work any more, and close everything but the world at the root."""
        self.default.runner.stop()
        with self._lock:
            for world, _ in self._open.values():
                _close(world)
            self._open.clear()

    def recover(self) -> None:
        """Put in order what the last server left of the other worlds; to be called before anybody is served."""
        shutil.rmtree(self._home / TEMPLATE, ignore_errors=True)  # this server may want a new world to be another
        for place in (self._home, *(world.folder for world in self._others() if world.folder)):
            for part in (".", FOLDER, snapshots.FOLDER):
                for left in (*(place / part).glob(".new-*"), *(place / part).glob(".gone-*")):
                    shutil.rmtree(left, ignore_errors=True)
        for place in (self._home / FOLDER).glob("*"):
            if not (place / DATABASE).exists():  # a world that was deleted while somebody wrote into it
                shutil.rmtree(place, ignore_errors=True)
        self._complete(self.default)
        for world in self._others():
            self._complete(world)
            recovery.after_stop(world)

    def after_process(self, process: int) -> None:
        """Put in order what one process left in any world, while others serve on."""
        self._complete(self.default)
        recovery.after_process(self.default, process)
        for world in self._others():
            with suppress(FileNotFoundError, SQLAlchemyError):  # it may be deleted just now
                self._complete(world)
                recovery.after_process(world, process)

    def _others(self) -> Iterator[World]:
        """Open each of the other worlds for a moment."""
        for name in self.names()[1:]:
            with suppress(NotFound):  # it may be deleted just now
                world = self._made(name)
                try:
                    yield world
                finally:
                    world.engine.dispose()


def _no(name: str) -> NotFound:
    return NotFound(f"There is no world {name}.")


def _merged(inherited: Path, options: Mapping[str, Any]) -> dict[str, Any]:
    before = json.loads(inherited.read_text()) if inherited.exists() else {}
    quotas = {**before.get("quotas", {}), **options.get("quotas", {})}
    return {**before, **options, **({"quotas": quotas} if quotas else {})}


def _close(world: World) -> None:
    world.runner.stop()
    world.engine.dispose()
    if world.journal is not None:
        world.journal.close()
