"""What a state keeps: opened to be served, counted, removed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from glance_emulator import state
from glance_emulator.caller import Protections, Rules
from glance_emulator.clock import system_clock
from glance_emulator.db import migrations
from glance_emulator.db.base import Base
from glance_emulator.db.engine import connect, occupy
from glance_emulator.db.identity import User
from glance_emulator.db.images import Blob, Image, Member
from glance_emulator.db.world import Fact
from glance_emulator.domain import passwords, quotas, recovery, seed, snapshots, worlds
from glance_emulator.domain.controls import COUNTERS, FILE, FREE, Controls
from glance_emulator.domain.metadefs import resource_types
from glance_emulator.domain.snapshots import OPTIONS
from glance_emulator.domain.universe import FOLDER as WORLDS
from glance_emulator.domain.universe import TEMPLATE
from glance_emulator.domain.worlds import Features, World
from glance_emulator.errors import BadRequest, Conflict, SetupError
from glance_emulator.settings import LATEST, Settings
from glance_emulator.storage.disk import Disk
from glance_emulator.storage.ring import Ring
from glance_emulator.storage.stores import WEB, open_stores

if TYPE_CHECKING:
    from glance_emulator.domain.releases import Release

DATABASE = "world.sqlite"
JOURNAL = "journal"
METRICS = "metrics"
"""The folder in which the workers of a server count."""


@contextmanager
def _database(settings: Settings, folder: Path, stores: bool = True) -> Iterator[World]:
    """Give the world as it lies there; raise SetupError for whatever is wrong with its database."""
    url = settings.database or f"sqlite:///{folder / DATABASE}"
    engine = connect(url, settings.threads, settings.workers)
    try:
        yield _world(engine, settings, folder) if stores else World(engine, {})
    except SQLAlchemyError as reason:
        why = str(getattr(reason, "orig", None) or reason).partition("\n")[0]
        raise SetupError(f"cannot use the database {engine.url.render_as_string()}: {why}") from None
    finally:
        engine.dispose()  # it connects again when it is used again


def _world(engine: Engine, settings: Settings, folder: Path) -> World:
    controls = Controls(folder)
    release = _release(settings.release)
    return World(
        engine,
        open_stores(settings.stores, folder),
        controls.now,
        features=Features(
            release.methods(settings.import_methods) if release else settings.import_methods,
            cache_size=settings.cache_size << 20,
            lost_by_rejection=settings.rejected_members == "lose-access",
            locations=settings.locations,
            release=release.name if release else None,
        ),
        staging=Disk(folder / "staging"),
        cache=Disk(folder / "cache") if settings.cache else None,
        rules=_rules(settings.policy_file, release),
        protections=_protections(settings.property_protections),
        journal=Ring(folder / JOURNAL, settings.journal) if settings.journal else None,
        controls=controls,
        folder=folder,
    )


@dataclass(frozen=True)
class Maker:
    """Opens and makes worlds besides the one at the root, as these settings want them; they are kept in SQLite."""

    settings: Settings

    def open(self, folder: Path, name: str) -> World:
        """Open the world that a folder keeps; whoever has it disposes of its engine."""
        options = _options(folder)
        stores = tuple(one if one.partition("=")[2] in WEB else one.partition("=")[0] for one in self.settings.stores)
        rejected_members = options.get("rejected_members", self.settings.rejected_members)
        chosen = replace(self.settings, database=None, stores=stores, rejected_members=rejected_members)
        with _database(chosen, folder) as world:
            migrations.prepare(world.engine)
            return replace(world, name=name)

    def found(self, folder: Path) -> None:
        """Begin a new world in a folder; raise Conflict where the settings name what cannot be used any more."""
        try:
            with self._opened(folder) as world:
                _begin(world, self.settings)
                self.prepare(world, self.settings.limits())
                _plant(world, self.settings)
                world.runner.work_off()
        except SetupError as reason:
            raise Conflict(f"No new world can be made: {reason}") from None

    @contextmanager
    def _opened(self, folder: Path) -> Iterator[World]:
        world = self.open(folder, "")
        try:
            yield world
        finally:
            world.engine.dispose()

    def reset(self, world: World) -> None:
        """Let a world be as a new one is; its options, its snapshots, its key and its journal stay.

        To be called alone. Raises Conflict where no new one could be made; then it stays as it is.
        """
        own = _options(world.folder).get("quotas", {}) if world.folder else {}
        limits = {**self.settings.limits(), **own}
        new = replace(world, controls=FREE, clock=system_clock)  # what is set does not count any more
        try:
            with _planter(new, self.settings) as plant, new.writing() as session:
                garbage = recovery.kept(session)
                _empty(session)
                _fill(session, self.settings, new.clock())
                if limits:
                    quotas.register(session, limits)
                plant(session)
                world.controls.clear()  # last, since it is not taken back
        except SetupError as reason:
            raise Conflict(f"No new world can be made: {reason}") from None
        for place, blob in garbage:
            if place in world.places:
                world.places[place].remove(blob)

    def prepare(self, world: World, limits: Mapping[str, int]) -> None:
        """Write into a new world what projects may have at the most."""
        if limits:
            with world.writing() as session:
                quotas.register(session, limits)


def _options(folder: Path) -> dict[str, Any]:
    path = folder / OPTIONS
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def _release(name: str) -> Release | None:
    if name == LATEST:
        return None
    from glance_emulator.domain.releases import Release  # late, as most worlds do without

    return Release(name)


def _rules(path: Path | None, release: Release | None) -> Rules | None:
    if path is None:
        return None
    from glance_emulator.domain import rules  # late, as most worlds do without

    return rules.load(path, release.policy) if release else rules.load(path)


def _protections(path: Path | None) -> Protections | None:
    if path is None:
        return None
    from glance_emulator.domain import protections

    return protections.load(path)


def take_database(settings: Settings, folder: Path) -> Callable[[], None]:
    """Take the database, wherever it is, for this process; return what leaves it. Raises SetupError if it is taken."""
    with _database(settings, folder, stores=False) as world:
        leave = occupy(world.engine)
        if leave is None:
            raise SetupError(
                f"the database {world.engine.url.render_as_string()} is used by another server: "
                "stop that, or choose another with --database"
            )
        return leave


def open_world(settings: Settings, folder: Path) -> World:
    """Return the world that the folder keeps, ready to be served: made, migrated, put in order as it needs.

    To be called with the folder and the database taken. Raises SetupError if the database or a store cannot be used.
    """
    with _database(settings, folder) as world:
        migrations.prepare(world.engine)
        new = _begin(world, settings)
        if settings.quotas:
            with world.writing() as session:
                quotas.register(session, settings.limits())
        _claim_stores(world)
        if new:
            _plant(world, settings)
        else:
            if settings.ephemeral:
                raise SetupError(
                    f"the database {world.engine.url.render_as_string()} keeps a state, and an ephemeral one needs an "
                    "empty database: `glance-emulator reset --database …` empties it"
                )
            _check_stores(world)
            recovery.after_stop(world)
        return world


def forget(world: World) -> None:
    """Remove what an ephemeral state has in a database outside of its folder."""
    with suppress(SQLAlchemyError):  # the database may have gone before the server
        migrations.drop(world.engine)


def _begin(world: World, settings: Settings) -> bool:
    """Fill the world if it is new; say whether it was."""
    with world.writing() as session:
        if session.get(Fact, worlds.TOKEN_KEY) is not None:
            return False
        worlds.begin(session)
        _fill(session, settings, world.clock())
    return True


def _fill(session: Session, settings: Settings, now: datetime) -> None:
    seed.sow(session, now, settings.admin_password or seed.PASSWORD)
    _define(session, settings, now)


def _empty(session: Session) -> None:
    """Remove all that a world has, but for what makes it itself."""
    stays = [fact for fact in session.scalars(select(Fact)) if fact.name in worlds.identity()]
    session.expunge_all()
    for table in reversed(Base.metadata.sorted_tables):
        session.execute(table.delete())
    session.add_all(Fact(name=fact.name, value=fact.value) for fact in stays)


def _plant(world: World, settings: Settings) -> None:
    """Make what the seed file says in a new world; raise SetupError where that cannot be."""
    if settings.seed_file is not None:
        with _planter(world, settings) as plant, world.writing() as session:
            plant(session)


@contextmanager
def _planter(world: World, settings: Settings) -> Iterator[Callable[[Session], object]]:
    """Give what makes in a new world what the seed file says; raise SetupError where that cannot be."""
    if settings.seed_file is None:
        yield lambda _: None
        return
    from glance_emulator import seeds  # late: few have any

    text = _text(settings.seed_file)
    try:
        with seeds.planter(world, text, settings.seed_file.absolute().parent, str(settings.seed_file)) as plant:
            yield plant
    except BadRequest as refusal:
        raise SetupError(refusal.message) from None


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError as reason:
        raise SetupError(f"setting seed_file: cannot read {path}: {reason.strerror}") from None
    except UnicodeDecodeError:
        raise SetupError(f"setting seed_file: {path} is not text") from None


def _define(session: Session, settings: Settings, now: datetime) -> None:
    """Write the metadata definitions that a new world is to have."""
    if settings.metadefs is None:
        resource_types.sow(session, now)
        return
    from glance_emulator import definitions  # late: few have any

    definitions.plant(session, settings.metadefs, now)


def _claim_stores(world: World) -> None:
    """Make sure that no other state has these stores: each would remove the other's data as its own left-overs."""
    with world.reading() as session:
        owner = session.scalars(select(Fact.value).where(Fact.name == worlds.ID)).one()
    for name, store in world.stores.items():
        if not store.claim(owner):
            raise SetupError(
                f"the store {name} belongs to another state: give this one a folder of its own with --store"
            )


