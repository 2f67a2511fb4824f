"""Metadata definitions on the wire."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from jsonschema import validate
from marshmallow import Schema, ValidationError

from glance_schemas import metadefs
from glance_schemas.documents import DOCUMENTS

TIMES = {"created_at": datetime.fromisoformat("2026-01-31T12:00:00.5")}
TIMES["updated_at"] = TIMES["created_at"]
SHOWN_TIMES = dict.fromkeys(TIMES, "2026-01-31T12:00:00Z")
TITLED = {"title": "T", "type": "string"}
ASSOCIATION = SimpleNamespace(name="OS::T", prefix="t_", properties_target=None, **TIMES)
OBJECT = {"namespace": "n", "name": "o", "description": None, "required": ["p"], "properties": {"p": TITLED}, **TIMES}
NAMESPACE = {
    "namespace": "n", "display_name": None, "description": "D", "visibility": "public", "protected": False,
    "owner": "p", **TIMES,
}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "document"),
    [
        pytest.param(metadefs.Definition, "metadefs/property", id="property"),
        pytest.param(metadefs.ObjectWithin, "metadefs/object", id="object"),
        pytest.param(metadefs.TagWithin, "metadefs/tag", id="tag"),
        pytest.param(metadefs.AssociationWithin, "metadefs/resource_type", id="association"),
        pytest.param(metadefs.NamespaceGiven, "metadefs/namespace", id="namespace"),
    ],
)
def test_what_is_documented_is_what_is_known(given: type[Schema], document: str) -> None:
    known = set(given().fields) | set(getattr(given, "read_only", ()))
    documented = set(DOCUMENTS[document]["properties"])
    assert known == documented - ({"required"} if given is metadefs.Definition else set())


def test_a_namespace_is_shown_with_what_is_in_it() -> None:
    contents = {"resource_type_associations": [ASSOCIATION], "properties": {"p": TITLED}, "objects": [OBJECT]}
    shown = metadefs.Namespace().dump({**NAMESPACE, **contents, "tags": [SimpleNamespace(name="t", **TIMES)]})
    validate(shown, DOCUMENTS["metadefs/namespace"])
    assert shown == {
        "namespace": "n", "description": "D", "visibility": "public", "protected": False, "owner": "p", **SHOWN_TIMES,
        "resource_type_associations": [{"name": "OS::T", "prefix": "t_", **SHOWN_TIMES}],
        "properties": {"p": TITLED},
        "objects": [{
            "name": "o", "required": ["p"], "properties": {"p": TITLED}, **SHOWN_TIMES,
            "self": "/v2/metadefs/namespaces/n/objects/o", "schema": "/v2/schemas/metadefs/object",
        }],
        "tags": [{"name": "t"}],
        "self": "/v2/metadefs/namespaces/n",
        "schema": "/v2/schemas/metadefs/namespace",
    }  # fmt: skip


def test_what_is_shown_can_be_given() -> None:
    shown = metadefs.Namespace().dump({**NAMESPACE, "objects": [OBJECT], "resource_type_associations": [ASSOCIATION]})
    given = {name: value for name, value in shown.items() if name not in metadefs.NamespaceGiven.read_only}
    assert metadefs.NamespaceGiven().load(given) == given


@pytest.mark.parametrize("number", [float("nan"), float("inf"), True, "1", None])
@pytest.mark.parametrize("name", ["minimum", "maxLength"])
def test_numbers_are_finite(name: str, number: Any) -> None:
    with pytest.raises(ValidationError):
        metadefs.Definition().load({**TITLED, name: number})
