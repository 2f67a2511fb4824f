"""What image data are: whether they are what the disk format says, and how large a disk they hold.

The judgement itself is oslo.utils', the library that the real service asks too.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import IO, TYPE_CHECKING, cast

from glance_emulator.errors import UnsupportedMediaType

if TYPE_CHECKING:
    from oslo_utils.imageutils.format_inspector import FileInspector, InspectWrapper

CHECKED_CONTAINER = "bare"
"""Data in another container than this are taken as they come."""
UNKNOWN_TO_LIBRARY = ("aki", "ami", "ari", "ploop")
"""Disk formats that look like raw data to the library."""


class _Feed:
    """A file whose content is whatever piece was put into it."""

    piece = b""

    def read(self, _: int) -> bytes:
        return self.piece

    def close(self) -> None:
        """Do nothing: there is nothing behind."""


class Inspector:
    """Looks at an image's data as they pass, and judges them at the end."""

    def __init__(
        self, disk_format: str | None, container_format: str | None, lacks: Collection[str] = frozenset()
    ) -> None:
        """Take the formats that the image claims to have, and what the release lacks."""
        self._claimed = disk_format
        self._lacks = lacks
        self._feed = _Feed()
        self._wrapper: InspectWrapper | None = None
        if container_format == CHECKED_CONTAINER:
            from oslo_utils.imageutils import format_inspector  # late: only uploads need it

            logging.getLogger(format_inspector.__name__).setLevel(logging.CRITICAL)  # what it finds is answered
            self._wrapper = format_inspector.InspectWrapper(cast(IO[bytes], self._feed))

    def look(self, piece: bytes) -> None:
        """Take the next piece of the data."""
        if self._wrapper is not None:
            self._feed.piece = piece
            self._wrapper.read(len(piece))

    def virtual_size(self, size: int) -> int | None:
        """Return the size of the disk in `size` bytes of data, in bytes, where it can be told.

        Raises UnsupportedMediaType for data that are not what they claim to be, or that refer to other files.
        """
        if self._wrapper is None:
            return None
        self._wrapper.close()
        if "format-match" in self._lacks:
            return None if "virtual-size" in self._lacks else self._told_unjudged(size)
        found = {inspector.NAME: inspector for inspector in self._wrapper.formats or ()}
        if self._claimed == "raw":
            for inspector in found.values():
                self._check_safety(inspector)
            return size or None
        expected = "raw" if self._claimed in UNKNOWN_TO_LIBRARY else self._claimed
        if expected not in found:
            raise UnsupportedMediaType(f"The data are {' or '.join(found)}, not {self._claimed} as the image says.")
        inspector = found[expected]
        self._check_safety(inspector)
        return None if expected == "raw" else inspector.virtual_size or None

    def _told_unjudged(self, size: int) -> int | None:
        """Return what the data say if they are what they claim to be; other data are no fault."""
        if self._claimed == "raw":
            return size or None
        if self._claimed == "iso" and "iso-size" in self._lacks:
            return None
        found = {inspector.NAME: inspector for inspector in (self._wrapper and self._wrapper.formats) or ()}
        return (found[self._claimed].virtual_size or None) if self._claimed in found else None

    def _check_safety(self, inspector: FileInspector) -> None:
        from oslo_utils.imageutils.format_inspector import ImageFormatError, SafetyCheckFailed

        try:
            inspector.safety_check()
        except SafetyCheckFailed as failed:
            reasons = ", ".join(sorted(failed.failures))
            raise UnsupportedMediaType(f"The data are not safe to use as {self._claimed}: {reasons}.") from None
        except ImageFormatError as reason:
            raise UnsupportedMediaType(f"The data are not {self._claimed} as the image says: {reason}.") from None
