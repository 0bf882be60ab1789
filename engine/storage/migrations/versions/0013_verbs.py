"""Verbs: signers that are added, handed on and held; what is sent round to read; suspension."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

OF_INSTANCE = ("suspended_at", "suspended_by", "suspend_reason")
OF_ITEM = ("share", "kind", "of_id", "epoch", "given_by_id", "held", "urged_at")


def upgrade() -> None:
    """Add columns and the table; every item there is was offered by the office's rules."""
    for column in (
        sa.Column("suspended_at", sa.String(length=32), nullable=True),
        sa.Column("suspended_by", sa.String(length=64), nullable=True),
        sa.Column("suspend_reason", sa.Text(), nullable=True),
    ):
        op.add_column("process_instance", column)
    for column in (
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False, server_default="main"),
        sa.Column("of_id", sa.String(length=64), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("given_by_id", sa.String(length=64), nullable=True),
        sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("urged_at", sa.String(length=32), nullable=True),
    ):
        op.add_column("work_item", column)
    op.create_index("ix_work_item_given_by", "work_item", ["given_by_id", "state"])
    _reading()


def _reading() -> None:
    op.create_table(
        "reading",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("sent_by_id", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("read_at", sa.String(length=32), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('circulate', 'cc')", name=op.f("ck_reading_kind")),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_reading_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
    )
    op.create_index("ix_reading_person", "reading", ["person_id", "read_at", "sent_at"])
    op.create_index("ix_reading_instance", "reading", ["instance_id", "person_id"])


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("reading")
    op.drop_index("ix_work_item_given_by", table_name="work_item")
    for name in OF_ITEM:
        op.drop_column("work_item", name)
    for name in OF_INSTANCE:
        op.drop_column("process_instance", name)
