"""Passwords and secrets: kept as Argon2 hashes, compared in constant time."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

NOBODYS = "$argon2id$v=19$m=7168,t=5,p=1$cSe29L9YtTluPUTv9JFYrQ$MNiEnpmz2WZAPRayPeLDtNUnAVx2bNMtqtCSGN4oiD8"
"""Verified in the place of a hash that does not exist, so that the time taken does not tell which users do."""


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # late: most runs of the command hash nothing

    # Of the settings that OWASP calls equal, the one with the least memory: the C library does not give it back.
    return PasswordHasher(time_cost=5, memory_cost=7168, parallelism=1)


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
