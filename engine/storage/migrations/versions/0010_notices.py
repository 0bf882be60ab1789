"""Notices: what people are told, where they are reached, how delivery of the outbox stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

MOMENTS = ("failed_at", "lease_until")


def upgrade() -> None:
    """Add columns and tables. What stands undelivered is delivered from now on."""
    with op.batch_alter_table("outbox") as batch:
        for name in MOMENTS:
            batch.add_column(sa.Column(name, sa.String(length=32), nullable=True))
        number = sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0"))
        batch.add_column(number)
        batch.add_column(sa.Column("last_error", sa.Text(), nullable=True))
        batch.add_column(sa.Column("dedupe_key", sa.String(length=255), nullable=True))
        batch.create_unique_constraint(op.f("uq_outbox_dedupe_key"), ["dedupe_key"])
    op.create_table(
        "notice",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("outbox_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=True),
        sa.Column("work_item_id", sa.String(length=64), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("read_at", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_person", "notice", ["person_id", "at"])
    op.create_index("ix_notice_unread", "notice", ["person_id", "read_at"])
    op.create_table(
        "contact",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("mail_off", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contact_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_contact")),
    )


def downgrade() -> None:
    """Take them away again; notices and addresses are lost."""
    for name in ("contact", "notice"):
        op.drop_table(name)
    with op.batch_alter_table("outbox") as batch:
        batch.drop_constraint(op.f("uq_outbox_dedupe_key"), type_="unique")
        for name in ("dedupe_key", "last_error", "attempts", *MOMENTS):
            batch.drop_column(name)
