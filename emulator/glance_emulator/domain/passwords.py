"""Passwords and secrets: kept as Argon2 hashes, compared in constant time."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$ZUHYA3Qfpm48IrWkkr+slQ$NXb9M7BOGXGYYcB8VHVkC1XRi00xFJBnyrK5Qly4IgY"
"""Verified in the place of a hash that does not exist, so that the time taken does not tell which users do."""


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # late: most runs of the command hash nothing

    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def hashed(password: str) -> str:
    """Return a salted hash of `password` (takes some 20 ms, on purpose)."""
    return _hasher().hash(password)


def matches(password: str, hash_: str | None) -> bool:
    """Say whether `password` is the one behind `hash_`; None matches nothing, and takes as long."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(hash_ or NOBODYS, password) and hash_ is not None
    except (VerificationError, InvalidHashError):
        return False
