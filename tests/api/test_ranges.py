"""Which part of the data a header asks for."""

from __future__ import annotations

import io

import pytest
from werkzeug.datastructures import Headers

from glance_emulator.errors import BadRequest, RangeNotSatisfiable, Refusal
from glance_emulator.web.ranges import Span, asked
from glance_emulator.web.streams import Slice

SIZE = 10


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-9", (0, 10)),
        ("bytes=0-0", (0, 1)),
        ("bytes=9-9", (9, 10)),
        ("bytes=3-", (3, 10)),
        ("bytes=3-100", (3, 10)),
        ("bytes=-4", (6, 10)),
        ("bytes=-100", (0, 10)),
        ("bytes=-0", (0, 10)),
        ("Bytes = 2 - 5 ", (2, 6)),
    ],
)
def test_a_range_is_a_part(header: str, span: tuple[int, int]) -> None:
    assert asked(Headers({"Range": header}), SIZE) == Span(*span)


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes 0-9/10", (0, 10)),
        ("bytes 2-5/*", (2, 6)),
        ("bytes 2-50/*", (2, 10)),
        ("BYTES 2-5/6", (2, 6)),
    ],
)
def test_old_clients_ask_in_the_words_of_an_answer(header: str, span: tuple[int, int]) -> None:
    assert asked(Headers({"Content-Range": header}), SIZE) == Span(*span)


@pytest.mark.parametrize(
    ("name", "header", "refusal"),
    [
        ("Range", "bytes=10-", RangeNotSatisfiable),
        ("Range", "bytes=10-12", RangeNotSatisfiable),
        ("Range", "bytes=5-4", RangeNotSatisfiable),
        ("Range", "bytes=-", RangeNotSatisfiable),
        ("Range", "bytes=", RangeNotSatisfiable),
        ("Range", "bytes", RangeNotSatisfiable),
        ("Range", "bytes=a-b", RangeNotSatisfiable),
        ("Range", "bytes=²-³", RangeNotSatisfiable),
        ("Range", "lines=0-1", RangeNotSatisfiable),
        ("Range", "bytes=0-1,3-4", BadRequest),
        ("Content-Range", "bytes 5-4/10", RangeNotSatisfiable),
        ("Content-Range", "bytes 2-9/9", RangeNotSatisfiable),
        ("Content-Range", "bytes 10-11/*", RangeNotSatisfiable),
        ("Content-Range", "bytes */10", RangeNotSatisfiable),
        ("Content-Range", "bytes=0-1", RangeNotSatisfiable),
    ],
)
def test_what_is_no_part(name: str, header: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        asked(Headers({name: header}), SIZE)


def test_without_a_header_all_is_asked_for() -> None:
    assert asked(Headers(), SIZE) is None


def test_range_wins_over_content_range() -> None:
    assert asked(Headers({"Range": "bytes=1-1", "Content-Range": "bytes 2-2/*"}), SIZE) == Span(1, 2)


@pytest.mark.parametrize("header", ["bytes=0-3", "bytes=5-", "bytes=-3"])
def test_while_there_are_no_data_any_range_that_can_be_read_will_do(header: str) -> None:
    assert asked(Headers({"Range": header}), None) is not None
    assert asked(Headers({"Content-Range": "bytes 0-3/*"}), None) is not None
    with pytest.raises(RangeNotSatisfiable):
        asked(Headers({"Range": "bytes=-"}), None)


@pytest.mark.parametrize("size", [1, 2, 3, 100, -1])
def test_a_slice_of_a_file_is_read_to_its_end_and_no_further(size: int) -> None:
    part = Slice(io.BytesIO(b"0123456789"), Span(2, 7))
    found = b""
    while piece := part.read(size):
        found += piece
    assert found == b"23456"
    part.close()
