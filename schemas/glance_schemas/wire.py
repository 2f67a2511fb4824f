"""Field types of the Images API: JSON's own types, nothing converted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields, validate


def timestamp(moment: datetime) -> str:
    """Return a time (UTC, naive) as the API writes it, `2026-01-31T23:59:59Z`."""
    return f"{moment.isoformat(timespec='seconds')}Z"


class Timestamp(fields.Field[datetime]):
    """A time in whole seconds."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else timestamp(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        try:
            return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 - naive UTC, as it is stored
        except (TypeError, ValueError):
            raise ValidationError("Not a time like 2026-01-31T23:59:59Z.") from None


class AnyText(fields.Field[str]):
    """A string of any characters; which can be stored is judged where it is known whether the caller may."""

    def __init__(self, longest: int | None = None, **options: Any) -> None:
        """Take the greatest length in characters."""
        super().__init__(**options)
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("Not a string.")
        if self.longest is not None and len(value) > self.longest:
            raise ValidationError(f"Longer than {self.longest} characters.")
        return value


class Text(AnyText):
    """A string within Unicode's basic plane, the only characters that the service's databases can hold."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text and not (max(text) <= "\uffff" and text.isprintable()) and any(_unstorable(c) for c in text):
            raise ValidationError("Characters beyond Unicode's basic plane cannot be stored.")
        return text


def _unstorable(character: str) -> bool:
    return character > "\uffff" or "\ud800" <= character <= "\udfff"


class Flag(fields.Field[bool]):
    """A JSON boolean, nothing that looks like one."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Not true or false.")
        return value


class Whole(fields.Field[int]):
    """A whole number, written as JSON likes."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
            raise ValidationError("Not a whole number.")
        return int(value)


class Fixed(fields.Constant[Any]):
    """What is always the same: it is shown whatever there is, and nothing else is taken."""

    def _validate_missing(self, value: Any) -> None:
        fields.Field._validate_missing(self, value)  # a Constant never minds that it is missing

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if value != self.constant:
            raise ValidationError(f"Not {self.constant!r}.")
        return value


def derived(make: Callable[[Any], str | None], **options: Any) -> fields.Function:
    """Return the field of a string that follows from the rest of what is shown; any string is taken."""
    return fields.Function(make, deserialize=Text().deserialize, **options)


def one_of(choices: tuple[str | None, ...]) -> validate.OneOf:
    """Return the validator of an enumeration."""
    return validate.OneOf(choices, error="Must be one of: {choices}.")
