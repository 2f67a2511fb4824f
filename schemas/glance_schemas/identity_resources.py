"""The resources of Identity: what is sent, and what comes back.

Bodies are wrapped, `{"project": {...}}`; what a resource does not know, it keeps and hands back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from marshmallow import INCLUDE, RAISE, Schema, ValidationError, fields, post_dump, validate

from glance_schemas.wire import Fixed, Flag, Text, one_of

LONGEST_NAME = 64
"""Of a project or domain; of all else it is 255."""


def wrapped(key: str, kind: type[Schema]) -> type[Schema]:
    """Return the schema of `{key: kind}`."""
    return Schema.from_dict({key: fields.Nested(kind, required=True)}, name=f"Wrapped{kind.__name__}")


def _name(longest: int = 255, **options: Any) -> Text:
    return Text(longest=longest, validate=validate.Regexp(r".*\S", error="Empty."), **options)


def filled(value: Mapping[str, Any]) -> None:
    """Raise ValidationError for what has nothing in it."""
    if not value:
        raise ValidationError("Empty.")


class Tags(fields.Field[list[str]]):
    """A list of short strings, none of them twice."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(tag, str) and 0 < len(tag) <= 255 for tag in value):
            raise ValidationError("Not a list of strings of 1 to 255 characters.")
        if len(set(value)) < len(value) or any("/" in tag or "," in tag for tag in value):
            raise ValidationError("A tag is there twice, or has a slash or a comma.")
        return value


class Moment(fields.Field[datetime]):
    """A time in UTC, to the microsecond; a `Z` at the end and the fraction may be missing when it comes in."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.strftime("%Y-%m-%dT%H:%M:%S.%f")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        for form in ("%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S"):
            try:
                return datetime.strptime(value.removesuffix("Z"), form)  # noqa: DTZ007 - naive UTC, as it is stored
            except (AttributeError, ValueError):
                continue
        raise ValidationError("Not a time like 2026-01-31T23:59:59.000000Z.")


class Options(Schema):
    """The options of a project, domain or role."""

    immutable = Flag(allow_none=True)


class _Sent(Schema):
    class Meta:
        """marshmallow's options."""

        unknown = INCLUDE


class _Shown(Schema):
    """A resource as it is shown; `always` are keys that it keeps in `extra`, and their values when it does not."""

    class Meta:
        """marshmallow's options."""

        unknown = INCLUDE

    links = fields.Dict(fields.String(), fields.String())

    singular: ClassVar[str]
    plural: ClassVar[str]
    always: ClassVar[dict[str, Any]] = {}

    @post_dump(pass_original=True)
    def _with_extra(self, shown: dict[str, Any], original: Any, **_: Any) -> dict[str, Any]:
        extra = original.extra
        return {**self.always, **extra, **shown}


class ProjectUpdate(_Sent):
    """Changes of a project; there may be none."""

    name = _name(LONGEST_NAME)
    description = Text(allow_none=True)
    enabled = Flag()
    is_domain = Flag()
    domain_id = Text(allow_none=True)
    parent_id = Text(allow_none=True)
    tags = Tags()
    options = fields.Nested(Options)


class ProjectCreate(ProjectUpdate):
    """A new project."""

    name = _name(LONGEST_NAME, required=True)


class Project(_Shown):
    """A project."""

    singular, plural = "project", "projects"
    always: ClassVar[dict[str, Any]] = {"tags": [], "options": {}}

    id = fields.String(required=True)
    name = fields.String(required=True)
    domain_id = fields.String(required=True)
    description = fields.String()
    enabled = Flag(required=True)
    parent_id = fields.String()
    is_domain = fields.Constant(False, metadata={"type": "boolean"})


class DomainUpdate(_Sent):
    """Changes of a domain."""

    name = _name(LONGEST_NAME)
    description = Text(allow_none=True)
    enabled = Flag()
    tags = Tags()
    options = fields.Nested(Options)


class DomainCreate(DomainUpdate):
    """A new domain."""

    name = _name(LONGEST_NAME, required=True)


class Domain(_Shown):
    """A domain."""

    singular, plural = "domain", "domains"
    always: ClassVar[dict[str, Any]] = {"tags": [], "options": {}}

    id = fields.String(required=True)
    name = fields.String(required=True)
    description = fields.String()
    enabled = Flag(required=True)


class UserUpdate(_Sent):
    """Changes of a user."""

    name = _name()
    password = Text(allow_none=True, longest=4096)
    enabled = Flag()
    domain_id = Text()
    default_project_id = Text(allow_none=True)
    options = fields.Dict(keys=fields.String())


class UserCreate(UserUpdate):
    """A new user."""

    name = _name(required=True)


class User(_Shown):
    """A user; there is a default project only where one was set."""

    singular, plural = "user", "users"
    always: ClassVar[dict[str, Any]] = {"options": {}}

    id = fields.String(required=True)
    name = fields.String(required=True)
    domain_id = fields.String(required=True)
    enabled = Flag(required=True)
    default_project_id = fields.String()
    password_expires_at = Fixed(None, required=True)

    @post_dump
    def _without_default_project(self, shown: dict[str, Any], **_: Any) -> dict[str, Any]:
        if shown.get("default_project_id") is None:
            shown.pop("default_project_id", None)
        return shown


class PasswordChange(Schema):
    """Both passwords; nothing else."""

    original_password = fields.String(required=True)
    password = Text(required=True, longest=4096)


class RoleUpdate(_Sent):
    """Changes of a role."""

    name = _name()
    description = Text(allow_none=True)
    domain_id = Text(allow_none=True)
    options = fields.Nested(Options)


