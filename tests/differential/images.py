"""What is said of images: attributes and changes of them, right and wrong."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from tests.differential.people import project

Attribute = tuple[str, Any]
GIVEN_ID = "PREFIX-0000-4000-8000-aaaaaaaaaaaa"

TEXTS = ("", "a", "b", "an image", "A", "é☃", "a:b", "in:a,b", "a,b", '"a"', "100%", "null", " a ", "x" * 255)
WRONG_TEXTS: tuple[Any, ...] = (1, 0.5, True, [], {}, ["a"], "a\U0001f600", "\ud800")
COMMON = ("bare",) * 8
RIGHT: dict[str, tuple[Any, ...]] = {
    "name": (None, *TEXTS),
    "disk_format": (None, *("raw",) * 6, *("qcow2",) * 3, "iso", "vhd", "vmdk", "vdi", "vhdx", "ploop", "ami", "aki"),
    "container_format": (None, *COMMON, "ovf", "ova", "docker", "ami", "compressed"),
    "visibility": ("private", *("shared",) * 4, *("community",) * 2),
    "protected": (True, False),
    "os_hidden": (True, False, False),
    "min_disk": (0, 1, 20, 2**31 - 1, 1.0),
    "min_ram": (0, 1, 512, 2**31 - 1),
    "tags": ([], ["a"], ["a", "b"], ["b", "b"], ["é", "a b"], [""], ["x" * 255], [str(n) for n in range(128)]),
    "owner": (project("producer"),),
    "kernel_id": ("", "none", "12345678-1234-1234-1234-123456789abc"),
    "architecture": ("x86_64", "x" * 300),
    "colour": TEXTS,
    "": ("empty",),
    "a/b": ("slash",),
    "a~b": ("tilde",),
    "A": ("capital",),
    "x" * 255: ("long",),
    "é": ("accent", "é"),
    "is_public": ("True",),
    "size_min": ("1",),
    "os_hash_algo": ("md5", None),
    "os_hash_value": ("a", None),
}
DOUBTFUL: dict[str, tuple[Any, ...]] = {
    "name": ("x" * 256, *WRONG_TEXTS),
    "disk_format": ("", "RAW", "tar", 1, False, []),
    "container_format": ("", "Bare", 0, {}),
    "visibility": ("public", "public", "", None, "Shared", 1),
    "protected": (None, "true", 0, 1, [], ""),
    "os_hidden": (None, "false", 1),
    "min_disk": (-1, 2**31, 2**70, "1", None, True, 1.5, 1e400, -0.0),
    "min_ram": (-1, 2**31, "", [], 0.1, 1e2),
    # Not one beyond U+FFFF: the real service refuses that, and yet keeps the new image.
    "tags": (None, "a", {}, [1], [None], ["x" * 256], [str(n) for n in range(129)], ["a"] * 129),
    "owner": (project("consumer"), None, "", "x" * 255, "x" * 256, 1),
    "colour": (None, 1, True, [], {}, "\U0001f600"),
    "kernel_id": (None, 1, "nonsense"),
    "x" * 256: ("long",),
    "a\U0001f600": ("astral",),
    "status": ("active", "bogus", None, 1),
    "size": (1, 0, None, -1, "1", 1.5),
    "virtual_size": (1, None, "1"),
    "checksum": (None, "a" * 32, "a" * 33),
    "os_hash_algo": ("x" * 65, 1),
    "os_hash_value": ("x" * 129, 1),
    "created_at": ("2020-01-01T00:00:00Z", "never", None),
    "updated_at": ("2020-01-01T00:00:00Z", 1),
    "self": ("/v2/images/1", None),
    "file": ("x",),
    "schema": ("x", 1),
    "direct_url": ("file:///a", None),
    "stores": ("cheap", "", None, 1),
    "deleted": (True, "true", "false"),
    "deleted_at": ("never", None),
    "location": ("file:///etc/passwd", None),
    "locations": ([], [{"url": "http://a.test/", "metadata": {}}], [{"url": "a"}], [1], None, "a"),
    "os_glance_x": ("x",),
    "os_glanceX": ("x",),
    "members": ("x",),
    "members ": ("x",),
    "id": (GIVEN_ID, "", None, 1, "nonsense", "PREFIX00004000800000000000000000"),
}


def pairs(table: dict[str, tuple[Any, ...]]) -> list[Attribute]:
    return [(name, value) for name, values in table.items() for value in values]


right = st.sampled_from(pairs(RIGHT))
doubtful = st.sampled_from(pairs(DOUBTFUL))
known_formats = st.sampled_from([{}, {"disk_format": "raw", "container_format": "bare"}])


@st.composite
def attributes(draw: st.DrawFn) -> dict[str, Any]:
    """Draw what a new image is given, most often acceptable."""
    chosen = {**draw(known_formats), **dict(draw(st.lists(right, max_size=5)))}
    if draw(st.integers(0, 3)) == 3:
        chosen.update([draw(doubtful)])
    return chosen


many_properties = st.sampled_from([127, 128, 129]).map(lambda number: {f"p{n}": "v" for n in range(number)})
new_images = st.one_of(attributes(), attributes(), attributes(), attributes(), many_properties)

# What the body of a POST may be that is no object, or no usual one; NEW stands for a new id.
ODD_BODIES = (
    b"", b" ", b"null", b"0", b'"a"', b"true", b"{", b"nonsense", b"\xff", b"\xef\xbb\xbf{}", b'{"name": "\xff"}',
    b'{"id": "NEW", "name": "a", "name": "b"}', b' \n{"id": "NEW"} ', b'{"id": "NEW", "min_ram": NaN}',
    b'{"id": "NEW", "min_ram": 1e2}', b'{"id": "NEW",}', b'{"id": "NEW"} x', b"{'id': 'NEW'}", b"[]", b"[1]",
    b'{"id": "NEW", "a": {"b": [1, 2, {}]}}', b'{"id": "NEW", "min_disk": 100000000000000000000000000}',
    b'{"id": "NEW", "name": "\\u00e9\\u0000"}', b'{"id": "NEW", "name": "a\nb"}',
)  # fmt: skip

# Changes

MODERN = "application/openstack-images-v2.1-json-patch"
OLD = "application/openstack-images-v2.0-json-patch"
POINTERS: tuple[Any, ...] = (
    "", "name", "/", "//", "//name", "/x/", "/x/y", "/name/x", "/tags/-", "/tags/0", "/a~2", "/~", "/colour~",
    "/os_glance_x", "/locations", "/locations/-", "/locations/0", "/nope", None, 1, [], {},
)  # fmt: skip


def pointer(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")


def change(op: Any, path: Any, *value: Any) -> dict[str, Any]:
    return {"op": op, "path": path, **({"value": value[0]} if value else {})}


def _changes(table: dict[str, tuple[Any, ...]]) -> Iterable[dict[str, Any]]:
    for name, values in table.items():
        for op in ("add", "replace"):
            yield from (change(op, pointer(name), value) for value in values)
        yield change("remove", pointer(name))


LOCATION = {"url": "http://a.test/", "metadata": {}}
ODD_CHANGES: tuple[Any, ...] = (
    *(change(op, path, "v") for op in ("add", "replace") for path in POINTERS),
    *(change("remove", path) for path in POINTERS),
    *(change(op, "/colour", "v") for op in ("move", "copy", "test", "Add", "", None, 1)),
    *(change(op, path, LOCATION) for op in ("add", "replace") for path in ("/locations/-", "/locations/0")),
    change("add", "/colour"), change("replace", "/name"), {"path": "/colour", "value": "v"}, {"op": "add"}, {}, [],
    None, 1, "add", {"add": "/colour", "value": "v"}, {"op": "add", "path": "/colour", "value": "v", "extra": 1},
    {"op": "add", "path": "/nope", "from": "/name", "value": "v"}, change("remove", "/colour", "v"),
)  # fmt: skip

usual_change = st.sampled_from(list(_changes(RIGHT)))
doubtful_change = st.sampled_from(list(_changes(DOUBTFUL)))
odd_change = st.sampled_from(ODD_CHANGES)
changes = st.one_of(
    st.lists(usual_change, max_size=4),
    st.lists(usual_change, min_size=1, max_size=2),
    st.lists(st.one_of(usual_change, doubtful_change), min_size=1, max_size=3),
    st.lists(st.one_of(usual_change, doubtful_change, odd_change), min_size=1, max_size=3),
    st.sampled_from([127, 128, 129]).map(lambda number: [change("add", f"/p{n}", "v") for n in range(number)]),
)
patch_types = st.sampled_from([*(MODERN,) * 12, *(OLD,) * 4, f"{MODERN}; charset=utf-8", MODERN.upper(), None, "",
                               "application/json", "application/json-patch+json", f"{OLD}x", "*/*"])  # fmt: skip


def in_old_words(operations: list[Any]) -> list[Any]:
    """Return the changes as the older media type writes them, as far as they can be."""
    return [_old(item) if isinstance(item, dict) and {"op", "path"} <= {*item} else item for item in operations]


def _old(item: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in item.items() if name not in ("op", "path")}
    return {str(item["op"]): item["path"], **rest}


def as_json(document: Any) -> bytes:
    return json.dumps(document).encode()


READY = {"disk_format": "raw", "container_format": "bare"}
visibilities = st.sampled_from(["shared", "shared", "community", "private"])
