"""Logging in: the request for a token, and the token as a document.

Who or what is meant is named by an id, or by a name and, save for domains, the domain of that name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import EXCLUDE, INCLUDE, Schema, ValidationError, fields, validates_schema

from glance_schemas.wire import Fixed, Text

SCOPES = ("system", "project", "domain", "unscoped")


class _Part(Schema):
    class Meta:
        """marshmallow's options."""

        unknown = EXCLUDE


class NamedDomain(_Part):
    """A domain, by id or name."""

    id = Text()
    name = Text()

    @validates_schema(skip_on_field_errors=True)
    def _named(self, part: Mapping[str, Any], **_: Any) -> None:
        if "id" not in part and "name" not in part:
            raise ValidationError("An id or a name is needed.")


class Named(NamedDomain):
    """A project or user, by id, or by name and domain."""

    domain = fields.Nested(NamedDomain)

    @validates_schema(skip_on_field_errors=True)
    def _in_domain(self, part: Mapping[str, Any], **_: Any) -> None:
        if "name" in part and "domain" not in part:
            raise ValidationError("A name needs a domain.", "domain")


class NamedUser(Named):
    """A user and their password."""

    password = fields.String()


class PasswordMethod(_Part):
    """The method `password`."""

    user = fields.Nested(NamedUser, required=True)


class TokenMethod(_Part):
    """The method `token`."""

    id = fields.String(required=True)


class ApplicationCredentialMethod(_Part):
    """The method `application_credential`: by id, or by name and user."""

    id = Text()
    name = Text()
    secret = fields.String()
    user = fields.Nested(Named)

    @validates_schema(skip_on_field_errors=True)
    def _named(self, part: Mapping[str, Any], **_: Any) -> None:
        if "id" not in part and not ("name" in part and "user" in part):
            raise ValidationError("An id, or a name and a user, is needed.")


class Identity(Schema):
    """Who somebody is, proven by methods; methods that are not known here are left as they are."""

    class Meta:
        """marshmallow's options."""

        unknown = INCLUDE

    methods = fields.List(fields.String(), required=True)
    password = fields.Nested(PasswordMethod)
    token = fields.Nested(TokenMethod)
    application_credential = fields.Nested(ApplicationCredentialMethod)


class Scope(_Part):
    """Where somebody wants to act: exactly one of these."""

    system = fields.Dict()
    project = fields.Nested(Named)
    domain = fields.Nested(NamedDomain)
    unscoped = fields.Dict()

    @validates_schema(skip_on_field_errors=True)
    def _one(self, part: Mapping[str, Any], **_: Any) -> None:
        if len(part) != 1:
            raise ValidationError(f"Exactly one of {', '.join(SCOPES)} is needed.")


class ScopeField(fields.Nested):
    """A scope, or the string `unscoped`."""

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> Any:
        return {"unscoped": {}} if value == "unscoped" else super()._deserialize(value, *arguments, **options)


class Auth(_Part):
    """The request for a token; without a scope, the user's default project is meant."""

    identity = fields.Nested(Identity, required=True)
    scope = ScopeField(Scope)


class TokenRequest(_Part):
    """The body of such a request."""

    auth = fields.Nested(Auth, required=True)


class _Second(fields.Field[datetime]):
    """A time as tokens write it: to the microsecond, and always a whole second."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.strftime("%Y-%m-%dT%H:%M:%S.000000Z")

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        try:
            return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.000000Z")  # noqa: DTZ007 - naive UTC, as it is stored
        except (TypeError, ValueError):
            raise ValidationError("Not a time like 2026-01-31T23:59:59.000000Z.") from None


class _Reference(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)


class _User(Schema):
    domain = fields.Nested(_Reference, required=True)
    id = fields.String(required=True)
    name = fields.String(required=True)
    password_expires_at = Fixed(None, required=True)


class _Project(Schema):
    domain = fields.Nested(_Reference, required=True)
    id = fields.String(required=True)
    name = fields.String(required=True)


class _ApplicationCredential(Schema):
    id = fields.String()
    name = fields.String()
    restricted = fields.Boolean()
    access_rules = fields.List(fields.Dict())


class IssuedToken(Schema):
    """A token; what its scope does not have is not there."""

    methods = fields.List(fields.String(), required=True)
    user = fields.Nested(_User, required=True)
    audit_ids = fields.List(fields.String(), required=True)
    expires_at = _Second(required=True)
    issued_at = _Second(required=True)
    project = fields.Nested(_Project)
    is_domain = fields.Boolean()
    domain = fields.Nested(_Reference)
    roles = fields.List(fields.Nested(_Reference))
    system = fields.Dict()
    application_credential = fields.Nested(_ApplicationCredential)
    catalog = fields.Raw(metadata={"type": "array", "items": {"type": "object"}})


class TokenAnswer(Schema):
    """The body of the answer."""

    token = fields.Nested(IssuedToken, required=True)
