"""The documents of images and their members."""

from __future__ import annotations

from glance_schemas.documents.parts import READ_ONLY_TEXT, TEXT, UUID, Document, links, listing, paged, typed
from glance_schemas.images import CONTAINER_FORMATS, DISK_FORMATS, STATUSES, VISIBILITIES

_VALIDATION: Document = {
    **typed("object", "What the bytes at the location must come to.", writeOnly=True, additionalProperties=False),
    "properties": {
        "checksum": typed("string", minLength=32, maxLength=32),
        "os_hash_algo": typed("string", maxLength=64),
        "os_hash_value": typed("string", maxLength=128),
    },
    "required": ["os_hash_algo", "os_hash_value"],
}

_LOCATION: Document = {
    "type": "object",
    "properties": {
        "url": typed("string", maxLength=255),
        "metadata": {"type": "object"},
        "validation_data": _VALIDATION,
    },
    "required": ["url", "metadata"],
}

IMAGE: Document = {
    "name": "image",
    "properties": {
        "id": typed("string", "UUID that names the image.", pattern=UUID),
        "name": typed("string?", "Name for people; need not be unique.", maxLength=255),
        "status": typed("string", "Where the image is in its life.", readOnly=True, enum=list(STATUSES)),
        "visibility": typed("string", "Who may find and use the image.", enum=list(VISIBILITIES)),
        "protected": typed("boolean", "Whether the image is guarded against deletion."),
        "os_hidden": typed("boolean", "Whether lists leave the image out unless hidden ones are asked for."),
        "checksum": typed("string?", "MD5 of the data, in hexadecimal digits.", readOnly=True, maxLength=32),
        "os_hash_algo": typed("string?", "Algorithm behind os_hash_value.", readOnly=True, maxLength=64),
        "os_hash_value": typed(
            "string?", "Digest of the data by os_hash_algo, in hexadecimal digits.", readOnly=True, maxLength=128
        ),
        "owner": typed("string?", "Project that the image belongs to.", maxLength=255),
        "size": typed("integer?", "Length of the data in bytes.", readOnly=True),
        "virtual_size": typed("integer?", "Bytes that the disk within the data offers.", readOnly=True),
        "container_format": typed("string?", "What is wrapped around the disk.", enum=[None, *CONTAINER_FORMATS]),
        "disk_format": typed("string?", "How the disk is laid out in the data.", enum=[None, *DISK_FORMATS]),
        "created_at": typed("string", "When the image was registered, in UTC.", readOnly=True),
        "updated_at": typed("string", "When the image last changed, in UTC.", readOnly=True),
        "tags": typed("array", "Words by which images are grouped and found.", items=typed("string", maxLength=255)),
        "direct_url": typed("string", "Where the store itself keeps the data.", readOnly=True),
        "min_ram": typed("integer", "Memory that a server needs to boot from the image, in MiB."),
        "min_disk": typed("integer", "Disk that a server needs to boot from the image, in GiB."),
        "self": typed("string", "Path of this image.", readOnly=True),
        "file": typed("string", "Path of the image's data.", readOnly=True),
        "stores": typed("string", "Stores that have the data, separated by commas.", readOnly=True),
        "schema": typed("string", "Path of the document that describes images.", readOnly=True),
        "locations": typed("array", "Everywhere the data can be read from.", items=_LOCATION),
    },
    "additionalProperties": TEXT,
    "links": links(self="self", enclosure="file", describedby="schema"),
}

MEMBER: Document = {
    "name": "member",
    "properties": {
        "member_id": typed("string", "Project that the image is offered to."),
        "image_id": typed("string", "UUID of the image on offer.", pattern=UUID),
        "created_at": typed("string", "When the offer was made, in UTC."),
        "updated_at": typed("string", "When offer or answer last changed, in UTC."),
        "status": typed("string", "The project's answer so far.", enum=["pending", "accepted", "rejected"]),
        "schema": READ_ONLY_TEXT,
    },
}

IMAGES = paged("images", IMAGE)
MEMBERS = listing("members", MEMBER)