def _check_stores(world: World) -> None:
    with world.reading() as session:
        missing = sorted(set(session.scalars(select(Blob.store).distinct())) - world.stores.keys())
    if missing:
        raise SetupError(
            f"there are images in the store {missing[0]}, which is not given: say --store as it was before"
        )
    with world.reading() as session:
        samples = session.execute(select(Blob.store, func.min(Blob.id)).group_by(Blob.store)).all()
    for name, blob in samples:
        try:
            world.stores[name].open(blob).close()
        except FileNotFoundError:
            raise SetupError(
                f"the image data in the store {name} are not there: say --state and --store as they were before"
            ) from None


def admin_has(world: World, password: str) -> bool:
    """Say whether this is the password of the user admin (takes as long as a login)."""
    with world.reading() as session:
        return passwords.matches(
            password, session.scalar(select(User.password_hash).where(User.id == seed.id_of("user", "admin")))
        )


def count(settings: Settings, folder: Path) -> dict[str, int]:
    """Return how many images, members, users and bytes of image data the folder keeps; does not change it."""
    questions = {
        "images": select(func.count()).select_from(Image).where(Image.deleted_at.is_(None)),
        "members": select(func.count()).select_from(Member).where(Member.deleted_at.is_(None)),
        "users": select(func.count()).select_from(User),
        "bytes": select(func.coalesce(func.sum(Blob.size), 0)),
    }
    if not settings.database and not (folder / DATABASE).exists():
        return dict.fromkeys(questions, 0)
    with _database(settings, folder, stores=False) as world, world.reading() as session:
        return {name: int(session.scalar(question) or 0) for name, question in questions.items()}


def reset(settings: Settings, folder: Path) -> None:
    """Remove everything; raise SetupError if a server has the folder."""
    lock = state.take(folder)
    try:
        leave = take_database(settings, folder)
        with _database(settings, folder) as world:
            for store in world.stores.values():
                store.sweep()
                for blob in list(store.blobs()):
                    store.remove(blob)
                store.release()
            if settings.database:
                migrations.drop(world.engine)
        leave()
        for part in (JOURNAL, METRICS, WORLDS, TEMPLATE, snapshots.FOLDER, COUNTERS):
            shutil.rmtree(folder / part, ignore_errors=True)
        for part in (FILE, f"{FILE}.lock", f"{COUNTERS}.lock", snapshots.UNDER_WAY, snapshots.LOCK):
            (folder / part).unlink(missing_ok=True)
        if not settings.database:
            for ending in ("-wal", "-shm", ""):
                (folder / (DATABASE + ending)).unlink(missing_ok=True)
    finally:
        os.close(lock)