class RoleCreate(RoleUpdate):
    """A new role."""

    name = _name(required=True)


class Role(_Shown):
    """A role."""

    singular, plural = "role", "roles"
    always: ClassVar[dict[str, Any]] = {"options": {}}

    id = fields.String(required=True)
    name = fields.String(required=True)
    domain_id = fields.String(required=True, allow_none=True)
    description = fields.String(required=True, allow_none=True)


class RegionUpdate(_Sent):
    """Changes of a region, or a new one."""

    id = Text(allow_none=True, longest=255)
    description = Text(allow_none=True)
    parent_region_id = Text(allow_none=True)


class Region(_Shown):
    """A region."""

    singular, plural = "region", "regions"

    id = fields.String(required=True)
    description = fields.String(required=True)
    parent_region_id = fields.String(required=True, allow_none=True)


class ServiceUpdate(_Sent):
    """Changes of a service."""

    type = Text(longest=255, validate=validate.Length(min=1))
    name = Text(longest=255)
    description = Text()
    enabled = Flag()


class ServiceCreate(ServiceUpdate):
    """A new service."""

    type = Text(longest=255, required=True, validate=validate.Length(min=1))


class Service(_Shown):
    """A service; there is a description only where one was given."""

    singular, plural = "service", "services"

    id = fields.String(required=True)
    name = fields.String(required=True)
    type = fields.String(required=True)
    description = fields.String()
    enabled = Flag(required=True)

    @post_dump
    def _without_description(self, shown: dict[str, Any], **_: Any) -> dict[str, Any]:
        if shown.get("description") is None:
            shown.pop("description", None)
        return shown


class EndpointUpdate(_Sent):
    """Changes of an endpoint."""

    service_id = Text()
    interface = fields.Raw(validate=one_of(("admin", "internal", "public")))
    url = Text(validate=validate.Regexp(r"^[a-zA-Z0-9+.-]+:.+", error="Not a URL."))
    region_id = Text(allow_none=True)
    region = Text(allow_none=True)
    enabled = Flag()


class EndpointCreate(EndpointUpdate):
    """A new endpoint."""

    service_id = Text(required=True)
    interface = fields.Raw(required=True, validate=one_of(("admin", "internal", "public")))
    url = Text(required=True, validate=validate.Regexp(r"^[a-zA-Z0-9+.-]+:.+", error="Not a URL."))


class Endpoint(_Shown):
    """An endpoint."""

    singular, plural = "endpoint", "endpoints"

    id = fields.String(required=True)
    interface = fields.String(required=True)
    region_id = fields.String(required=True, allow_none=True)
    service_id = fields.String(required=True)
    url = fields.String(required=True)
    enabled = Flag(required=True)


class RoleReference(Schema):
    """A role, by id or by name."""

    id = fields.String()
    name = fields.String()


class AccessRule(Schema):
    """A request that an application credential may be used for."""

    id = fields.String()
    service = fields.String(required=True)
    path = fields.String(required=True)
    method = fields.String(required=True, validate=one_of(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")))


class NewApplicationCredential(Schema):
    """A new application credential; it knows no other keys than these."""

    class Meta:
        """marshmallow's options."""

        unknown = RAISE

    name = _name(required=True)
    description = Text(allow_none=True)
    secret = Text(allow_none=True, validate=validate.Length(min=1))
    expires_at = Moment(allow_none=True)
    unrestricted = Flag(allow_none=True)
    roles = fields.List(fields.Nested(RoleReference, validate=filled))
    access_rules = fields.List(fields.Nested(AccessRule))
    project_id = fields.String()
    """Taken, and not looked at: the project is that of the token."""


class ApplicationCredential(Schema):
    """An application credential; its secret and roles stand beside these attributes."""

    class Meta:
        """marshmallow's options."""

        unknown = INCLUDE

    singular, plural = "application_credential", "application_credentials"

    id = fields.String(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True, allow_none=True)
    user_id = fields.String(required=True)
    project_id = fields.String(required=True, allow_none=True)
    system = Fixed(None, required=True)
    expires_at = Moment(required=True, allow_none=True)
    unrestricted = fields.Boolean(required=True, allow_none=True)
    access_rules = fields.List(fields.Nested(AccessRule))

    @post_dump
    def _without_access_rules(self, shown: dict[str, Any], **_: Any) -> dict[str, Any]:
        if shown.get("access_rules") is None:
            shown.pop("access_rules", None)
        return shown


NewProject = wrapped("project", ProjectCreate)
ChangedProject = wrapped("project", ProjectUpdate)
NewDomain = wrapped("domain", DomainCreate)
NewUser = wrapped("user", UserCreate)
ChangedPassword = wrapped("user", PasswordChange)
NewRole = wrapped("role", RoleCreate)
NewRegion = wrapped("region", RegionUpdate)
NewService = wrapped("service", ServiceCreate)
NewEndpoint = wrapped("endpoint", EndpointCreate)
ApplicationCredentialCreate = wrapped("application_credential", NewApplicationCredential)


def _changes(key: str, kind: type[Schema]) -> type[Schema]:
    """Return the schema of `{key: kind}` where there must be something to change."""
    nested = fields.Nested(kind, required=True, validate=filled)
    return Schema.from_dict({key: nested}, name=f"Changed{kind.__name__}")


ChangedDomain = _changes("domain", DomainUpdate)
ChangedUser = _changes("user", UserUpdate)
ChangedRole = _changes("role", RoleUpdate)
ChangedRegion = _changes("region", RegionUpdate)
ChangedService = _changes("service", ServiceUpdate)
ChangedEndpoint = _changes("endpoint", EndpointUpdate)
