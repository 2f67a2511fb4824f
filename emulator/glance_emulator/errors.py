"""What the emulator refuses, as exceptions: raised where the reason is known, rendered in one place.

A class stands for an HTTP status, because the statuses are the vocabulary that all three services share; the domain
knows nothing else of HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class Refusal(Exception):
    """A request that is answered with an error; `message` is for people, `headers` go out with the answer.

    `facts` stay here: what was decisive, as `domain.explain` words it.
    """

    code: ClassVar[int] = 500

    def __init__(
        self, message: str, headers: Mapping[str, str] | None = None, facts: Mapping[str, Any] | None = None
    ) -> None:
        """Keep the message, the headers that belong to the answer, and the facts, which do not."""
        super().__init__(message)
        self.message = message
        self.headers = dict(headers or {})
        self.facts = facts


class BadRequest(Refusal):
    """The request is not well formed, or asks for what cannot be."""

    code = 400


class Unauthorized(Refusal):
    """Nobody, or not credibly somebody, is calling."""

    code = 401


class Forbidden(Refusal):
    """The caller may see the thing, but may not do this to it."""

    code = 403


class NotFound(Refusal):
    """There is no such thing, or the caller may not know that there is."""

    code = 404


class NotAcceptable(Refusal):
    """The version that is asked for is not there."""

    code = 406


class Conflict(Refusal):
    """The thing's state does not allow it."""

    code = 409


class Gone(Refusal):
    """The thing was there, and its data are not any more."""

    code = 410


class TooLarge(Refusal):
    """A quota or a limit would be exceeded."""

    code = 413


class UnsupportedMediaType(Refusal):
    """The body is of a media type that this operation does not take."""

    code = 415


class RangeNotSatisfiable(Refusal):
    """The range lies outside the data."""

    code = 416


class ServiceUnavailable(Refusal):
    """It cannot be done at the moment."""

    code = 503


class SetupError(Exception):
    """The emulator cannot start, or a command cannot do its work: one line that says what to do."""
