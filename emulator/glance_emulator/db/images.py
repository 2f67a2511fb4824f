"""Images, the blobs that hold their bytes, and the projects they are shared with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from glance_emulator.db.base import Base

Locations = list[dict[str, Any]]
"""Where an image's bytes are, first choice first: `{"store": name, "blob": id, "metadata": {...}}`.

Where they are not ours but somebody else's on the web, `url` stands in the place of `blob`.
"""


class Image(Base):
    """One image; deleted ones stay as rows, since their ids can never be given again.

    Tags, properties and locations are documents within the row: an image is read with one SELECT, and a page of
    images with one too.
    """

    __tablename__ = "images"

    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str | None]
    name: Mapped[str | None]
    status: Mapped[str]
    visibility: Mapped[str]
    os_hidden: Mapped[bool]
    protected: Mapped[bool]
    disk_format: Mapped[str | None]
    container_format: Mapped[str | None]
    min_disk: Mapped[int]
    min_ram: Mapped[int]
    size: Mapped[int | None] = mapped_column(BigInteger)
    virtual_size: Mapped[int | None] = mapped_column(BigInteger)
    checksum: Mapped[str | None]
    os_hash_algo: Mapped[str | None]
    os_hash_value: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    properties: Mapped[dict[str, str]]
    tags: Mapped[list[str]]
    locations: Mapped[Locations] = mapped_column(JSON)

    __table_args__ = (
        Index("ix_images_owner", "owner", "created_at", "id"),
        Index("ix_images_visibility", "visibility", "created_at", "id"),
        Index("ix_images_created", "created_at", "id"),
        Index("ix_images_status", "status"),
    )


class Member(Base):
    """A project that an image is offered to, and its answer.

    A removed member stays as a row: when it is added again, it has its old place and time of creation.
    """

    __tablename__ = "members"

    image_id: Mapped[str] = mapped_column(ForeignKey(Image.id), primary_key=True)
    member_id: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_members_member", "member_id", "status", "image_id"),)


class Blob(Base):
    """Bytes in a store, kept once however many images have them.

    `id` names the file and is never used twice, so removing the file of a blob that nobody refers to cannot touch
    the same content uploaded again meanwhile.
    """

    __tablename__ = "blobs"

    id: Mapped[str] = mapped_column(primary_key=True)
    store: Mapped[str]
    digest: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    references: Mapped[int]

    __table_args__ = (UniqueConstraint("store", "digest"),)
