"""Changes of an image, in both media types."""

from __future__ import annotations

from typing import Any

import pytest

from glance_schemas.patches import MEDIA_TYPES, PatchError, parse

OLD, MODERN = sorted(MEDIA_TYPES)
LOCATION = {"url": "http://x", "metadata": {}}


@pytest.mark.parametrize(
    ("modern", "old", "change"),
    [
        pytest.param(
            {"op": "replace", "path": "/name", "value": None},
            {"replace": "/name", "value": None},
            ("replace", ("name",), None, None),
            id="replace by null",
        ),
        pytest.param({"op": "remove", "path": "/os"}, {"remove": "/os"}, ("remove", ("os",), None, None), id="remove"),
        pytest.param(
            {"op": "remove", "path": "/os", "value": 5},
            {"remove": "/os", "value": 5},
            ("remove", ("os",), None, None),
            id="remove, with a value",
        ),
        pytest.param(
            {"op": "replace", "path": "/a~1b~0c", "value": "x"},
            {"replace": "/a~1b~0c", "value": "x"},
            ("replace", ("a/b~c",), "x", None),
            id="escaped path",
        ),
        pytest.param(
            {"op": "add", "path": "/locations/-", "value": LOCATION},
            {"add": "/locations/-", "value": LOCATION},
            ("add", ("locations", "-"), LOCATION, None),
            id="a location",
        ),
        pytest.param(
            {"op": "replace", "path": "/locations", "value": [LOCATION]},
            {"replace": "/locations", "value": [LOCATION]},
            ("replace", ("locations",), [LOCATION], None),
            id="all locations",
        ),
    ],
)
def test_both_media_types_say_the_same(modern: Any, old: Any, change: Any) -> None:
    assert parse([modern], MODERN) == [change]
    assert parse([old], OLD) == [change]


def test_what_is_added_was_not_there_in_the_old_media_type() -> None:
    assert parse([{"op": "add", "path": "/os", "value": "x"}], MODERN) == [("add", ("os",), "x", None)]
    assert parse([{"add": "/os", "value": "x"}], OLD) == [("create", ("os",), "x", None)]


def test_changes_keep_their_order() -> None:
    body = [{"op": "add", "path": f"/p{number}", "value": "x"} for number in range(5)]
    assert [path for _, path, _, _ in parse(body, MODERN)] == [(f"p{number}",) for number in range(5)]
    assert parse([], MODERN) == parse([], OLD) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/name", 5),
        ("/visibility", "visible"),
        ("/tags", "x"),
        ("/protected", "true"),
        ("/mine", 5),
        ("/locations", [{"url": 5}]),
        ("/locations", {"url": "http://x"}),
    ],
)
def test_what_is_wrong_with_a_value_is_said_beside_it(path: str, value: Any) -> None:
    [(_, _, kept, fault)] = parse([{"op": "replace", "path": path, "value": value}], MODERN)
    assert kept == value
    assert fault


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(["x"], id="no object"),
        pytest.param([{"path": "/os", "value": "x"}], id="no operation"),
        pytest.param([{"op": "move", "path": "/os", "value": "x"}], id="another operation"),
        pytest.param([{"op": "add", "path": "/os"}], id="no value"),
        pytest.param([{"op": "add", "value": "x"}], id="no path"),
        pytest.param([{"op": "add", "path": 5, "value": "x"}], id="path that is no text"),
        pytest.param([{"op": "add", "path": "os", "value": "x"}], id="path without a slash"),
        pytest.param([{"op": "add", "path": "/os/", "value": "x"}], id="path that ends in a slash"),
        pytest.param([{"op": "add", "path": "/o~s", "value": "x"}], id="tilde that escapes nothing"),
        pytest.param([{"op": "add", "path": "/tags/0", "value": "x"}], id="path into an attribute"),
        pytest.param([{"op": "add", "path": "/locations", "value": LOCATION}], id="location without a place"),
        pytest.param([{"op": "replace", "path": "/locations/0", "value": LOCATION}], id="location replaced"),
        pytest.param([{"op": "remove", "path": "/locations"}], id="locations removed"),
    ],
)
def test_what_is_no_change(body: Any) -> None:
    [(_, path, _, fault)] = parse(body, MODERN)
    assert fault
    assert path == ("",), "no attribute that could be refused for another reason"


def test_what_is_no_list() -> None:
    with pytest.raises(PatchError):
        parse({}, MODERN)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(["x"], id="no object"),
        pytest.param([{"value": "x"}], id="no operation"),
        pytest.param([{"add": "/os", "remove": "/os", "value": "x"}], id="two operations"),
        pytest.param([{"replace": "/os"}], id="no value"),
    ],
)
def test_what_is_none_in_the_old_media_type(body: Any) -> None:
    [(_, _, _, fault)] = parse(body, OLD)
    assert fault
