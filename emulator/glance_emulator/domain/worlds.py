"""A world: one database, its blobs and its clock; all state that the emulator has lives in one."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from glance_emulator.caller import Caller, Protections, Rules
from glance_emulator.clock import Clock, system_clock
from glance_emulator.db.engine import Transactions, transactions
from glance_emulator.db.world import Fact
from glance_emulator.domain import blobs
from glance_emulator.domain.background import Runner
from glance_emulator.domain.controls import FREE, Controls
from glance_emulator.storage import Store
from glance_emulator.storage.ring import Ring

if TYPE_CHECKING:
    from glance_emulator.domain.policy import Rule
    from glance_emulator.domain.releases import Release

DEFAULT = "default"
"""The name of the world that is served at the root."""
ID = "id"
TOKEN_KEY = "token_key"  # noqa: S105 - its name, not the key


Opener = Callable[[Path, str], "World"]
"""Opens the world that a folder keeps, under a name; whoever has it disposes of its engine."""


@dataclass(frozen=True)
class Features:
    """What a deployment may have or leave out; the defaults are those of a plain one."""

    import_methods: tuple[str, ...] = ("glance-direct", "web-download", "copy-image")
    cache_size: int = 10 << 30
    """Bytes that the cache may have after it was pruned; that of the real service."""
    lost_by_rejection: bool = False
    """Whether who rejects an offer loses sight of the image."""
    locations: bool = False
    """Whether images show where their data are, and PATCH may change it."""
    release: str | None = None
    """The release of the real service that is served; None for the latest."""


@dataclass(frozen=True)
class World:
    """What a request reads and changes; every process that serves the world has a World of its own."""

    engine: Engine
    stores: Mapping[str, Store]
    """By name, the default one first."""
    clock: Clock = system_clock
    features: Features = Features()
    staging: Store | None = None
    """Where data wait for their import; None where a world is opened only to be counted or changed by itself."""
    rules: Rules | None = None
    """What is asked instead of the default policy, if there is a policy file."""
    protections: Protections | None = None
    cache: Store | None = None
    """Copies of images that were asked for, if the world keeps a cache."""
    journal: Ring | None = None
    """What was answered, unless nobody wants to know."""
    controls: Controls = FREE
    """What testers set."""
    folder: Path | None = None
    """Where all of it lies that is not in a database elsewhere."""
    name: str = DEFAULT

    @cached_property
    def _rules_callers(self) -> bool:
        own = self.rules is not None or self.protections is not None or self.features.lost_by_rejection
        return own or self.release is not None

    @cached_property
    def release(self) -> Release | None:
        """What was there in the release that is served; None for the latest."""
        if self.features.release is None:
            return None
        from glance_emulator.domain.releases import Release  # late, as most worlds do without

        return Release(self.features.release)

    @cached_property
    def policy(self) -> Mapping[str, Rule] | None:
        """The default policy of the release; None for the latest."""
        return None if self.release is None else self.release.policy

    @cached_property
    def lacks(self) -> frozenset[str]:
        """The behaviours that the release did not have yet."""
        return frozenset() if self.release is None else self.release.lacks

    def ruled(self, caller: Caller) -> Caller:
        """Return the caller with the rules of this world, if it has any of its own."""
        if not self._rules_callers:
            return caller
        return replace(
            caller,
            rules=self.rules,
            protections=self.protections,
            lost_by_rejection=self.features.lost_by_rejection,
            lacks=self.lacks,
            policy=self.policy,
        )

    @cached_property
    def places(self) -> Mapping[str, Store]:
        """All stores in which bytes of images can be, our own among them."""
        own = {blobs.STAGING: self.staging, blobs.CACHE: self.cache}
        return {**self.stores, **{name: store for name, store in own.items() if store is not None}}

    @cached_property
    def runner(self) -> Runner:
        """What does this world's background work in this process."""
        return Runner(self)

    @cached_property
    def reading(self) -> Transactions:
        """Open a transaction that only reads."""
        return transactions(self.engine, writing=False, controls=self.controls)

    @cached_property
    def writing(self) -> Transactions:
        """Open a transaction that may write."""
        return transactions(self.engine, writing=True, controls=self.controls)

    @cached_property
    def token_key(self) -> str:
        """The secret that signs this world's tokens; it is as old as the world."""
        with self.reading() as session:
            return session.scalars(select(Fact.value).where(Fact.name == TOKEN_KEY)).one()


def begin(session: Session) -> None:
    """Write the facts that a world cannot be without, once."""
    if session.get(Fact, TOKEN_KEY) is None:
        session.add_all(Fact(name=name, value=value) for name, value in identity().items())


def identity() -> dict[str, str]:
    """Return the facts that no two worlds have in common."""
    return {ID: uuid.uuid4().hex, TOKEN_KEY: secrets.token_hex(32)}
