"""The emulator's own API, at /_emulator: what testers send to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

QUOTAS = ("image_size_total", "image_stage_total", "image_count_total", "image_count_uploading")
SERVICES = ("image", "identity", "compute", "panel")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
RESETS = ("before", "after")
BODY = {"truncate", "trickle", "corrupt"}
MEANINGLESS = {"reset": {"status", "expired_token", *BODY}, "expired_token": {"status"}}
"""Effects of which nothing would be seen beside another."""
DISTRIBUTIONS = ("uniform", "normal", "exponential")
LONGEST = 3650 * 86400
"""Seconds for which anything may last: ten years."""
SLOWEST = 3600
"""Seconds for which a request may be made to wait."""
COUNT = 2**31 - 1
"""What there may be of anything: the databases' integers end there."""
SIZE = 2**63 - 1


def _whole(least: int = 0, most: int = COUNT, **options: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(min=least, max=most), **options)


def _amount(most: float | None = None, **options: Any) -> fields.Float:
    return fields.Float(validate=validate.Range(min=0, max=most), **options)


class Moment(fields.NaiveDateTime):
    """A time in UTC; one that falls out of all years is refused, too."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            return super()._deserialize(value, attr, data, **kwargs)
        except OverflowError:
            raise ValidationError("There is no such time in UTC.") from None


class WorldCreate(Schema):
    """A new world; `from` names the world that it begins as a copy of, `snapshot` which of that world's snapshots."""

    name = fields.String()
    source = fields.String(data_key="from")
    snapshot = fields.String()
    rejected_members = fields.String(validate=validate.OneOf(("keep-access", "lose-access")))
    quotas = fields.Dict(keys=fields.String(validate=validate.OneOf(QUOTAS)), values=_whole(-1))


class SnapshotCreate(Schema):
    """A new snapshot."""

    name = fields.String(required=True)


class ClockUpdate(Schema):
    """What the clock is to show, in UTC, and whether it stands still; `at` is now where it is not given."""

    at = Moment(timezone=UTC)
    frozen = fields.Boolean(load_default=False)


class ClockAdvance(Schema):
    """By how many seconds the clock goes forward."""

    seconds = _amount(required=True)


class IdsUpdate(Schema):
    """The seed of all ids and generated data."""

    seed = _whole(-SIZE - 1, SIZE, required=True)


class Transition(Schema):
    """When work in the background is done: `after` seconds, after `polls` looks at it, or `by_hand`."""

    after = _amount(LONGEST)
    polls = _whole()
    by_hand = fields.Boolean()

    @validates_schema
    def _is_one(self, given: dict[str, Any], **options: Any) -> None:
        if len(given) > 1:
            raise ValidationError("Work waits for one thing: after, polls or by_hand.")


class Transitions(Schema):
    """How work moves on, by its kind: `import`, `import.web-download`, `server.build`, `snapshot`, …, or `*`."""

    transitions = fields.Dict(keys=fields.String(), values=fields.Nested(Transition), required=True)


class Advance(Schema):
    """Which work is to go on: of one kind, about the image, server or task with one id, or all."""

    kind = fields.String()
    id = fields.String()


class Latency(Schema):
    """Seconds that are waited, from a distribution: `low` to `high`, or about `mean`."""

    distribution = fields.String(required=True, validate=validate.OneOf(DISTRIBUTIONS))
    low = _amount(SLOWEST)
    high = _amount(SLOWEST)
    mean = _amount(SLOWEST)
    deviation = _amount(SLOWEST)

    @validates_schema
    def _is_whole(self, given: dict[str, Any], **options: Any) -> None:
        needed = {"uniform": {"low", "high"}, "normal": {"mean", "deviation"}, "exponential": {"mean"}}
        wanted = needed[given["distribution"]]
        if given.keys() - {"distribution"} != wanted:
            raise ValidationError(f"A distribution that is {given['distribution']} has {' and '.join(sorted(wanted))}.")


class AnyLatency(fields.Field[Any]):
    """Seconds, or a distribution of them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return Latency().load(value) if isinstance(value, dict) else _amount(SLOWEST).deserialize(value)


class Trickle(Schema):
    """A body that comes in pieces of so many bytes, so many seconds apart."""

    bytes = _whole(1, SIZE, required=True)
    delay = _amount(SLOWEST, required=True)


class Effect(Schema):
    """What goes wrong."""

    status = fields.Integer(strict=True, validate=validate.Range(min=400, max=599))
    message = fields.String()
    retry_after = _whole(most=LONGEST)
    latency = AnyLatency(metadata={"oneOf": [{"type": "number"}, {"type": "object"}]})
    reset = fields.Raw(
        validate=validate.OneOf((True, *RESETS), error=f"A connection is reset {' or '.join(RESETS)} it is done."),
        metadata={"description": "Before or after the request is carried out; true means after."},
    )
    truncate = _whole(most=SIZE)
    trickle = fields.Nested(Trickle)
    corrupt = fields.Boolean(validate=validate.Equal(True))
    expired_token = fields.Boolean(validate=validate.Equal(True))
    fail = fields.String(validate=validate.Length(min=1))

    @validates_schema
    def _is_some(self, given: dict[str, Any], **options: Any) -> None:
        if not given:
            raise ValidationError("Say what goes wrong.")
        if "fail" in given and len(given) > 1:
            raise ValidationError("Work that fails does nothing else.")
        for name, others in MEANINGLESS.items():
            if name in given and (vain := others & given.keys()):
                raise ValidationError(f"With {name}, nothing comes of {' and '.join(sorted(vain))}: set two faults.")
        if ("message" in given or "retry_after" in given) and "status" not in given:
            raise ValidationError("A message and a Retry-After come with a status.")


class FaultCreate(Schema):
    """Which requests, or which work in the background, go wrong, how often, and how."""

    service = fields.String(validate=validate.OneOf(SERVICES))
    operation = fields.String()
    method = fields.String(validate=validate.OneOf(METHODS))
    path = fields.String(validate=validate.Regexp(r"[/*]", error="A path, or a pattern of it, begins with / or *."))
    project = fields.String()
    work = fields.String()
    share = fields.Float(validate=validate.Range(min=0, max=1))
    seed = _whole(-SIZE - 1, SIZE)
    nth = fields.List(_whole(1))
    times = _whole(1)
    lasts = _amount(LONGEST)
    effect = fields.Nested(Effect, required=True)

    @validates_schema
    def _fits(self, given: dict[str, Any], **options: Any) -> None:
        if ("work" in given) != ("fail" in given.get("effect", {})):
            raise ValidationError("`work` is what can `fail`; requests go wrong in the other ways.")
        if "work" in given and given.keys() & {"service", "operation", "method", "path"}:
            raise ValidationError("`work` is no request: it has no service, operation, method or path.")


class SavedClock(Schema):
    """The clock as a snapshot has it: by how many seconds it differs from the real one, or when it stands still."""

    frozen = fields.NaiveDateTime(required=True, allow_none=True)
    offset = fields.Float(required=True, validate=validate.Range(-6.38e10, 2.51e11))


class SavedFault(FaultCreate):
    """A fault as a snapshot has it."""

    id = fields.String(required=True, validate=validate.Regexp(r"[0-9a-f]{1,32}\Z"))
    expires_at = fields.NaiveDateTime()


class SavedControls(Schema):
    """What is set for a world, as a snapshot has it."""

    clock = fields.Nested(SavedClock)
    ids = fields.Nested(IdsUpdate)
    transitions = fields.Dict(keys=fields.String(), values=fields.Nested(Transition))
    faults = fields.List(fields.Nested(SavedFault))
