"""Papers: a response says in which process it was asked for, since steps of two may share an id."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the column; what is there already was asked for in countersigning only."""
    with op.batch_alter_table("response") as batch:
        kind, before = sa.String(length=128), "countersign"
        batch.add_column(sa.Column("process_key", kind, nullable=False, server_default=before))


def downgrade() -> None:
    """Take it away again."""
    with op.batch_alter_table("response") as batch:
        batch.drop_column("process_key")
