"""Accept headers: which of several media types a client would rather have."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_VALUE = rf'(?:{_WORD}|"(?:[^"\\]|\\.)*")'
_RANGE = re.compile(
    rf"(?P<type>{_WORD}/{_WORD})"
    rf"(?P<parameters>(?:\s*;\s*(?![qQ]=){_WORD}={_VALUE})*)"
    rf"(?:\s*;\s*[qQ]=(?P<quality>0(?:\.[0-9]{{0,3}})?|1(?:\.0{{0,3}})?)(?:\s*;\s*{_WORD}(?:={_VALUE})?)*)?"
    rf"\s*(?:,\s*|$)+"
)

_LEADING = re.compile(r"\s*(?:,\s*){2,}|\s*,\s*$")
"""Commas at the beginning: a single one makes the rest unreadable to the real service, several do not."""


@lru_cache(maxsize=256)
def best(accept: str, offers: tuple[str, ...], otherwise: str) -> str:
    """Return the media type that is wanted most, the first among equals; `otherwise` if none is wanted.

    The real service takes a header that it cannot read as one that allows everything.
    """
    if not accept:
        return otherwise
    ranges = _ranges(accept)
    if ranges is None:
        return offers[0]
    wanted = {offer: _quality(offer, ranges) for offer in offers}
    favourite = max(offers, key=wanted.__getitem__)
    return favourite if wanted[favourite] else otherwise


def _quality(offer: str, ranges: dict[str, float]) -> float:
    kind = offer.partition("/")[0]
    return next((ranges[name] for name in (offer, f"{kind}/*", "*/*") if name in ranges), 0.0)


def _ranges(accept: str) -> dict[str, float] | None:
    """Return the quality of each media range, None if the header is malformed.

    Ranges with parameters never match, as ours have none; of a range that is repeated the first counts.
    """
    found: dict[str, float] = {}
    leading = _LEADING.match(accept)
    position = leading.end() if leading else 0
    while position < len(accept):
        one = _RANGE.match(accept, position)
        if one is None:
            return None
        if not one["parameters"]:
            found.setdefault(one["type"].lower(), float(one["quality"] or 1))
        position = one.end()
    return found
