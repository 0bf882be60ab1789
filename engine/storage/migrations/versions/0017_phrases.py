"""Phrases: a unit has its own, for all who work there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

OF_UNITS = sa.text("org IS NOT NULL")


def upgrade() -> None:
    """Add the column; what is there is each person's own."""
    op.add_column("phrase", sa.Column("org", sa.String(length=64)))
    told = {"sqlite_where": OF_UNITS, "postgresql_where": OF_UNITS}
    op.create_index("ix_phrase_org", "phrase", ["org", "position"], **told)


def downgrade() -> None:
    """Take it away, with what units had."""
    op.execute("DELETE FROM phrase WHERE org IS NOT NULL")
    op.drop_index("ix_phrase_org", "phrase")
    op.drop_column("phrase", "org")
