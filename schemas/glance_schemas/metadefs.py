"""Metadata definitions: what is sent, and what comes back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields, post_dump, validate

from glance_schemas.wire import Fixed, Flag, Text, Timestamp, Whole, derived, one_of

NAME_LENGTH = 80
TYPES = ("array", "boolean", "integer", "number", "object", "string")
VISIBILITIES = ("public", "private")
TIMES = ("created_at", "updated_at")
NAMESPACES = "/v2/metadefs/namespaces"


class Number(fields.Field[int]):
    """A number, of which the part before the point is kept."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ValidationError("Not a number.")
        return int(value)


class Default(fields.Field[str | None]):
    """A property's default: kept as text, whatever the type of the property, and not at all if it is a list or so."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str | None:
        return Text().deserialize(str(value)) if isinstance(value, str | int | float) else None


def _length() -> Whole:
    return Whole(validate=validate.Range(min=0, error="Less than 0."))


def _words() -> fields.List[str]:
    return fields.List(fields.String())


def _unlike(words: list[str]) -> None:
    if len(set(words)) < len(words):
        raise ValidationError("The same twice.")


def _prefix() -> fields.String:
    return fields.String(validate=validate.Length(max=NAME_LENGTH))


# What is sent.


class Given(Schema):
    """A body."""

    read_only: ClassVar[tuple[str, ...]] = TIMES
    """What nobody may set; the real service says so before it looks at anything else."""


class Items(Schema):
    """What the items of an array are."""

    type = fields.String(required=True, validate=one_of(TYPES))
    enum = fields.List(fields.String(allow_none=True))


class Definition(Schema):
    """What values a property may have.

    The documented schema knows `required` too, but the real service cannot keep it.
    """

    name = Text(NAME_LENGTH)
    type = fields.String(required=True, validate=one_of(TYPES))
    title = Text(required=True)
    description = Text()
    operators = _words()
    default = Default(allow_none=True)
    readonly = Flag()
    minimum = Number()
    maximum = Number()
    enum = fields.List(fields.String(allow_none=True))
    pattern = Text()
    minLength = _length()
    maxLength = _length()
    items = fields.Nested(Items)
    uniqueItems = Flag()
    minItems = _length()
    maxItems = _length()
    additionalItems = Flag()


class PropertyGiven(Given, Definition):
    """A property."""

    name = Text(NAME_LENGTH, required=True)


class ObjectGiven(Given):
    """An object."""

    read_only = (*TIMES, "self", "schema")

    name = Text(NAME_LENGTH, required=True)
    required = fields.List(Text(), validate=_unlike, metadata={"uniqueItems": True})
    description = Text()
    properties = fields.Dict(keys=fields.String(), values=fields.Nested(Definition))


class TagGiven(Given):
    """The new name of a tag."""

    name = Text(NAME_LENGTH, required=True)


class Word(Schema):
    """A tag among many."""

    name = fields.String(required=True)


class TagsGiven(Schema):
    """Many tags."""

    tags = fields.List(fields.Nested(Word), required=True)


class AssociationGiven(Given):
    """That a namespace applies to a kind of resource."""

    name = fields.String(required=True, validate=validate.Length(max=NAME_LENGTH))
    prefix = _prefix()
    properties_target = _prefix()


# Within a namespace names may be longer, and what the service has shown may be sent back.


class ObjectWithin(ObjectGiven):
    """An object in a namespace."""

    name = Text(required=True)
    created_at = fields.String()
    updated_at = fields.String()
    self = fields.String()
    schema = fields.String()


class TagWithin(Schema):
    """A tag in a namespace."""

    name = Text(required=True)
    created_at = fields.String()
    updated_at = fields.String()


class AssociationWithin(Schema):
    """A kind of resource that a namespace applies to."""

    name = fields.String(required=True)
    prefix = fields.String()
    properties_target = fields.String()
    created_at = fields.String()
    updated_at = fields.String()


class NamespaceGiven(Given):
    """A namespace, with what is in it."""

    read_only = (*TIMES, "self", "schema")

    namespace = Text(NAME_LENGTH, required=True)
    display_name = Text(NAME_LENGTH)
    description = Text(500)
    visibility = fields.String(validate=one_of(VISIBILITIES))
    protected = Flag()
    owner = Text(255)
    resource_type_associations = fields.List(fields.Nested(AssociationWithin))
    properties = fields.Dict(keys=Text(), values=fields.Nested(Definition))
    objects = fields.List(fields.Nested(ObjectWithin))
    tags = fields.List(fields.Nested(TagWithin))


# What comes back.


class Definitions(fields.Dict):
    """Definitions by the names of their properties, shown as they are kept."""

    def __init__(self, **options: Any) -> None:
        """Take what any field takes."""
        super().__init__(fields.String(), fields.Nested(Definition), **options)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value


class Shown(Schema):
    """Something whose attributes are left out where it has none."""

    @post_dump
    def _leave_out(self, document: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in document.items() if value is not None}


class Tag(Schema):
    """A tag."""

    name = fields.String(required=True)
    created_at = Timestamp(required=True)
    updated_at = Timestamp(required=True)


class Tags(Schema):
    """Tags in a list."""

    tags = fields.List(fields.Nested(Word), required=True)


class ResourceTypes(Schema):
    """The kinds of resources."""

    resource_types = fields.List(fields.Nested(Tag), required=True)


class Association(Shown):
    """A kind of resource that a namespace applies to."""

    name = fields.String(required=True)
    prefix = fields.String()
    properties_target = fields.String()
    created_at = Timestamp()
    updated_at = Timestamp()


class Associations(Schema):
    """The kinds of resources that a namespace applies to."""

    resource_type_associations = fields.List(fields.Nested(Association), required=True)


class Property(Definition):
    """A property."""

    name = Text(required=True)


class Properties(Schema):
    """The definitions of properties, by name."""

    properties = Definitions(required=True)


class Object(Shown):
    """An object."""

    name = fields.String(required=True)
    required = _words()
    description = fields.String()
    properties = Definitions()
    created_at = Timestamp(required=True)
    updated_at = Timestamp(required=True)
    self = derived(lambda one: f"{NAMESPACES}/{one['namespace']}/objects/{one['name']}", required=True)
    schema = Fixed("/v2/schemas/metadefs/object", required=True)


class Objects(Schema):
    """The objects of a namespace."""

    objects = fields.List(fields.Nested(Object), required=True)
    schema = Fixed("v2/schemas/metadefs/objects", required=True)  # without a slash first, as the real one has it


class Namespace(Shown):
    """A namespace; what is in it is shown where it is shown by itself."""

    namespace = fields.String(required=True)
    display_name = fields.String()
    description = fields.String()
    visibility = fields.String(required=True, validate=one_of(VISIBILITIES))
    protected = Flag(required=True)
    owner = fields.String()
    created_at = Timestamp(required=True)
    updated_at = Timestamp(required=True)
    resource_type_associations: fields.Field[Any] = fields.List(fields.Nested(Association))
    properties = Definitions()
    objects: fields.Field[Any] = fields.List(fields.Nested(Object))
    tags: fields.Field[Any] = fields.List(fields.Nested(Word))
    self = derived(lambda one: f"{NAMESPACES}/{one['namespace']}", required=True)
    schema = Fixed("/v2/schemas/metadefs/namespace", required=True)


class NamespaceCreated(Namespace):
    """A new namespace; what is in it is shown as it was given."""

    resource_type_associations = fields.Raw()
    objects = fields.Raw()
    tags = fields.Raw()


class Namespaces(Schema):
    """A page of namespaces, and the ways to the first page and the next."""

    namespaces = fields.List(fields.Nested(Namespace), required=True)
    first = fields.String(required=True)
    next = fields.String()
    schema = Fixed("/v2/schemas/metadefs/namespaces", required=True)
