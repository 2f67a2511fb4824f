"""Images on the wire."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from jsonschema import validate
from marshmallow import ValidationError

from glance_schemas.documents import DOCUMENTS
from glance_schemas.images import Image, ImageAttributes, attribute_fault, image_document

IMAGE_ID = "11111111-1111-4111-8111-111111111111"
QUEUED: dict[str, Any] = {
    "id": IMAGE_ID, "name": None, "owner": None, "status": "queued", "visibility": "shared", "os_hidden": False,
    "protected": False, "disk_format": None, "container_format": None, "min_disk": 0, "min_ram": 0, "size": None,
    "virtual_size": None, "checksum": None, "os_hash_algo": None, "os_hash_value": None, "properties": {}, "tags": [],
    "locations": [], "created_at": datetime.fromisoformat("2026-01-31T12:00:00"),
    "updated_at": datetime.fromisoformat("2026-01-31T12:00:00.987654"),
}  # fmt: skip
ACTIVE = {
    **QUEUED, "name": "ä", "owner": "p", "status": "active", "disk_format": "raw", "container_format": "bare",
    "size": 1 << 40, "virtual_size": 0, "checksum": "c" * 32, "os_hash_algo": "sha512", "os_hash_value": "h" * 128,
    "properties": {"os": "linux", "name of mine": ""}, "tags": ["x"], "min_disk": 3,
    "locations": [{"store": "fast"}, {"store": "far"}],
}  # fmt: skip


@pytest.mark.parametrize("row", [pytest.param(QUEUED, id="queued"), pytest.param(ACTIVE, id="active")])
class TestDocument:
    def document(self, row: dict[str, Any]) -> dict[str, Any]:
        return image_document(SimpleNamespace(**row))

    def test_it_is_what_the_schema_describes(self, row: dict[str, Any]) -> None:
        loaded = Image().load(self.document(row))
        attributes = {name: value for name, value in row.items() if name not in ("properties", "locations")}
        attributes["updated_at"] = row["updated_at"].replace(microsecond=0)
        assert attributes.items() <= loaded.items()
        rest = loaded.keys() - attributes.keys() - row["properties"].keys()
        assert rest == {"self", "file", "schema"} | ({"stores"} if row["locations"] else set())

    def test_it_is_what_the_schema_would_write(self, row: dict[str, Any]) -> None:
        document = self.document(row)
        assert Image().dump(Image().load(document)).items() <= document.items()
        assert document.keys() - Image().fields.keys() == row["properties"].keys()

    def test_it_is_valid_by_the_schema_that_clients_fetch(self, row: dict[str, Any]) -> None:
        validate(self.document(row), DOCUMENTS["image"])


def test_stores_are_named_in_their_order() -> None:
    assert image_document(SimpleNamespace(**ACTIVE))["stores"] == "fast,far"


def test_a_property_does_not_hide_an_attribute() -> None:
    assert image_document(SimpleNamespace(**{**QUEUED, "properties": {"status": "active"}}))["status"] == "queued"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", None),
        ("name", "x" * 255),
        ("id", IMAGE_ID.upper()),
        ("owner", None),
        ("visibility", "community"),
        ("disk_format", None),
        ("disk_format", "qcow2"),
        ("container_format", "docker"),
        ("min_disk", 5),
        ("min_disk", 5.0),
        ("min_disk", -1),
        ("protected", True),
        ("tags", []),
        ("tags", ["x" * 255]),
        ("locations", [{"url": "http://x", "metadata": {}, "more": 1}]),
        ("a property", "any value"),
        ("a property", ""),
        ("p" * 255, "x"),
    ],
)
def test_what_an_image_may_be_given(name: str, value: Any) -> None:
    assert ImageAttributes().load({name: value}) == {name: value}
    assert attribute_fault(name, value) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", 5),
        ("name", "x" * 256),
        ("id", "x"),
        ("id", f"{IMAGE_ID}\n"),
        ("visibility", "visible"),
        ("visibility", None),
        ("disk_format", "floppy"),
        ("container_format", ""),
        ("min_disk", "5"),
        ("min_disk", 5.5),
        ("min_disk", True),
        ("min_disk", None),
        ("protected", "true"),
        ("protected", 1),
        ("os_hidden", None),
        ("tags", "x"),
        ("tags", [5]),
        ("tags", ["x" * 256]),
        ("locations", [{"url": "http://x"}]),
        ("a property", 5),
        ("a property", None),
        ("a property", ["x"]),
    ],
)
def test_what_it_may_not(name: str, value: Any) -> None:
    with pytest.raises(ValidationError) as fault:
        ImageAttributes().load({name: value})
    assert name in fault.value.messages_dict
    assert attribute_fault(name, value)


def test_every_fault_is_said() -> None:
    with pytest.raises(ValidationError) as fault:
        ImageAttributes().load({"name": 5, "protected": 1, "mine": 5, "p" * 256: "x", "fine": "x"})
    assert fault.value.messages_dict.keys() >= {"name", "protected"}


def test_properties_have_names_of_limited_length() -> None:
    with pytest.raises(ValidationError):
        ImageAttributes().load({"p" * 256: "x"})
