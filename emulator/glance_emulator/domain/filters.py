"""What a list can be narrowed by: every filter of the image list as a condition in SQL."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, false
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import Boolean

from glance_emulator.db.images import Image
from glance_emulator.errors import BadRequest

TEXT_WITH_LISTS = ("id", "name", "status", "disk_format", "container_format")
TEXT = ("owner", "checksum", "os_hash_algo", "os_hash_value")
LARGEST = 2**63 - 1  # that a database can compare with
NUMBERS = ("size", "virtual_size", "min_disk", "min_ram")
TIMES = ("created_at", "updated_at")
COMPARISONS: Mapping[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "eq": lambda column, value: column == value,
    "neq": lambda column, value: column != value,
    "gt": lambda column, value: column > value,
    "gte": lambda column, value: column >= value,
    "lt": lambda column, value: column < value,
    "lte": lambda column, value: column <= value,
}


class has_tag(ColumnElement[bool]):
    """The condition: an image has this tag."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, tag: ColumnElement[str]) -> None:
        """Take the tag as a bound value."""
        self.tag = tag


@compiles(has_tag)
def _has_tag(element: has_tag, compiler: SQLCompiler, **options: Any) -> str:
    tag = compiler.process(element.tag, **options)
    return f"EXISTS (SELECT 1 FROM json_each(images.tags) AS tag WHERE tag.value = {tag})"  # noqa: S608 - bound


@compiles(has_tag, "postgresql")
def _has_tag_postgresql(element: has_tag, compiler: SQLCompiler, **options: Any) -> str:
    tag = compiler.process(element.tag, **options)
    return f"EXISTS (SELECT 1 FROM json_array_elements_text(images.tags) AS tag WHERE tag = {tag})"  # noqa: S608 - bound


class has_property(ColumnElement[bool]):
    """The condition: an image has this property with this value; not by a JSON path, which not every name can be in."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, name: str, value: str) -> None:
        """Bind both."""
        self.name: BindParameter[str] = bindparam(None, name)
        self.value: BindParameter[str] = bindparam(None, value)


@compiles(has_property)
def _has_property(element: has_property, compiler: SQLCompiler, **options: Any) -> str:
    name, value = (compiler.process(bound, **options) for bound in (element.name, element.value))
    return f"EXISTS (SELECT 1 FROM json_each(images.properties) AS p WHERE p.key = {name} AND p.value = {value})"  # noqa: S608 - bound


@compiles(has_property, "postgresql")
def _has_property_postgresql(element: has_property, compiler: SQLCompiler, **options: Any) -> str:
    name, value = (compiler.process(bound, **options) for bound in (element.name, element.value))
    return f"EXISTS (SELECT 1 FROM json_each_text(images.properties) AS p WHERE p.key = {name} AND p.value = {value})"  # noqa: S608 - bound


def named_like(text: str) -> ColumnElement[bool]:
    """Return the condition: the image's name has `text` in it, in capitals or not."""
    return Image.name.icontains(text, autoescape=True)


def refuse(given: Mapping[str, str]) -> None:
    """Raise BadRequest for the filters that the real service looks at before it asks policy."""
    if "changes-since" in given:
        raise BadRequest("The filter changes-since is not one of this API; use updated_at=gte:… instead.")
    if given.get("protected", "true") not in ("true", "false"):
        raise BadRequest(f"The filter protected is true or false, not {given['protected']!r}.")


def conditions(given: Mapping[str, str]) -> Iterator[ColumnElement[bool]]:
    """Yield a condition for each filter; a name that is no attribute's filters by that property.

    Raises BadRequest for values that the filter cannot have, besides those that `refuse` looks for. `tag`, visibility
    and paging are not filters.
    """
    for name, value in given.items():
        if name == "deleted":
            continue
        if name in TEXT_WITH_LISTS:
            yield _text(name, value)
        elif name in TEXT:
            yield getattr(Image, name) == value
        elif name in NUMBERS:
            yield false() if (number := _number(value)) is None else getattr(Image, name) == number
        elif name in TIMES:
            yield _time(name, value)
        elif name == "protected":
            yield Image.protected.is_(value == "true")
        elif name[-4:] in ("_min", "_max") and name[:-4] in NUMBERS:
            yield _bound(name, value)
        else:
            yield has_property(name, value)


def _text(name: str, value: str) -> ColumnElement[bool]:
    column = getattr(Image, name)
    operator, colon, rest = value.partition(":")
    if not colon:
        return and_(column == value)
    if operator == "eq":
        return and_(column == rest)
    if operator != "in":
        raise BadRequest(f"The filter {name} has no operator {operator!r}; write eq: before a value with a colon.")
    return and_(column.in_(_listed(name, rest)))


def _listed(name: str, text: str) -> Sequence[str]:
    """Split a list with commas, whose items may stand in double quotes, with no blanks around these."""
    if not re.fullmatch(r'(("[^"]*"|[^",]*)(,|$))*', text):
        raise BadRequest(f'The list in the filter {name} has a quotation mark in the wrong place: "in:{text}".')
    rows = list(csv.reader([text]))
    return [item for item in rows[0] if item] if rows else []


def _number(value: str) -> int | None:
    """Return a number that a column can have, in whatever way Python would write it."""
    try:
        number = int(value)
    except ValueError:
        return None
    return number if abs(number) <= LARGEST else None


def _bound(name: str, value: str) -> ColumnElement[bool]:
    try:
        number = min(max(int(value), -LARGEST), LARGEST)
    except ValueError:
        raise BadRequest(f"The filter {name} needs a whole number, not {value!r}.") from None
    column = getattr(Image, name[:-4])
    return and_(column >= number if name.endswith("_min") else column <= number)


def _time(name: str, value: str) -> ColumnElement[bool]:
    operator, colon, rest = value.partition(":")
    if not colon or operator not in COMPARISONS:
        operator, rest = "eq", value
    column = getattr(Image, name)
    try:
        moment = datetime.fromisoformat(rest.strip())
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise BadRequest(f"The filter {name} needs a time like gte:2026-01-31T23:59:59Z, not {value!r}.") from None
    return COMPARISONS[operator](column, moment)
