"""The data of images, up and down."""

from __future__ import annotations

from contrib.openapi.operations.images import ONE
from contrib.openapi.parts import Operation, answer, asks, bytes_body, header

TAG = "data"
FILE = f"{ONE}/file"
SIZE = asks("x-openstack-image-size", "Bytes that will come; 0 stands for unknown.", pattern="^[0-9]{1,12}$")
_MD5 = header("MD5 of all data of the image, in hexadecimal digits.", required=False, pattern="^[0-9a-f]{32}$")
_BYTES = {"type": "string", "contentMediaType": "application/octet-stream"}

OPERATIONS = (
    Operation(
        "PUT",
        FILE,
        "upload_image",
        "Upload data",
        {204: answer("The image is active.")},
        "They stream, with a length or in chunks; the image is `saving` meanwhile, and `queued` again if they break "
        "off. It needs a disk format and a container format.",
        (SIZE, asks("x-image-meta-store", "The store that is to have them.", pattern="^[0-9A-Za-z_-]+$")),
        bytes_body("The data."),
        (403, 404, 409, 410, 413, 415),
    ),
    Operation(
        "GET",
        FILE,
        "download_image",
        "Download data",
        {
            200: answer("The data.", _BYTES, "application/octet-stream", headers={"Content-MD5": _MD5}),
            204: answer("There are none yet."),
            206: answer(
                "The part that was asked for.",
                _BYTES,
                "application/octet-stream",
                headers={"Content-MD5": _MD5, "Content-Range": header("Which part it is, and of how many bytes.")},
            ),
        },
        parameters=(asks("Range", "One part.", pattern="^bytes=[0-9]{1,9}-$"),),
        refuses=(403, 404, 416),
    ),
)
