"""Trust: history chains, idempotent commands, registers, files, the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.storage.migrations.append_only import protect, unprotect

revision = "0003"
down_revision = "0002"

TABLES = (
    "history",
    "chain",
    "command",
    "number_series",
    "register_record",
    "attachment",
    "outbox",
)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "history",
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=True),
        sa.Column("acted_for_id", sa.String(length=64), nullable=True),
        sa.Column("signature_form", sa.String(length=16), nullable=True),
        sa.Column("substitution_id", sa.String(length=64), nullable=True),
        sa.Column("element_id", sa.String(length=128), nullable=True),
        sa.Column("element_name", sa.Text(), nullable=True),
        sa.Column("work_item_id", sa.String(length=64), nullable=True),
        sa.Column("data", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain", "seq", name=op.f("pk_history")),
    )
    op.create_table(
        "chain",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_chain")),
    )
    op.create_table(
        "command",
        sa.Column("actor_id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("operation", sa.String(length=64), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("actor_id", "key", name=op.f("pk_command")),
    )
    op.create_table(
        "number_series",
        sa.Column("series", sa.String(length=128), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_number_series")),
    )
    op.create_table(
        "register_record",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("register", sa.String(length=128), nullable=False),
        sa.Column("unique_key", sa.String(length=255), nullable=True),
        sa.Column("instance_id", sa.String(length=64), nullable=True),
        sa.Column("values", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("voided_at", sa.String(length=32), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_record")),
        sa.UniqueConstraint(
            "register", "unique_key", name=op.f("uq_register_record_register_unique_key")
        ),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=128), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=True),
        sa.Column("field", sa.String(length=128), nullable=True),
        sa.Column("uploaded_by", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index("ix_attachment_instance", "attachment", ["instance_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("sent_at", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_sent_at", "outbox", ["sent_at", "created_at"], unique=False)
    protect("history")


def downgrade() -> None:
    """Drop them again, with everything in them."""
    unprotect("history")
    for table in reversed(TABLES):
        op.drop_table(table)
