"""What testers set for a world: its clock, its ids, how its work moves on, what goes wrong in it.

All of it lies in a file in the world's folder, so it holds in every process at once. A world where nothing was set
has no such file.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from glance_emulator.clock import EPOCH, system_clock
from glance_emulator.errors import BadRequest
from glance_emulator.storage.counters import Counters
from glance_emulator.storage.document import Document

FILE = "controls.json"
COUNTERS = "counters"
EARLIEST, LATEST = EPOCH, datetime(9980, 1, 1)  # noqa: DTZ001 - in UTC, naive, as all times are
"""What a clock may be set to: before, no token is valid; after, what lasts for years would not end in any."""
CLOCK, IDS, TRANSITIONS, FAULTS = "clock", "ids", "transitions", "faults"


class Controls:
    """What is set for one world; without a folder, nothing can be."""

    def __init__(self, folder: Path | None = None) -> None:
        """Take the world's folder."""
        self._document = Document(folder / FILE) if folder else None
        self.counters = Counters(folder / COUNTERS) if folder else None

    def read(self, part: str) -> Any:
        """Return what is set of a part, None for nothing."""
        return self._document.read().get(part) if self._document else None

    def write(self, part: str, value: Any) -> None:
        """Set a part; None takes it away."""
        assert self._document is not None  # noqa: S101 - only a world without a folder has none, and no API either
        with self._document.changing() as content:
            if value is None:
                content.pop(part, None)
            else:
                content[part] = value

    @contextmanager
    def changing(self, part: str) -> Iterator[list[Any]]:
        """Give a part that is a list to be changed, by one process at a time; an empty one is taken away."""
        assert self._document is not None  # noqa: S101 - as above
        with self._document.changing() as content:
            found = content.pop(part, [])
            yield found
            if found:
                content[part] = found

    def clear(self) -> None:
        """Take everything away that is set."""
        if self._document is not None and self.counters is not None:
            with self._document.changing() as content:
                content.clear()
            self.counters.clear()

    def now(self) -> datetime:
        """Return the time of the world, in UTC, naive."""
        clock = self.read(CLOCK)
        if clock is None:
            return system_clock()
        if clock["frozen"] is not None:
            return datetime.fromisoformat(clock["frozen"])
        return system_clock() + timedelta(seconds=clock["offset"])

    @property
    def frozen(self) -> bool:
        """Whether the world's clock stands still."""
        clock = self.read(CLOCK)
        return clock is not None and clock["frozen"] is not None

    def set_clock(self, moment: datetime, frozen: bool) -> None:
        """Let it be this moment, from where the clock runs on unless it is frozen; raise BadRequest for its bounds."""
        if not EARLIEST <= moment <= LATEST:
            raise BadRequest(f"A clock shows times from {EARLIEST:%Y-%m-%d} to {LATEST:%Y-%m-%d}, in UTC.")
        offset = (moment - system_clock()).total_seconds()
        self.write(CLOCK, {"frozen": moment.isoformat() if frozen else None, "offset": offset})

    def uuid(self, kind: str) -> str:
        """Return a new id for something of this kind: random, or the next one of the seed."""
        digest = self._digest(kind)
        return str(uuid.UUID(bytes=digest[:16], version=4) if digest else uuid.uuid4())

    def hex(self, kind: str) -> str:
        """Return a new id as Identity has them."""
        return uuid.UUID(self.uuid(kind)).hex

    def token(self, kind: str, size: int) -> str:
        """Return a new secret of so many bytes, up to 64, as text."""
        digest = self._digest(kind)
        return urlsafe_b64encode(digest[:size] if digest else secrets.token_bytes(size)).rstrip(b"=").decode()

    @property
    def seeded(self) -> bool:
        """Whether ids follow from a seed."""
        return self.read(IDS) is not None

    def seed_ids(self, seed: int) -> None:
        """Let ids follow from a seed, from its beginning on."""
        self.write(IDS, {"seed": seed})
        if self.counters is not None:  # the faults that are set keep their ids, and a rule is found by its id alone
            self.counters.restart(f"ids-{seed}-", but=f"ids-{seed}-fault")

    def _digest(self, kind: str) -> bytes | None:
        ids = self.read(IDS)
        if ids is None or self.counters is None:
            return None
        number = self.counters.next(f"ids-{ids['seed']}-{kind}")
        return hashlib.sha512(f"{ids['seed']}/{kind}/{number}".encode()).digest()

    def transition(self, kind: str, of: str | None) -> Mapping[str, Any]:
        """Return how work of this kind moves on, and `of` what it is: as set for this, for the kind, or for all."""
        told: Mapping[str, Mapping[str, Any]] = self.read(TRANSITIONS) or {}
        # What is set may be nothing to wait for, which is another thing than nothing that is set.
        return next((told[name] for name in (f"{kind}.{of}", kind, "*") if name in told), {})

    def replace(self, folder: Path) -> None:
        """Become as the controls are that another folder keeps."""
        if self._document is not None and self.counters is not None:
            with self._document.changing() as content:
                content.clear()
                content.update(Document(folder / FILE).read())
            self.counters.replace(folder / COUNTERS)


FREE = Controls()
"""Nothing is set, and nothing can be."""


def of(session: Session) -> Controls:
    """Return the controls of the world that the session belongs to."""
    return cast(Controls, session.info.get("controls", FREE))


def new_id(session: Session, model: type[Any], kind: str, make: Callable[[Controls, str], str] = Controls.uuid) -> str:
    """Return an id that no row has: a seed that begins anew comes upon those that it gave before."""
    controls = of(session)
    made = make(controls, kind)
    while controls.seeded and session.scalar(select(model.id).where(model.id == made)) is not None:
        made = make(controls, kind)
    return made
