"""Schema documents: they are JSON Schema, and what the emulator itself checks agrees with them."""

from __future__ import annotations

import re

import pytest
from jsonschema import Draft4Validator

from glance_schemas import images
from glance_schemas.documents import DOCUMENTS
from glance_schemas.documents.parts import UUID

AN_ID = "00000000-0000-4000-8000-00000000000A"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_is_a_json_schema(name: str) -> None:
    Draft4Validator.check_schema(DOCUMENTS[name])


@pytest.mark.parametrize("name", ["metadefs/namespace", "metadefs/property", "metadefs/object", "metadefs/namespaces"])
def test_references_lead_to_definitions(name: str) -> None:
    references = set(re.findall(r"'\$ref': '#/definitions/(\w+)'", repr(DOCUMENTS[name])))
    assert references
    assert references <= set(DOCUMENTS[name]["definitions"])


def test_attributes_of_an_image_are_those_that_are_checked() -> None:
    assert set(images.ImageAttributes().fields) == set(DOCUMENTS["image"]["properties"])


@pytest.mark.parametrize(
    ("image_id", "good"),
    [(AN_ID, True), (AN_ID.lower(), True), (AN_ID.replace("-", ""), False), (AN_ID + "0", False)],
)
def test_ids_that_are_documented_are_those_that_are_taken(image_id: str, good: bool) -> None:
    assert bool(re.match(UUID, image_id)) == good
    assert bool(re.match(images.IMAGE_ID, image_id)) == good
