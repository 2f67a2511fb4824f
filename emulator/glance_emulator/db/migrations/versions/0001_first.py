"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables of format 0001."""
    op.create_table(
        "blobs",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("store", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("references", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blobs")),
        sa.UniqueConstraint("store", "digest", name=op.f("uq_blobs_store_digest")),
    )
    op.create_table(
        "domains",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_domains")),
        sa.UniqueConstraint("name", name=op.f("uq_domains_name")),
    )
    op.create_table(
        "facts",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_facts")),
    )
    op.create_table(
        "images",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("owner", TEXT, nullable=True),
        sa.Column("name", TEXT, nullable=True),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("visibility", TEXT, nullable=False),
        sa.Column("os_hidden", sa.Boolean(), nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("disk_format", TEXT, nullable=True),
        sa.Column("container_format", TEXT, nullable=True),
        sa.Column("min_disk", sa.Integer(), nullable=False),
        sa.Column("min_ram", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("virtual_size", sa.BigInteger(), nullable=True),
        sa.Column("checksum", TEXT, nullable=True),
        sa.Column("os_hash_algo", TEXT, nullable=True),
        sa.Column("os_hash_value", TEXT, nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("properties", sa.JSON(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("locations", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_images")),
    )
    op.create_index("ix_images_created", "images", ["created_at", "id"], unique=False)
    op.create_index("ix_images_owner", "images", ["owner", "created_at", "id"], unique=False)
    op.create_index("ix_images_status", "images", ["status"], unique=False)
    op.create_index("ix_images_visibility", "images", ["visibility", "created_at", "id"], unique=False)
    op.create_table(
        "regions",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=False),
        sa.Column("parent_region_id", TEXT, nullable=True),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regions")),
    )
    op.create_table(
        "revoked_tokens",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revoked_tokens")),
    )
    op.create_table(
        "roles",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("domain_id", TEXT, nullable=True),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
    )
    op.create_table(
        "services",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=True),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
    )
    op.create_table(
        "endpoints",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("service_id", TEXT, nullable=False),
        sa.Column("interface", TEXT, nullable=False),
        sa.Column("region_id", TEXT, nullable=True),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_endpoints_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoints")),
    )
    op.create_table(
        "implied_roles",
        sa.Column("prior_id", TEXT, nullable=False),
        sa.Column("implied_id", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["implied_id"], ["roles.id"], name=op.f("fk_implied_roles_implied_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["prior_id"], ["roles.id"], name=op.f("fk_implied_roles_prior_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("prior_id", "implied_id", name=op.f("pk_implied_roles")),
    )
    op.create_table(
        "members",
        sa.Column("image_id", TEXT, nullable=False),
        sa.Column("member_id", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name=op.f("fk_members_image_id")),
        sa.PrimaryKeyConstraint("image_id", "member_id", name=op.f("pk_members")),
    )
    op.create_index("ix_members_member", "members", ["member_id", "status", "image_id"], unique=False)
    op.create_table(
        "projects",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("domain_id", TEXT, nullable=False),
        sa.Column("parent_id", TEXT, nullable=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["domain_id"], ["domains.id"], name=op.f("fk_projects_domain_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("domain_id", "name", name=op.f("uq_projects_domain_id_name")),
    )
    op.create_table(
        "users",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("domain_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("password_hash", TEXT, nullable=True),
        sa.Column("password_created_at", sa.DateTime(), nullable=True),
        sa.Column("tokens_valid_from", sa.DateTime(), nullable=False),
        sa.Column("default_project_id", TEXT, nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["domain_id"], ["domains.id"], name=op.f("fk_users_domain_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("domain_id", "name", name=op.f("uq_users_domain_id_name")),
    )
    op.create_table(
        "application_credentials",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("secret_hash", TEXT, nullable=False),
        sa.Column("role_ids", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("unrestricted", sa.Boolean(), nullable=True),
        sa.Column("access_rules", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_application_credentials_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_credentials")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_application_credentials_user_id_name")),
    )
    op.create_table(
        "assignments",
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("role_id", TEXT, nullable=False),
        sa.Column("scope", TEXT, nullable=False),
        sa.Column("target_id", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name=op.f("fk_assignments_role_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_assignments_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "role_id", "scope", "target_id", name=op.f("pk_assignments")),
    )
