"""What lists are asked for: filters, orders, pages, right and wrong."""

from __future__ import annotations

from urllib.parse import quote_plus

from hypothesis import strategies as st

from tests.differential.people import project

TIMES = (
    "2020-01-01T00:00:00Z", "2020-01-01", "2020-01-01T00:00:00", "2020-01-01T00:00:00.000Z", "2099-12-31T23:59:59Z",
    "2020-01-01T00:00:00+02:00", "2020-01-01 00:00:00", "yesterday", "", "2020-13-01",
)  # fmt: skip
OPERATORS = ("", "gt:", "gte:", "lt:", "lte:", "eq:", "neq:", "in:", "GT:", "x:")
NUMBERS = ("0", "1", "10", "-1", "512", "1000000", " 2", "+3", "1.5", "", "a", "1e3", "0x1", "99999999999999999999")
KEYS = ("name", "status", "container_format", "disk_format", "size", "id", "created_at", "updated_at")
WRONG_KEYS = ("", "owner", "min_disk", "Name", "colour", "visibility", "checksum", "tags")
DIRECTIONS = ("asc", "desc")
WRONG_DIRECTIONS = ("", "ASC", "up")
TEXTS = (
    "", "a", "b", "an image", "é☃", "a:b", "eq:a", "eq:a:b", "in:a,b", 'in:"a,b",a', "in:", "in:a,", "in:,a", 'in:"a',
    'in:a"b', 'in:"a"b', 'in:"a" ,b', "in: a,b", "neq:a", "IN:a", ":", "x" * 256, "100%", '"a"', " a ",
)  # fmt: skip
FILTERS: dict[str, tuple[str, ...]] = {
    "name": TEXTS,
    "status": ("queued", "active", "deactivated", "in:queued,active", "in:active", "deleted", "bogus", "eq:active", ""),
    "disk_format": ("raw", "qcow2", "in:raw,qcow2", "RAW", "", "eq:raw", "lt:raw"),
    "container_format": ("bare", "in:bare,ovf", "docker", "x:bare"),
    "id": ("", "nonsense", "in:", "in:nonsense,b", "eq:x"),
    "visibility": ("shared", "shared", "private", "community", "public", "all", "all", "", "PUBLIC", "in:shared"),
    "member_status": ("pending", "accepted", "rejected", "all", "all", "", "ACCEPTED", "bogus"),
    "os_hidden": ("true", "true", "false", "True", "FALSE", "1", "", "no"),
    "protected": ("true", "false", "True", "1", ""),
    "owner": (project("producer"), project("consumer"), "admin", "", "in:a"),
    "tag": ("a", "a", "b", "é", "a b", "", "in:a,b", "A", "x" * 256),
    "size": ("0", "10", "1000", "a", ""),
    "size_min": NUMBERS,
    "size_max": NUMBERS,
    "min_disk": ("0", "1", "20", "a"),
    "min_disk_min": NUMBERS,
    "min_ram_max": NUMBERS,
    "min_ram": ("0", "512", "x"),
    "virtual_size": ("0", "10", "x"),
    "virtual_size_min": NUMBERS,
    "virtual_size_max": ("1000",),
    "checksum": ("a", "", "d41d8cd98f00b204e9800998ecf8427e"),
    "os_hash_algo": ("sha512", "md5", ""),
    "os_hash_value": ("a",),
    "created_at": tuple(operator + time for operator in OPERATORS for time in TIMES),
    "updated_at": tuple(operator + time for operator in OPERATORS for time in TIMES[:3]),
    "changes-since": ("2020-01-01T00:00:00Z", ""),
    "deleted": ("true", "false", "x"),
    "is_public": ("True", "none"),
    "colour": TEXTS,
    "kernel_id": ("none", "", "in:none"),
    "architecture": ("x86_64",),
    "a/b": ("slash",),
    "A": ("capital",),
    "a": ("capital",),
    "": ("empty", ""),
    "é": ("é", "accent"),
    "stores": ("reliable", "cheap", "reliable,cheap"),
    "self": ("x",),
    "tags": ("a",),
    "limit": ("0", "1", "2", "3", "3", "1000", "1001", "-1", "", "a", "1.5", " 2", "+2", "100000000000000000000"),
    "marker": ("", "nonsense"),
}
ORDERS: dict[str, tuple[str, ...]] = {
    "sort": (
        *(f"{key}:{direction}" for key in KEYS for direction in DIRECTIONS),
        *KEYS,
        *(f"{one}:asc,{other}:desc" for one in KEYS for other in ("name", "status", "size")),
        *(f"{one},{other}:asc" for one in KEYS for other in ("disk_format", "id")),
        *WRONG_KEYS, "name:", "name:asc:desc", "name,", ",", "name : asc", " name", "name:ASC", "name:up",
    ),
    "sort_key": (*KEYS, *WRONG_KEYS),
    "sort_dir": (*DIRECTIONS * 3, *WRONG_DIRECTIONS),
}  # fmt: skip
ODD_QUERIES = (
    "", "&", "&&", "=", "a", "limit", "name=%FF", "%FF=a", "name=%", "name=a;b=c", "name=a&name=b", "tag=a&tag=b",
    "limit=1&limit=2", "visibility=shared&visibility=shared", "visibility=shared&visibility=private",
    "limit=1&tag=a&tag=b", "member_status=all&member_status=all", "sort=name&sort=id",
    "sort_key=name&sort_key=size&sort_dir=asc&sort_dir=desc", "sort_key=name&sort_key=size&sort_dir=asc",
    "sort_key=name&sort_dir=asc&sort_dir=desc", "sort=name&sort_key=id", "sort=name&sort_dir=asc",
    "limit=1&unknown=&first=x", "%6Eame=a", "name=a+b", "name=%C3%A9%E2%98%83", "limit=%31", "limit=2&limit=2",
    "os_hidden=true&os_hidden=true", "os_hidden=true&os_hidden=false", "owner=a&owner=b", "?limit=1",
    "marker=&limit=1", "protected=true&protected=false", "size_min=5&size_max=1",
    "created_at=gt:2020-01-01&created_at=x",
)  # fmt: skip


def _encoded(table: dict[str, tuple[str, ...]]) -> list[str]:
    return [f"{quote_plus(name)}={quote_plus(value)}" for name, values in table.items() for value in values]


def _one_of_each(table: dict[str, tuple[str, ...]]) -> st.SearchStrategy[str]:
    """Draw a parameter: each with the same chance, however many values it has."""
    return st.one_of([st.sampled_from(_encoded({name: values})) for name, values in table.items()])


parameter = st.one_of(_one_of_each(FILTERS), _one_of_each(FILTERS), _one_of_each(ORDERS))
queries = st.one_of(
    st.lists(parameter, max_size=3).map("&".join),
    st.lists(parameter, max_size=3).map("&".join),
    st.sampled_from(_encoded({"visibility": FILTERS["visibility"], "limit": FILTERS["limit"]})),
    st.sampled_from(ODD_QUERIES),
)
walks = st.sampled_from([
    "", "visibility=all", "os_hidden=true", "member_status=all", "visibility=shared", "tag=a",
    *(f"sort={key}:{direction}" for key in KEYS for direction in DIRECTIONS),
    *(f"sort_key={one}&sort_key={other}&sort_dir=asc" for one in KEYS for other in ("name", "updated_at")),
])  # fmt: skip
