"""The tables of background work, tasks, the cache and metadata definitions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables that format 0002 adds."""
    op.create_table(
        "cache_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("image_id", TEXT, nullable=False),
        sa.Column("blob", TEXT, nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("last_accessed", sa.Double(), nullable=False),
        sa.Column("last_modified", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cache_entries")),
        sa.UniqueConstraint("image_id", name=op.f("uq_cache_entries_image_id")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("process", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_table(
        "metadef_namespaces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("namespace", TEXT, nullable=False),
        sa.Column("display_name", TEXT, nullable=True),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("visibility", TEXT, nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("owner", TEXT, nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metadef_namespaces")),
        sa.UniqueConstraint("namespace", name=op.f("uq_metadef_namespaces_namespace")),
    )
    op.create_index("ix_metadef_namespaces_created", "metadef_namespaces", ["created_at", "id"], unique=False)
    op.create_table(
        "metadef_resource_types",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metadef_resource_types")),
        sa.UniqueConstraint("name", name=op.f("uq_metadef_resource_types_name")),
    )
    op.create_table(
        "registered_limits",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("service_id", TEXT, nullable=False),
        sa.Column("region_id", TEXT, nullable=True),
        sa.Column("resource_name", TEXT, nullable=False),
        sa.Column("default_limit", sa.Integer(), nullable=False),
        sa.Column("description", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_registered_limits")),
        sa.UniqueConstraint("id", name=op.f("uq_registered_limits_id")),
    )
    op.create_table(
        "tasks",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("owner", TEXT, nullable=True),
        sa.Column("input", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("message", TEXT, nullable=False),
        sa.Column("image_id", TEXT, nullable=True),
        sa.Column("user_id", TEXT, nullable=True),
        sa.Column("request_id", TEXT, nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index("ix_tasks_created", "tasks", ["created_at", "id"], unique=False)
    op.create_index("ix_tasks_image", "tasks", ["image_id"], unique=False)
    op.create_table(
        "metadef_associations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("namespace_id", sa.Integer(), nullable=False),
        sa.Column("resource_type_id", sa.Integer(), nullable=False),
        sa.Column("prefix", TEXT, nullable=True),
        sa.Column("properties_target", TEXT, nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["namespace_id"],
            ["metadef_namespaces.id"],
            name=op.f("fk_metadef_associations_namespace_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resource_type_id"], ["metadef_resource_types.id"], name=op.f("fk_metadef_associations_resource_type_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metadef_associations")),
        sa.UniqueConstraint(
            "namespace_id", "resource_type_id", name=op.f("uq_metadef_associations_namespace_id_resource_type_id")
        ),
    )
    op.create_table(
        "metadef_objects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("namespace_id", sa.Integer(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("required", sa.JSON(), nullable=False),
        sa.Column("properties", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["namespace_id"],
            ["metadef_namespaces.id"],
            name=op.f("fk_metadef_objects_namespace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metadef_objects")),
        sa.UniqueConstraint("namespace_id", "name", name=op.f("uq_metadef_objects_namespace_id_name")),
    )
    op.create_table(
        "metadef_properties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("namespace_id", sa.Integer(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["namespace_id"],
            ["metadef_namespaces.id"],
            name=op.f("fk_metadef_properties_namespace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metadef_properties")),
        sa.UniqueConstraint("namespace_id", "name", name=op.f("uq_metadef_properties_namespace_id_name")),
    )
    op.create_table(
        "metadef_tags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("namespace_id", sa.Integer(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["namespace_id"], ["metadef_namespaces.id"], name=op.f("fk_metadef_tags_namespace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metadef_tags")),
        sa.UniqueConstraint("namespace_id", "name", name=op.f("uq_metadef_tags_namespace_id_name")),
    )
    op.create_table(
        "limits",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("project_id", TEXT, nullable=True),
        sa.Column("domain_id", TEXT, nullable=True),
        sa.Column("service_id", TEXT, nullable=False),
        sa.Column("region_id", TEXT, nullable=True),
        sa.Column("resource_name", TEXT, nullable=False),
        sa.Column("resource_limit", sa.Integer(), nullable=False),
        sa.Column("description", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["domain_id"], ["domains.id"], name=op.f("fk_limits_domain_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_limits_project_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_limits")),
        sa.UniqueConstraint("id", name=op.f("uq_limits_id")),
    )
