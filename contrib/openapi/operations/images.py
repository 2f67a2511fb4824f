"""Images as records."""

from __future__ import annotations

from contrib.openapi.parts import AN_ID, Json, Operation, answer, header, json_body, link, query, ref
from contrib.openapi.shapes import BASIC_PLANE, Converter
from glance_emulator.domain.images import ATTRIBUTES
from glance_emulator.domain.listing import SORT_KEYS
from glance_schemas.images import (
    CONTAINER_FORMATS,
    DISK_FORMATS,
    STATUSES,
    VISIBILITIES,
    Image,
    ImageAttributes,
    Images,
)
from glance_schemas.members import STATUSES as ANSWERS
from glance_schemas.patches import MEDIA_TYPES
from glance_schemas.patches import OPERATIONS as CHANGES

TAG = "images"
HERE = "/v2/images"
ONE = f"{HERE}/{{image_id}}"

EXAMPLE: Json = {
    "hw_disk_bus": "virtio",
    "name": "golden",
    "disk_format": "raw",
    "container_format": "bare",
    "visibility": "shared",
    "size": 1048576,
    "virtual_size": 1048576,
    "status": "active",
    "checksum": "b6d81b360a5672d80c27430f39153e2c",
    "protected": False,
    "min_ram": 512,
    "min_disk": 10,
    "owner": "05f4e8dd1ae04adbae65f4bb03d5a1d6",
    "os_hidden": False,
    "os_hash_algo": "sha512",
    "os_hash_value": "d6292685b380e338e025b3415a90fe8f" * 4,
    "id": AN_ID,
    "created_at": "2026-01-31T23:59:58Z",
    "updated_at": "2026-01-31T23:59:59Z",
    "tags": ["stable"],
    "self": f"{HERE}/{AN_ID}",
    "file": f"{HERE}/{AN_ID}/file",
    "schema": "/v2/schemas/image",
    "stores": "local",
}
NEW = {
    "name": "golden",
    "disk_format": "raw",
    "container_format": "bare",
    "min_disk": 10,
    "tags": ["stable"],
    "hw_disk_bus": "virtio",
}
PATCH = [
    {"op": "replace", "path": "/name", "value": "golden 2"},
    {"op": "add", "path": "/hw_disk_bus", "value": "virtio"},
    {"op": "remove", "path": "/os_version"},
]
OLD_PATCH = [{"replace": "/name", "value": "golden 2"}, {"remove": "/os_version"}]

_WORDS = r"^(?:eq:[\s\S]*|in:[^\"]*|[^:]*)$"
_DAY = (
    r"(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    r"(?:T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ)?"
)
_MOMENT = rf"^(?:(?:gt|gte|lt|lte|eq|neq):)?(?:19|20)\d\d-{_DAY}$"
_KEYS = "|".join(SORT_KEYS)
_SORT = rf"^(?:{_KEYS})(?::(?:asc|desc))?(?:,(?:{_KEYS})(?::(?:asc|desc))?)*$"


def _words(name: str, of: str) -> Json:
    return query(name, f"{of}; `in:a,b` stands for any of several, `eq:a` for a value with a colon.", pattern=_WORDS)


def _number(name: str, of: str) -> Json:
    return query(name, of, type="integer")


def _exact(name: str, of: str) -> Json:
    return query(name, f"{of}; what is no number finds nothing.", type=["integer", "string"])


def _moment(name: str) -> Json:
    return query(name, "A time in UTC, after one of gt: gte: lt: lte: eq: neq:", "gte:2026-01-31", pattern=_MOMENT)


_FILTERS = (
    _words("id", "UUID"),
    _words("name", "Name"),
    _words("status", f"Status, one of {', '.join(STATUSES)}"),
    _words("disk_format", f"Disk format, one of {', '.join(DISK_FORMATS)}"),
    _words("container_format", f"Container format, one of {', '.join(CONTAINER_FORMATS)}"),
    query("visibility", "Only images that may be seen in this way.", enum=[*VISIBILITIES, "all"]),
    query("member_status", "Offered images with this answer of the caller's.", enum=[*ANSWERS, "all"]),
    query("os_hidden", "Only hidden images, instead of only others.", type="boolean"),
    query("protected", "Only images that are guarded against deletion, or only others.", type="boolean"),
    query("owner", "Project that owns the image."),
    {
        **query("tag", "A tag that the image has; repeat it for more.", type="array", items={"type": "string"}),
        "style": "form",
        "explode": True,
    },
    query("checksum", "MD5 of the data."),
    query("os_hash_value", "Digest of the data."),
    _number("size_min", "Least length of the data, in bytes."),
    _number("size_max", "Greatest length of the data, in bytes."),
    _exact("min_disk", "Disk that a server needs, in GiB."),
    _exact("min_ram", "Memory that a server needs, in MiB."),
    _moment("created_at"),
    _moment("updated_at"),
)
_PAGING = (
    query("limit", "Images on the page; more than 1,000 are 1,000.", type="integer", minimum=0, default=25),
    query("marker", "The id of the last image of the page before.", pattern="^[0-9a-fA-F-]{36}$"),
    query("sort", "Keys, each with its direction; not together with the next two.", "name:asc,size", pattern=_SORT),
    {
        **query("sort_key", "Keys, in turn.", type="array", items={"type": "string", "enum": list(SORT_KEYS)}),
        "style": "form",
        "explode": True,
    },
    {
        **query(
            "sort_dir",
            "Directions: one for all keys, or one for each.",
            type="array",
            items={"type": "string", "enum": ["asc", "desc"]},
        ),
        "style": "form",
        "explode": True,
    },
)

