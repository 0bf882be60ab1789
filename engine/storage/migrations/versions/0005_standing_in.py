"""Standing in: absences taken back, evidence as a file, designations, lists of what was signed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

KINDS = "kind IN ('acting', 'b_role', 'designated')"
OLD_KINDS = "kind IN ('acting', 'b_role')"


def upgrade() -> None:
    """Add the columns, allow the third kind, make the table of lists."""
    op.add_column("absence", sa.Column("cancelled_at", sa.String(length=32), nullable=True))
    with op.batch_alter_table("substitution", copy_from=_substitution(OLD_KINDS)) as batch:
        batch.add_column(sa.Column("evidence_file", sa.String(length=64), nullable=True))
        batch.drop_constraint(op.f("ck_substitution_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_substitution_kind"), KINDS)
    op.create_table(
        "signing_list",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("substitution_id", sa.String(length=64), nullable=False),
        sa.Column("since", sa.String(length=32), nullable=True),
        sa.Column("until", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.Column("read_at", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["substitution_id"],
            ["substitution.id"],
            name=op.f("fk_signing_list_substitution_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_list")),
        sa.UniqueConstraint(
            "substitution_id", "until", name=op.f("uq_signing_list_substitution_id_until")
        ),
    )
    op.create_index("ix_work_item_substitution", "work_item", ["substitution_id", "done_at"])


def downgrade() -> None:
    """Take them back; designations and cancelled absences can not be kept."""
    op.drop_index("ix_work_item_substitution", table_name="work_item")
    op.drop_table("signing_list")
    op.execute("DELETE FROM substitution WHERE kind = 'designated'")
    op.execute("DELETE FROM absence WHERE cancelled_at IS NOT NULL")
    with op.batch_alter_table("substitution", copy_from=_substitution(KINDS, True)) as batch:
        batch.drop_column("evidence_file")
        batch.drop_constraint(op.f("ck_substitution_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_substitution_kind"), OLD_KINDS)
    op.drop_column("absence", "cancelled_at")


def _substitution(kinds: str, with_file: bool = False) -> sa.Table:
    """The table as it stands before a step; SQLite can only copy it whole."""
    text = sa.String(length=32)
    columns = [
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=True),
        sa.Column("principal_id", sa.String(length=64), nullable=False),
        sa.Column("substitute_id", sa.String(length=64), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=True),
        sa.Column("scope", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("given_at", text, nullable=False),
        sa.Column("starts_at", text, nullable=False),
        sa.Column("ends_at", text, nullable=False),
        sa.Column("revoked_at", text, nullable=True),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
    ]
    if with_file:
        columns.append(sa.Column("evidence_file", sa.String(length=64), nullable=True))
    return sa.Table(
        "substitution",
        sa.MetaData(),
        *columns,
        sa.PrimaryKeyConstraint("id", name="pk_substitution"),
        sa.ForeignKeyConstraint(
            ["principal_id"], ["person.id"], name="fk_substitution_principal_id"
        ),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["person.id"], name="fk_substitution_substitute_id"
        ),
        sa.CheckConstraint(kinds, name="ck_substitution_kind"),
        sa.CheckConstraint("principal_id <> substitute_id", name="ck_substitution_not_oneself"),
        sa.CheckConstraint("starts_at < ends_at", name="ck_substitution_order"),
    )
