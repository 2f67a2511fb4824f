"""JSON's own types."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from marshmallow import ValidationError, fields

from glance_schemas.wire import Flag, Text, Timestamp, Whole, timestamp

TYPES: dict[type[fields.Field[Any]], tuple[list[Any], list[Any]]] = {
    Text: (["", "x", "ä\n\t", "\uffff", "\ue000"], [5, True, ["x"], {}, b"x", "\U00010000", "a\ud800", "\udfff"]),
    Flag: ([True, False], [1, 0, "true", "", [], 1.0]),
    Whole: ([0, -5, 1 << 70, 5.0], [True, False, "5", 5.5, [], float("nan")]),
}
RIGHT = [(kind, value) for kind, (right, _) in TYPES.items() for value in right]
WRONG = [(kind, value) for kind, (_, wrong) in TYPES.items() for value in wrong]


@pytest.mark.parametrize(("kind", "value"), RIGHT, ids=lambda part: getattr(part, "__name__", ascii(part)))
def test_values_are_taken_as_they_are(kind: type[fields.Field[Any]], value: Any) -> None:
    assert kind().deserialize(value) == value


@pytest.mark.parametrize(("kind", "value"), WRONG, ids=lambda part: getattr(part, "__name__", ascii(part)))
def test_nothing_is_converted(kind: type[fields.Field[Any]], value: Any) -> None:
    with pytest.raises(ValidationError):
        kind().deserialize(value)


def test_a_whole_number_is_one_afterwards() -> None:
    assert type(Whole().deserialize(5.0)) is int


@pytest.mark.parametrize("kind", TYPES)
def test_null_is_taken_where_it_may_be(kind: type[fields.Field[Any]]) -> None:
    assert kind(allow_none=True).deserialize(None) is None
    with pytest.raises(ValidationError):
        kind().deserialize(None)


def test_texts_have_a_longest_length_in_characters() -> None:
    assert Text(3).deserialize("äöü") == "äöü"
    with pytest.raises(ValidationError):
        Text(3).deserialize("äöüß")


class TestTimestamp:
    def test_it_has_whole_seconds(self) -> None:
        assert timestamp(datetime.fromisoformat("2026-01-31T23:59:59.999999")) == "2026-01-31T23:59:59Z"

    def test_it_is_read_as_it_is_written(self) -> None:
        moment = datetime.fromisoformat("2026-01-31T23:59:59")
        assert Timestamp().deserialize(timestamp(moment)) == moment
        assert Timestamp().serialize("at", {"at": moment}) == timestamp(moment)
        assert Timestamp().serialize("at", {"at": None}) is None

    @pytest.mark.parametrize("value", ["", "yesterday", "2026-01-31T23:59:59", "2026-01-31T23:59:59.5Z", 5])
    def test_what_is_none(self, value: Any) -> None:
        with pytest.raises(ValidationError):
            Timestamp().deserialize(value)