_TO_IMAGE = {"image_id": "$response.body#/id"}
LINKS = {
    name: link(name, description, **_TO_IMAGE)
    for name, description in {
        "show_image": "The image.",
        "update_image": "Change it.",
        "upload_image": "Give it data.",
        "stage_image": "Give it data that are to be imported.",
        "download_image": "Get its data.",
        "list_members": "Whom it is offered to.",
        "add_member": "Offer it.",
        "add_tag": "Tag it.",
        "deactivate_image": "Withhold its data.",
        "list_tasks_of_image": "What is done with it.",
        "delete_image": "Delete it.",
    }.items()
}

OPERATIONS = (
    Operation(
        "GET",
        HERE,
        "list_images",
        "List images",
        {200: answer("A page.", Images, example={
            "images": [EXAMPLE],
            "first": "/v2/images?limit=1",
            "next": f"/v2/images?limit=1&marker={AN_ID}",
            "schema": "/v2/schemas/images",
        })},
        "The caller's own images, public ones, and those that were offered and accepted; newest first. Any other "
        "parameter is taken for a property, which must have that value.",
        (*_FILTERS, *_PAGING),
        refuses=(403,),
    ),
    Operation(
        "POST",
        HERE,
        "create_image",
        "Create an image",
        {201: answer(
            "The image, without data.",
            Image,
            headers={
                "Location": header("URL of the image."),
                "OpenStack-image-import-methods": header("Ways to import its data, separated by commas."),
                "OpenStack-image-store-ids": header("Stores for its data, separated by commas."),
            },
            links=LINKS,
            example={**EXAMPLE, "status": "queued", "size": None, "virtual_size": None},
        )},
        "Data are uploaded or imported afterwards. What has no type here is a property, which is a string.",
        body=json_body(ImageAttributes, NEW),
        refuses=(403, 409, 413),
    ),
    Operation(
        "GET",
        ONE,
        "show_image",
        "Show an image",
        {200: answer("The image.", Image, example=EXAMPLE)},
        refuses=(404,),
    ),
    Operation(
        "PATCH",
        ONE,
        "update_image",
        "Change an image",
        {200: answer("The image as it is now.", Image, example=EXAMPLE)},
        "All operations are done, or none. A property that is not there cannot be replaced or removed.",
        body={
            "required": True,
            "content": {
                media_type: {"schema": ref("schemas", name), "example": example}
                for media_type, name, example in zip(
                    MEDIA_TYPES, ("ImagePatch", "OldImagePatch"), (PATCH, OLD_PATCH), strict=True
                )
            },
        },
        refuses=(403, 404, 409, 413, 415),
    ),
    Operation(
        "DELETE",
        ONE,
        "delete_image",
        "Delete an image",
        {204: answer("It is gone, and so are its data.")},
        "A protected image cannot be deleted.",
        refuses=(403, 404, 409),
    ),
)  # fmt: skip


def _changes(old: bool) -> Json:
    """Return the schema of the changes in one of the media types: which attributes there are, and what they may be."""
    converter = Converter("3.1.0", lambda _: None, None)  # type: ignore[arg-type]  # nothing nested is converted
    attributes = {name: field for name, field in ImageAttributes().fields.items() if name in ATTRIBUTES}
    puts = [
        _change(old, ("add", "replace"), {"const": f"/{name}"}, converter.field2property(field))
        for name, field in sorted(attributes.items())
    ]
    # Everything else that has no slash or tilde in it is a property; read-only attributes are refused (403).
    others = {"type": "string", "pattern": r"^/[^/~]+$", "not": {"enum": [f"/{name}" for name in sorted(attributes)]}}
    return {
        "type": "array",
        "items": {"anyOf": [
            *puts,
            _change(old, ("add", "replace"), others, {"type": "string", "pattern": BASIC_PLANE}),
            _change(old, ("remove",), others, None),
        ]},
        "description": "Changes, done in turn: " + ", ".join(CHANGES) + ".",
    }  # fmt: skip


def _change(old: bool, operations: tuple[str, ...], path: Json, value: Json | None) -> Json:
    worth = {"value": value} if value is not None else {}
    if not old:
        properties = {"op": {"type": "string", "enum": list(operations)}, "path": path, **worth}
        return {"type": "object", "properties": properties, "required": list(properties)}
    forms = [{**{operation: path}, **worth} for operation in operations]
    objects = [
        {"type": "object", "properties": form, "required": list(form), "additionalProperties": False} for form in forms
    ]
    return objects[0] if len(objects) == 1 else {"anyOf": objects}


SHAPES = {"ImagePatch": _changes(old=False), "OldImagePatch": _changes(old=True)}
