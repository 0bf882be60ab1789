"""Requests: an instance may be about another; a file uploaded by mistake is sealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("process_instance") as batch:
        batch.add_column(sa.Column("about_id", sa.String(length=64), nullable=True))
        batch.create_index("ix_process_instance_about", ["about_id", "state"])
    with op.batch_alter_table("attachment") as batch:
        batch.add_column(sa.Column("sealed_at", sa.String(length=32), nullable=True))


def downgrade() -> None:
    """Take them away again."""
    with op.batch_alter_table("attachment") as batch:
        batch.drop_column("sealed_at")
    with op.batch_alter_table("process_instance") as batch:
        batch.drop_index("ix_process_instance_about")
        batch.drop_column("about_id")
