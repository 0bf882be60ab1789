"""Signatures: what was signed, who, for whom, when, how confirmed; never changed or removed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.storage.migrations.append_only import protect, unprotect

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Create the table and protect it."""
    op.create_table(
        "signature",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("work_item_id", sa.String(length=64), nullable=False),
        sa.Column("process_key", sa.String(length=128), nullable=False),
        sa.Column("element_id", sa.String(length=128), nullable=False),
        sa.Column("element_name", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=True),
        sa.Column("decision", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("acted_for_id", sa.String(length=64), nullable=True),
        sa.Column("signature_form", sa.String(length=16), nullable=False),
        sa.Column("substitution_id", sa.String(length=64), nullable=True),
        sa.Column("signed_at", sa.String(length=32), nullable=False),
        sa.Column("system_at", sa.String(length=32), nullable=False),
        sa.Column("confirmed_by", sa.String(length=16), nullable=False),
        sa.Column("algorithm", sa.String(length=16), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "confirmed_by IN ('password', 'code', 'session')",
            name=op.f("ck_signature_confirmed_by"),
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"],
            ["process_instance.id"],
            name=op.f("fk_signature_instance_id_process_instance"),
        ),
        sa.ForeignKeyConstraint(
            ["work_item_id"], ["work_item.id"], name=op.f("fk_signature_work_item_id_work_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint("work_item_id", name=op.f("uq_signature_work_item_id")),
    )
    op.create_index("ix_signature_instance", "signature", ["instance_id", "signed_at"])
    protect("signature")


def downgrade() -> None:
    """Drop it again, with everything in it."""
    unprotect("signature")
    op.drop_table("signature")
